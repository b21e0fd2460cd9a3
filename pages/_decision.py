"""Decide on a candidate: what it will do, the dialogs, and the click."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import streamlit as st

from gate.consequences import may_override, of_approving
from gate.figures import counted
from gate.review import Review
from gate.verdict import Outcome
from gate.workflow import Decision
from gate.workflow.authority import Leave
from pages import _comment, _desk, _visitor
from pages._reruns import dialog
from pages._text import plain

AGAIN = "Everything is read again; if anything changed since this page was shown, nothing happens."
RECORDED = "The decision is recorded in the ledger, with your name and comment."
WISH = "wish"  # in a session's state: which dialog was asked for, about which pull request and evidence


@dataclass(frozen=True)
class Way:
    """One kind of decision: the title of its dialog, what it is called there, and the button that opens it."""

    title: str
    verb: str
    button: str
    icon: str


WAYS = {
    "approve": Way("Approve this candidate", "Approve", "Approve…", ":material/check:"),
    "changes": Way("Request changes", "Request changes", "Request changes…", ":material/edit_note:"),
    "reject": Way("Reject this candidate", "Reject", "Reject…", ":material/close:"),
    "override": Way("Override the verdict", "Override", "Override the verdict…", ":material/warning:"),
}


def decide(kind: str, review: Review, nonce: str) -> None:
    person = _visitor.person()
    comment, days = _comment.given(nonce), st.session_state.get(f"days-{nonce}", 0)
    if person is None or review.pull is None or not comment:
        return
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
    st.markdown(f"This will happen when you {WAYS[kind].verb.lower()}:")
    st.markdown("\n".join(f"{number}. {plain(step)}" for number, step in enumerate(_effects(kind, review), 1)))
    with st.form(f"form-{kind}", border=False):
        if kind == "override":
            longest = review.approval.override_expires.days
            st.number_input("Stands for how many days", 1, max(1, longest - 1), key=f"days-{nonce}", value=1)
        _comment.ask(nonce)
        label = f"{WAYS[kind].verb} as {plain(person.login)}"
        if _comment.sent(label, f"do-{kind}", nonce, decide, (kind, review, nonce)):
            st.rerun()


def _effects(kind: str, review: Review) -> list[str]:
    found = of_approving(review)
    if kind not in ("approve", "override"):
        return [RECORDED, found.otherwise]
    known = "The override is shown first wherever this model is shown."
    return [AGAIN, RECORDED, *[known] * (kind == "override"), *found.steps]


dialogs = {kind: dialog(way.title, form) for kind, way in WAYS.items()}


def consequences(review: Review) -> None:
    """What approving does, in plain words, before anybody can."""
    whole = {"best": review.best, "candidate": review.candidate}
    runs = "".join(f"The {who} is run `{run.id}`.\n\n" for who, run in whole.items() if run)
    st.subheader("What will approving do?", help=f"{runs}The commit is `{review.commit}`.")
    found = of_approving(review)
    if found.why_not:
        st.markdown(f"Nothing: {plain(found.why_not)}.")
    if found.steps:
        st.markdown("\n".join(f"{number}. {plain(step)}" for number, step in enumerate(found.steps, 1)))
    for said in filter(None, (found.undo, found.otherwise)):
        st.caption(plain(said))


def buttons(review: Review) -> None:
    """One primary action, which the verdict leads to; where it is closed, why."""
    leave = _leave(review)
    may = leave is not None and not leave.deciding and review.candidate is not None
    grant = may and leave is not None and not leave.approving
    good = review.verdict.outcome in (Outcome.PASSED, Outcome.REVIEW) and not review.already
    free = {"approve": grant and good, "changes": may, "reject": may, "override": grant and may_override(review)}
    with st.container(horizontal=True):
        for kind, way in WAYS.items():
            if free[kind] or kind != "override":
                st.button(
                    way.button,
                    f"open-{kind}",
                    type="primary" if kind == "approve" else "secondary",
                    icon=way.icon,
                    disabled=not free[kind],
                    on_click=_wish,
                    args=(kind, review),
                )
    _open(review, [kind for kind in free if free[kind]])
    _approvals(review)
    _closed(leave)


def _wish(kind: str, review: Review) -> None:
    """Remembered until the page is there, which may have to be read first."""
    st.session_state[WISH] = (kind, _about(review), review.packet_digest)


def _about(review: Review) -> tuple[int, str]:
    return review.pull.number if review.pull else 0, review.name


def _open(review: Review, free: Sequence[str]) -> None:
    """The dialog that was asked for, about the evidence that was seen."""
    kind, about, packet = st.session_state.pop(WISH, ("", None, ""))
    if about != _about(review):
        return
    if kind in free and packet == review.packet_digest:
        dialogs[kind](kind, review)
    else:
        st.warning("This changed since you clicked: look at it again, then decide.", icon=":material/update:")


def _leave(review: Review) -> Leave | None:
    """What stands against this visitor; None where nobody is signed in. Where it cannot be asked, the click asks."""
    person = _visitor.person()
    try:
        return _desk.leave(person, review.packet_digest, review) if person else None
    except _desk.TROUBLE as error:
        st.caption(f"Whether you may decide is asked at the click; now it cannot be: {plain(str(error))}")
        return Leave()


def _closed(leave: Leave | None) -> None:
    if leave is None:
        _visitor.explain()
    for reason in dict.fromkeys((*leave.deciding, *leave.approving) if leave else ()):
        st.caption(f":material/lock: {plain(reason)}.")


def _approvals(review: Review) -> None:
    needed, votes = review.approval.approvals, review.ledger.votes(review.packet_digest)
    if needed > 1:
        names = ", ".join(plain(vote.reviewer.login) for vote in votes) or "nobody yet"
        st.caption(f"{len(votes):,} of {counted(needed, 'approval')} of this evidence: {names}")
