"""What came out of both: curves over each other, last values, and on request what each predicted."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gate.charts import top_changes, two_curves
from gate.classes import ClassTable
from gate.compare import Comparison
from gate.figures import counted
from gate.spreadsheet import cell
from gate.summary import flip_rates, headlines
from gate.workflow.compare import drift
from pages import _desk, _drawing, _tables
from pages._text import plain

SIDES = {"best": "A", "candidate": "B"}
VALUE, SHARE = "%.5g", "%.3f"
FORMATS = {
    "metric": st.column_config.TextColumn(pinned=True, help="Title and series, as the training script reported it."),
    "class": st.column_config.TextColumn(pinned=True, help="The true class of a row."),
    **_tables.numbers(
        {
            "A": (VALUE, "The last value that A reported. Empty: it reported none."),
            "B": (VALUE, "The last value that B reported. Empty: it reported none."),
            "B - A": ("%+.5g", "In the metric's own unit. Empty: only one of them reported it."),
            "A F1": (SHARE, "F1 of the class, 0 to 1, on the rows that both answered for."),
            "B F1": (SHARE, "F1 of the class, 0 to 1, on the same rows."),
            "change": ("%+.3f", "F1 of B minus F1 of A."),
            "support": ("localized", "Rows of this true class."),
        }
    ),
}


def curves(found: Comparison, metric: str) -> None:
    """``metric`` is drawn first, if it is there."""
    a, b = _desk.curves(found.a.run.id, found.b.run.id)
    lengths = {name: sum(len(side[name].values) for side in (a, b) if name in side) for name in a.keys() | b.keys()}
    # A single point each is in the table already.
    names = sorted(lengths, key=lambda name: (lengths[name] <= 2, name != metric, -lengths[name], name))
    st.subheader("How did both learn?", help="Each metric by iteration, A dashed, B solid.")
    if not names:
        st.info("Neither run reported a curve.", icon=":material/show_chart:")
    else:
        left, right = st.columns([3, 2], gap="medium")
        with left:
            picked = st.selectbox("Curve", names, key="curve", bind="query-params", format_func=cell, width=320)
            figure = two_curves(picked, a.get(picked), b.get(picked), _tables.dark())
            said = f"{picked} of both runs by iteration; the table beside it has the last values"
            _drawing.show(figure, key="curves", alt=said)
            st.caption("Long curves are averaged for the picture.")
        with right:
            values(found)


def values(found: Comparison) -> None:
    rows = [_values(line.name, found) for line in found.section("results").lines]
    st.markdown("**What did each end with?**")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="values",
        height=_tables.height(len(rows), 330),
        column_config=FORMATS,
        placeholder=_tables.NONE,
        alt="The last value of each metric of both runs",
    )


def _values(metric: str, found: Comparison) -> dict[str, object]:
    a, b = (side.run.scalars.get(metric) for side in (found.a, found.b))
    change = None if a is None or b is None else b.last - a.last
    return {"metric": cell(metric), "A": a.last if a else None, "B": b.last if b else None, "B - A": change}


def classes(found: Comparison) -> None:
    st.subheader("Which classes gain or lose from A to B?")
    if not st.toggle("Compare what both predicted", key="classes", bind="query-params", help="It may take downloads."):
        return
    counts, why = _desk.predictions(found.a.run.id, found.b.run.id)
    if counts is None or not counts.labels:
        st.info(
            f"No comparison per class: {plain(why or 'no row has a truth or a prediction')}.", icon=":material/help:"
        )
        return
    st.caption(f"{plain(drift(found.a.run, found.b.run, counts), 600)}.")
    with st.grid(4, min_column_width=160):
        for each in headlines(counts):
            st.metric(
                each.name,
                "not known" if each.candidate is None else f"{each.candidate:.4f}",
                None if each.change is None else f"{each.change:+.4f}",
                delta_description="A not known" if each.best is None else f"A {each.best:.4f}",
                help=f"{each.meaning} The number is B's, of {counted(counts.rows, 'row')} that both answered for.",
                border=True,
            )
    flips = flip_rates(counts)
    meanings = "\n".join(f"- **{rate.name}**: {rate.meaning}" for rate in flips)
    st.caption(" · ".join(f"{rate.name} {rate.text}" for rate in flips), help=f"A is the best here.\n{meanings}")
    table = ClassTable(counts)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        columns = pd.DataFrame(table.columns(table.extremes(100)))
        data = columns[["class", "best F1", "candidate F1", "change", "support"]].rename(columns=_side)
        alt = "The classes that lost and gained most F1 from A to B"
        st.dataframe(
            data,
            hide_index=True,
            key="class-table",
            height=460,
            column_config=FORMATS,
            placeholder=_tables.NONE,
            alt=alt,
        )
    with right:
        figure = top_changes(table, dark=_tables.dark())
        figure.update_xaxes(title="change of F1, B minus A")
        _drawing.show(figure, key="class-chart", alt="The largest losses and gains of F1")


def _side(name: str) -> str:
    """In a comparison of any two nobody is the best."""
    who, _, what = name.partition(" ")
    return f"{SIDES[who]} {what}" if who in SIDES else name
