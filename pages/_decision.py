"""Approve and reject: the dialogs, the click, and the decision's progress as the worker carries it out."""

from __future__ import annotations

import secrets

import streamlit as st

from gate.desk import Progress
from gate.identity import Person
from gate.review import Review
from gate.verdict import Outcome
from gate.workflow import Decision
from pages import _desk
from pages._text import plain

EFFECTS = {
    "approve": [
        "everything is read again; if anything changed since this page was shown, nothing happens",
        "the decision is recorded in the ledger, with your name and comment",
        "the tag moves from the best to the candidate; all other tags stay",
        "the commit status `model-approval` becomes success, so the pull request may be merged",
    ],
    "reject": [
        "the rejection is recorded in the ledger, with your name and comment",
        "the commit status `model-approval` becomes failure; no tag moves",
    ],
}


def decide(kind: str, review: Review, nonce: str) -> None:
    login = _desk.reviewer()
    if login is None or review.pull is None:
        return
    comment = st.session_state.get(f"comment-{nonce}", "")
    pull, packet = review.pull.number, review.packet_digest
    st.session_state[f"own-{pull}-{review.name}"] = nonce
    _desk.worker().submit(
        Decision(kind, pull, review.name, packet, Person(login, "sandbox: acting as"), comment, nonce)
    )  # type: ignore[arg-type]


def form(kind: str, review: Review) -> None:
    nonce = st.session_state.setdefault(f"nonce-{kind}-{review.packet_digest}", secrets.token_hex(8))
    st.markdown(f"This will happen when you {kind}:")
    st.markdown("\n".join(f"{number}. {step}" for number, step in enumerate(EFFECTS[kind], 1)))
    st.text_area("Comment", key=f"comment-{nonce}", max_chars=500, placeholder="Why? It is kept for ever.")
    empty = not st.session_state.get(f"comment-{nonce}", "").strip()
    if empty:
        st.caption("A comment is required; press Ctrl+Enter when you have written it.")
    label = f"{kind.capitalize()} as {_desk.reviewer()}"
    if st.button(label, type="primary", disabled=empty, key=f"do-{kind}", on_click=decide, args=(kind, review, nonce)):
        st.rerun()


approve_dialog = st.dialog("Approve this candidate", width="medium")(form)
reject_dialog = st.dialog("Reject this candidate", width="medium")(form)


def buttons(review: Review) -> None:
    may = _desk.reviewer() is not None and review.candidate is not None
    good = may and review.verdict.outcome in (Outcome.PASSED, Outcome.REVIEW)
    with st.container(horizontal=True):
        if st.button("Approve…", type="primary", disabled=not good, icon=":material/check:"):
            approve_dialog("approve", review)
        if st.button("Reject…", disabled=not may, icon=":material/close:"):
            reject_dialog("reject", review)
    if _desk.reviewer() is None:
        st.caption("Read only: nobody is signed in, so nothing can be decided here.")


def latest(review: Review) -> Progress | None:
    """What became of this visitor's own decision, else of the newest one that this process was asked for."""
    pull = review.pull.number if review.pull else 0
    own = st.session_state.get(f"own-{pull}-{review.name}", "")
    return _desk.worker().progress(own) or _desk.worker().latest(pull, review.name)


@st.fragment(run_every=0.7)
def follow(progress: Progress) -> None:
    """Show each step as it happens; when it has ended, show the page anew once."""
    with st.container(border=True, key="progress"):
        st.markdown(f"**{progress.decision.kind.capitalize()} by {plain(progress.decision.person.login)}**")
        for step in list(progress.steps):
            st.markdown(f"- {plain(step)}")
        outcome(progress)
    seen = f"ended-{progress.decision.nonce}"
    if progress.ended and not st.session_state.get(seen):
        st.session_state[seen] = True
        _desk.forget()
        st.rerun()


def outcome(progress: Progress) -> None:
    if progress.record is not None:
        words = {"promoted": "Promoted: the candidate is the best now.", "reject": "Rejected; no tag moved."}
        st.success(words.get(progress.record.kind, f"Ended as {progress.record.kind}."))
    elif progress.refused:
        st.warning("Not carried out, nothing moved: " + "; ".join(plain(reason) for reason in progress.refused))
    elif progress.failed:
        st.error(f"Cut short: {plain(progress.failed)}. Whatever was recorded is finished at the next start.")
