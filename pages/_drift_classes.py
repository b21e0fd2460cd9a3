"""Which classes moved, which are new, what each lost, and how much of it another run repairs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from gate.charts import class_movers, damage_and_repair
from gate.drift import Drift
from gate.drift.classes import Strange
from gate.drift.summary import Row, class_rows, repair_lines
from gate.figures import counted
from gate.markdown import visible
from gate.spreadsheet import cell
from pages import _drawing, _tables
from pages._text import plain

DRAWN, NAMED = 14, 20
SHARE, SCORE, PERCENT, COUNT = "%.3f", "%+.3f", "percent", "localized"
FORMATS = {
    "class": st.column_config.TextColumn(pinned=True, help="As the model, or the truth, names it."),
    **_tables.numbers(
        {
            "at test": (PERCENT, "Share of the predictions on the test rows."),
            "now": (PERCENT, "Share of the predictions now."),
            "change (pp)": ("%+.2f", "Now minus at test, in percentage points."),
            "F1 at test": (SHARE, "F1 on the test rows, 0 to 1."),
            "F1 now": (SHARE, "F1 now; where a candidate is compared, of the rows that both answered for."),
            "change": (SCORE, "F1 now minus F1 at test."),
            "candidate F1": (SHARE, "F1 of the other run, of the rows that both answered for."),
            "rows at test": (COUNT, "Test rows of this true class."),
            "rows now": (COUNT, "Rows of this true class now."),
        }
    ),
    "status": st.column_config.TextColumn(
        help="**damaged**: F1 fell beyond chance, with control of false alarms. **new**: no test row had this class."
    ),
}
WHO = "Shares of all predictions. Only classes that moved beyond chance are named, with control of false alarms."
REPAIR = "F1 of each class: on the test rows, now, and of the other run now. The classes that lost most are drawn."


def show(drift: Drift) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        movers(drift)
    with right:
        for title, found in (("New classes", drift.new), ("Gone, not seen any more", drift.gone)):
            strange(title, found)
        movers_table(drift)
    damage(drift)


def movers(drift: Drift) -> None:
    st.subheader("Which classes does it predict more or less often?", help=WHO)
    shift = drift.classes
    if shift is None:
        st.info("One of the windows has no row.", icon=":material/search_off:")
        return
    if not shift.movers:
        st.caption("No class is predicted more or less often than chance explains.")
        return
    said = "Bars: the classes that lost and gained most of the predictions; the table has the same numbers"
    _drawing.show(class_movers(drift, dark=_tables.dark()), key="movers", alt=said)


def movers_table(drift: Drift) -> None:
    movers = drift.classes.movers if drift.classes else ()
    if not movers:
        return
    said = "The classes that moved: their shares of the predictions at test and now"
    rows = [(cell(each.name), each.reference, each.current, 100 * each.change) for each in movers]
    data = pd.DataFrame(rows, columns=["class", "at test", "now", "change (pp)"])
    st.dataframe(
        data,
        hide_index=True,
        column_config=FORMATS,
        key="movers-table",
        height=_tables.height(len(rows), 380),
        alt=said,
    )


def strange(title: str, found: Sequence[Strange]) -> None:
    st.markdown(f"**{title}: {len(found) or 'none'}**")
    if found:
        more = f" · and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
        st.text(" · ".join(f"{visible(each.name, 80)} ({each.rows:,.0f})" for each in found[:NAMED]) + more)


def damage(drift: Drift) -> None:
    repaired = ", and what would the other run repair" if drift.candidate else ""
    st.subheader(f"Which classes lost{repaired}?", help=REPAIR)
    rows = class_rows(drift)
    if not rows:
        st.info("The truth of one window is not known, so that nothing is scored.", icon=":material/label_off:")
        return
    for said in repair_lines(drift):
        st.caption(plain(f"{said[:1].upper()}{said[1:]}.", 600))
    sought = st.text_input("Find a class", key="find", type="search", live=True, bind="query-params")
    shown = [row for row in rows if (sought or "").casefold() in row.name.casefold()]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        table(shown, len(rows))
    with right:
        said = "F1 of the classes that lost most: on the test rows, now, and of the candidate"
        _drawing.show(damage_and_repair(shown[:DRAWN], _tables.dark()), key="damage", alt=said)


def table(rows: Sequence[Row], known: int) -> None:
    data = pd.DataFrame(
        {
            "class": [cell(row.name) for row in rows],
            "status": [row.status for row in rows],
            "F1 at test": [row.before for row in rows],
            "F1 now": [row.now for row in rows],
            "change": [row.change for row in rows],
            "candidate F1": [row.candidate for row in rows],
            "rows at test": [row.rows_before for row in rows],
            "rows now": [row.rows_now for row in rows],
        }
    )
    if not any(row.candidate is not None for row in rows):
        data = data.drop(columns="candidate F1")
    said, high = "F1 per class at test and now, largest loss first", _tables.height(len(rows), 420)
    st.dataframe(
        data, hide_index=True, column_config=FORMATS, key="damaged", height=high, placeholder=_tables.NONE, alt=said
    )
    st.caption(f"{len(rows):,} of {counted(known, 'class is', 'classes are')} shown, largest loss first.")
