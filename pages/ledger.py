"""What was decided in every scope, by whom, and what became of it; the way back to an earlier best."""

from __future__ import annotations

import streamlit as st

from gate.figures import counted
from gate.workflow.champions import Champion
from pages import _decisions, _desk, _settling, _subject
from pages._text import plain


def sentence(champions: list[Champion]) -> str:
    """How much there is, and whether anything waits for a person."""
    records = sum(len(champion.records) for champion in champions)
    alarmed = sum(bool(champion.alarm) for champion in champions)
    said = f"{counted(records, 'record')} in {counted(len(champions), 'scope')}, and every hash is in place"
    return f"{said}; {counted(alarmed, 'scope waits', 'scopes wait')} for a person." if alarmed else f"{said}."


st.title("Ledger", help="What was decided in every scope, by whom, and what became of it?")
try:
    champions = _desk.champions()
except _desk.TROUBLE as error:
    _desk.explain(error)
else:
    st.markdown(sentence(champions))
    st.caption("Every decision in its order. It is the truth about who is best; tag and commit status follow it.")
    recovery = _desk.worker().recovery
    if recovery not in ("done", "not run yet"):
        st.warning(f"What others left unfinished could not be finished yet: {plain(recovery)}. It is tried again.")
    _settling.alarms(champions)
    for champion in champions:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(plain(champion.policy.name))
            st.space("stretch")
            _subject.link("history", "Its runs over time", {"scope": champion.policy.name}, ":material/history:")
        _decisions.show(champion)
