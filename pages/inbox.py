"""Candidates waiting for a reviewer."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from gate.figures import brief, counted, moment, short
from gate.verdict import Outcome
from gate.workflow.inbox import Waiting
from pages import _desk, _lesson, _settling, _subject, _verdict, _waiting
from pages._text import plain

READY, CLOSED, DECIDED = "ready to decide", "cannot be approved", "approved"
ORDER = (READY, _waiting.JUDGING, CLOSED, DECIDED)


def state(entry: Waiting) -> str:
    """What a reviewer can do with it: the first of the three is their work."""
    if entry.review is None:
        return _waiting.JUDGING if entry.judging else CLOSED
    if entry.review.already:
        return DECIDED
    return READY if entry.review.verdict.outcome in (Outcome.PASSED, Outcome.REVIEW) else CLOSED


def age(created: str) -> str:
    seconds = (datetime.now(UTC) - datetime.fromisoformat(created)).total_seconds()
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return f"{counted(seconds // size, unit)} ago"
    return "just now"


def evidence(entry: Waiting) -> str:
    """One line: the first finding that decided; of a pass, the first rule's (after candidate and best)."""
    if entry.review is None:
        return entry.trouble or f"{_waiting.JUDGING}…"
    if entry.review.already:
        return entry.review.already
    decisive = _verdict.deciding(entry.review)
    return (decisive or entry.review.verdict.findings[2:])[0].message


def card(entry: Waiting) -> None:
    pull = entry.pull
    with st.container(border=True, key=f"card-{pull.number}-{entry.scope}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            if entry.review:
                label, icon, color = _desk.BADGES[entry.review.verdict.outcome]
                st.badge(label, icon=icon, color=color)
            st.markdown(f"**{plain(pull.title)}**")
            st.space("stretch")
            query = {"pr": str(pull.number), "scope": entry.scope}
            _subject.link("review", f"Review #{pull.number}", query, ":material/arrow_forward:")
        fork = " · from a fork" if pull.fork else ""
        st.caption(
            f"by {plain(pull.author)}, {age(pull.created)} · commit `{short(pull.head)}` · {plain(entry.scope)}{fork}",
            help=f"Opened at {moment(pull.created)}.",
        )
        st.markdown(plain(brief(evidence(entry)), 200))


def show(entries: list[Waiting]) -> None:
    """What can be decided first, then the newest."""
    if not entries:
        said = "No pull request is open. A candidate appears here when its pull request is opened."
        st.info(said, icon=":material/inbox:")
    tally = {name: sum(state(entry) == name for entry in entries) for name in ORDER}
    st.caption(", ".join(f"{number:,} {name}" for name, number in tally.items() if number))
    sought = _waiting.narrowed(entries)
    for entry in _waiting.paged(sorted(sought, key=lambda entry: (ORDER.index(state(entry)), -entry.pull.number))):
        card(entry)


st.title("Inbox")
try:
    entries, champions = _desk.inbox(), _desk.champions()
except _desk.TROUBLE as error:
    _desk.explain(error)
else:
    with st.container(horizontal=True, vertical_alignment="center"):
        said = "Open pull requests that want to replace the best model: what can be decided first, then the newest."
        st.caption(said)
        st.space("stretch")
        _subject.anew(max((entry.review.at for entry in entries if entry.review), default=""))
    _settling.alarms(champions)
    _lesson.first()
    _waiting.progress(entries)
    show(entries)
