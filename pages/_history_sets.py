"""How often each test set was used, and how large a gain luck alone explains by now."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gate.charts import use_chart
from gate.history import History
from gate.history.moments import day
from pages import _drawing, _tables
from pages._text import plain

DRAWN = 4
MEANING = (
    "The more candidates are judged on one test set, the better the luckiest of them looks. Gains of accuracy below "
    "the luck floor are not distinguishable from that luck; beyond the budget a new test set is due."
)
SAID = "Test sets, the one used last first: evaluations, budget, promotions, luck floor and state"
FORMATS = _tables.texts(
    {"test set": "The first digits of the fingerprint of its ids and labels.", "last used": "The day, UTC."}
) | _tables.numbers(
    {
        "evaluations": ("localized", "Candidates that were judged on it."),
        "of": ("localized", "The budget of the policy. Empty: it has none."),
        "promotions": ("localized", "Those of them that became the best."),
        "luck floor": ("%.2f pp", MEANING),
    }
)


def show(history: History) -> None:
    st.subheader("How worn out are the test sets?", help=MEANING)
    for remark in history.remarks:
        st.warning(plain(remark))
    if not history.testsets:
        st.info(
            "No candidate was counted yet. `gate check` counts them where the policy has a rule of the kind testset.",
            icon=":material/fact_check:",
        )
        return
    rows = [
        {
            "test set": each.fingerprint[:8],
            "evaluations": each.evaluations,
            "of": each.budget,
            "promotions": each.promotions,
            "luck floor": None if each.floor is None else 100 * each.floor,
            "last used": day(each.last),
            "state": "spent: a new one is due" if each.spent else "",
        }
        for each in history.testsets
    ]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            key="testsets",
            column_config=FORMATS,
            placeholder=_tables.NONE,
            alt=SAID,
        )
        if all(each.floor is None for each in history.testsets):
            st.caption("The luck floor is known from the next evaluation with paired predictions on.")
    with right:
        st.markdown("**How many candidates did each judge, by when?**")
        said = "How many candidates were judged on each test set by when; the table beside it has the totals"
        _drawing.show(use_chart(history.testsets[:DRAWN], _tables.dark()), key="uses", alt=said)
