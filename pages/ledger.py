"""What was decided in every scope, by whom, and what became of it; the way back to an earlier best."""

from __future__ import annotations

import streamlit as st

from pages import _decisions, _desk, _settling, _subject
from pages._text import plain

st.title("Ledger")
st.caption("Every decision in its order. It is the truth about who is best; tag and commit status follow it.")
try:
    champions = _desk.champions()
except _desk.TROUBLE as error:
    _desk.explain(error)
else:
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
