"""Decide on a candidate: the dialogs, the click, and the decision's progress as the worker carries it out."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import streamlit as st

from gate.desk import Progress
from gate.review import Review
from gate.spreadsheet import cell
from gate.verdict import Outcome
from gate.workflow import Decision
from pages import _desk, _visitor
from pages._text import plain

AGAIN = "everything is read again; if anything changed since this page was shown, nothing happens"
RECORDED = "the decision is recorded in the ledger, with your name and comment"
GREEN = "the commit status `model-approval` becomes success, so the pull request may be merged"
MOVES = "the tag moves from the best to the candidate; all other tags stay"
EFFECTS = {
    "approve": [AGAIN, RECORDED, MOVES, GREEN],
    "override": [f"{AGAIN}", f"{RECORDED}; the override is shown first wherever this model is shown", MOVES, GREEN],
    "reject": [RECORDED, "the commit status `model-approval` becomes failure; no tag moves"],
    "changes": [RECORDED, "the commit status `model-approval` becomes failure, with what you ask for; no tag moves"],
}
TITLES = {
    "approve": "Approve this candidate",
    "override": "Override the verdict",
    "reject": "Reject this candidate",
    "changes": "Request changes",
}
VERBS = {"approve": "Approve", "override": "Override", "reject": "Reject", "changes": "Request changes"}
ENDED = {
    "promoted": "Promoted: the candidate is the best now.",
    "grant": "Approved: it becomes the best when the pull request is merged.",
    "vote": "Your approval is recorded; other people must approve too.",
    "reject": "Rejected; no tag moved.",
    "changes": "Changes requested; no tag moved.",
    "rolled_back": "Rolled back: the earlier model is the best again.",
    "adopted": "Adopted: the run that held the tag is the best now.",
    "queued": "The training is queued; a pull request asks for review when it has ended.",
    "restored": "Restored: the ledger's best alone holds the tag again.",
}


def decide(kind: str, review: Review, nonce: str) -> None:
    person = _visitor.person()
    if person is None or review.pull is None:
        return
    comment, days = st.session_state.get(f"comment-{nonce}", ""), st.session_state.get(f"days-{nonce}", 0)
    expires = (datetime.now(UTC) + timedelta(days=days)).isoformat() if kind == "override" else ""
    pull, packet = review.pull.number, review.packet_digest
    st.session_state[f"own-{pull}-{review.name}"] = nonce
    seen = (review.packet, expires)
    _desk.worker().submit(Decision(kind, pull, review.name, packet, person, comment, nonce, *seen))  # type: ignore[arg-type]


def form(kind: str, review: Review) -> None:
    person = _visitor.person()
    if person is None:
        return
    nonce = st.session_state.setdefault(f"nonce-{kind}-{review.packet_digest}", secrets.token_hex(8))
    st.markdown(f"This will happen when you {VERBS[kind].lower()}:")
    st.markdown("\n".join(f"{number}. {step}" for number, step in enumerate(_effects(kind, review), 1)))
    if kind == "override":
        longest = review.approval.override_expires.days
        st.number_input("Stands for how many days", 1, max(1, longest - 1), key=f"days-{nonce}", value=1)
    st.text_area("Comment", key=f"comment-{nonce}", max_chars=500, placeholder="Why? It is kept for ever.")
    empty = not st.session_state.get(f"comment-{nonce}", "").strip()
    if empty:
        st.caption("A comment is required; press Ctrl+Enter when you have written it.")
    label = f"{VERBS[kind]} as {plain(person.login)}"
    if st.button(label, type="primary", disabled=empty, key=f"do-{kind}", on_click=decide, args=(kind, review, nonce)):
        st.rerun()


def _effects(kind: str, review: Review) -> list[str]:
    effects, votes = EFFECTS[kind], len(review.ledger.votes(review.packet_digest))
    if kind not in ("approve", "override"):
        return effects
    if votes + 1 < review.approval.approvals:
        return [AGAIN, f"your approval is recorded, as {votes + 1} of {review.approval.approvals}; no tag moves yet"]
    later = "the tag moves when the pull request is merged; all other tags stay"
    return [*effects[:2], GREEN, later] if review.approval.promote_on == "merge" else effects


dialogs = {kind: st.dialog(title, width="medium")(form) for kind, title in TITLES.items()}


def buttons(review: Review) -> None:
    may = _visitor.person() is not None and review.candidate is not None
    good = review.verdict.outcome in (Outcome.PASSED, Outcome.REVIEW)
    with st.container(horizontal=True):
        if st.button(
            "Approve…", type="primary", disabled=not (may and good and not review.already), icon=":material/check:"
        ):
            dialogs["approve"]("approve", review)
        if st.button("Request changes…", disabled=not may, icon=":material/edit_note:"):
            dialogs["changes"]("changes", review)
        if st.button("Reject…", disabled=not may, icon=":material/close:"):
            dialogs["reject"]("reject", review)
        overridable = may and not good and review.approval.allow_override and review.verdict.exit_code != 5
        if overridable and st.button("Override the verdict…", icon=":material/warning:"):
            dialogs["override"]("override", review)
    if review.already:
        st.caption(plain(review.already))
    votes = review.ledger.votes(review.packet_digest)
    if review.approval.approvals > 1:
        names = ", ".join(plain(vote.reviewer.login) for vote in votes) or "nobody yet"
        st.caption(f"{len(votes)} of {review.approval.approvals} approvals of this evidence: {names}")
    if _visitor.person() is None:
        _visitor.explain()


def latest(review: Review) -> Progress | None:
    """What became of this visitor's own decision, else of the newest one that this process was asked for."""
    pull = review.pull.number if review.pull else 0
    own = st.session_state.get(f"own-{pull}-{review.name}", "")
    return _desk.worker().progress(own) or _desk.worker().latest(pull, review.name)


@st.fragment(run_every=0.7)
def follow(progress: Progress) -> None:
    """Show each step as it happens; when it has ended, show the page anew once."""
    with st.container(border=True, key="progress"):
        st.markdown(f"**{progress.title} by {plain(progress.person.login)}**")
        for step in list(progress.steps):
            st.markdown(f"- {plain(step)}")
        outcome(progress)
    seen = f"ended-{progress.nonce}"
    if progress.ended and not st.session_state.get(seen):
        st.session_state[seen] = True
        _desk.forget()
        st.rerun()


def outcome(progress: Progress) -> None:
    if progress.record is not None:
        st.success(ENDED.get(progress.record.kind, f"Ended as {progress.record.kind}."))
    elif progress.refused:
        st.warning("Not carried out, nothing moved: " + "; ".join(plain(reason) for reason in progress.refused))
        if progress.changes:
            names = ("what", "you saw", "now", "best")
            rows = [dict(zip(names, map(cell, (c.what, c.seen, c.now, c.best)), strict=True)) for c in progress.changes]
            st.dataframe(rows, hide_index=True, alt="What changed since the page was shown")
        if st.button("Review the new one", icon=":material/refresh:", key=f"anew-{progress.nonce}"):
            _desk.forget()
            st.rerun(scope="app")
    elif progress.failed:
        st.error(f"Cut short: {plain(progress.failed)}. Whatever was recorded is finished at the next look.")
