"""Candidates waiting for a reviewer."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from gate.verdict import Outcome
from gate.workflow.inbox import Waiting
from pages import _desk, _settling, _subject, _waiting
from pages._text import plain


def age(created: str) -> str:
    seconds = (datetime.now(UTC) - datetime.fromisoformat(created)).total_seconds()
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' * (count > 1)} ago"
    return "just now"


def evidence(entry: Waiting) -> str:
    """One line: the first finding that decided; of a pass, the first rule's (after candidate and best)."""
    if entry.review is None:
        return entry.trouble or f"{_waiting.JUDGING}…"
    verdict = entry.review.verdict
    if verdict.outcome is Outcome.PASSED:
        return verdict.findings[2].message
    return next(finding.message for finding in verdict.findings if finding.outcome is verdict.outcome)


def card(entry: Waiting) -> None:
    with st.container(border=True, key=f"card-{entry.pull.number}-{entry.scope}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            if entry.review:
                label, icon, color = _desk.BADGES[entry.review.verdict.outcome]
                st.badge(label, icon=icon, color=color)
            st.markdown(f"**{plain(entry.pull.title)}**")
            st.space("stretch")
            query = {"pr": str(entry.pull.number), "scope": entry.scope}
            _subject.link("review", "Review", query)
        fork = " · from a fork" if entry.pull.fork else ""
        st.caption(f"#{entry.pull.number} by {plain(entry.pull.author)}, {age(entry.pull.created)}{fork}")
        st.markdown(plain(evidence(entry)))


st.title("Inbox")
st.caption("Open pull requests that want to replace the best model, newest first.")
try:
    entries, champions = _desk.inbox(), _desk.champions()
except _desk.TROUBLE as error:
    _desk.explain(error)
else:
    _settling.alarms(champions)
    if st.button("Refresh", icon=":material/refresh:"):
        _desk.forget()
        st.rerun()
    if not entries:
        st.info("No pull request is open. A candidate appears here when its pull request is opened.", icon="📭")
    _waiting.progress(entries)
    for entry in _waiting.paged(_waiting.narrowed(entries)):
        card(entry)
