"""The Inbox of many: what the reader looks for among them, and how far judging them has come."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gate.workflow.inbox import Waiting
from pages import _desk, _reruns
from pages._reading import left_for

EVERY = 3.0  # seconds between two looks at what was judged meanwhile
FEW = 8  # of these nobody needs to look for one
PAGE = 20
ANY = "any"
JUDGING = "being judged"


def verdict(entry: Waiting) -> str:
    """In a word; what it was before, while it is judged anew."""
    if entry.review is not None:
        return entry.review.verdict.outcome.value
    return JUDGING if entry.judging else "not judged"


def narrowed(entries: Sequence[Waiting]) -> list[Waiting]:
    """Those that the reader looks for: by verdict, scope and text, all of it in the address."""
    if len(entries) <= FEW:
        return list(entries)
    with st.container(horizontal=True, vertical_alignment="bottom", key="seek"):
        text = st.text_input(
            "Find", key="find", type="search", bind="query-params", placeholder="title, author, number, commit"
        )
        wanted = _choice("Verdict", "verdict", [verdict(entry) for entry in entries])
        scope = _choice("Scope", "scope", [entry.scope for entry in entries])
    sought = (text or "").casefold().removeprefix("#")
    return [
        entry
        for entry in entries
        if wanted in (ANY, verdict(entry)) and scope in (ANY, entry.scope) and sought in said(entry)
    ]


def _choice(label: str, key: str, values: Sequence[str]) -> str:
    """Only where there is a choice; one from the address stays, though nobody has it now."""
    given = st.query_params.get(key, ANY)
    options = [ANY, *sorted({*values, given} - {ANY})]
    if len(options) <= 2 and given == ANY:
        return ANY
    return str(st.selectbox(label, options, key=key, bind="query-params", width=160) or ANY)


def said(entry: Waiting) -> str:
    pull = entry.pull
    return "\n".join((str(pull.number), pull.title, pull.author, pull.head)).casefold()


def paged(entries: Sequence[Waiting]) -> list[Waiting]:
    """The part that the reader has turned to."""
    pages = -(-len(entries) // PAGE)
    number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    return list(entries[(number - 1) * PAGE : number * PAGE])


def progress(entries: Sequence[Waiting]) -> None:
    """While some are being judged: how many, and now and then the list anew."""
    left = sum(entry.judging for entry in entries)
    with st.container():  # also when it is empty, so that the fields below stay where they are
        if left:
            left_for(_desk.judging())
            st.fragment(_progress, run_every=EVERY)(left, len(entries))


def _progress(left: int, number: int) -> None:
    now = _desk.judging().left
    if now < left:
        _reruns.rerun()
    st.progress(1 - now / number, f"Judged {number - now:,} of {number:,}; the others follow, newest first.")
