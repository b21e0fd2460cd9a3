"""Decide about the best itself: adopt or restore a tag that was moved by hand, and roll back."""

from __future__ import annotations

import secrets

import streamlit as st

from gate.ledger import Model
from gate.workflow import Settlement
from gate.workflow.champions import Champion
from pages import _comment, _desk, _progress, _visitor
from pages._reruns import dialog
from pages._text import plain

FIRST = "the open approvals that this ends are withdrawn first: their commits become red"
EFFECTS = {
    "rollback": [FIRST, "the tag moves back to the chosen run; all other tags stay", "it is a new epoch of the ledger"],
    "adopt": [FIRST, "the chosen run becomes the ledger's best, and alone keeps the tag"],
    "restore": ["the ledger's best gets the tag back, and everybody else loses it"],
}
VERBS = {"rollback": "Roll back", "adopt": "Adopt", "restore": "Restore"}


def settle(kind: str, champion: Champion, nonce: str) -> None:
    person, comment, task = _visitor.person(), _comment.given(nonce), st.session_state.get(f"task-{nonce}") or ""
    if person is None or not comment:
        return
    wish = Settlement(kind, task, champion.ledger.epoch, person, comment, nonce)  # type: ignore[arg-type]
    _desk.worker().submit(wish, champion.policy.name)


def form(kind: str, champion: Champion, choices: list[str]) -> None:
    person = _visitor.person()
    if person is None:
        return
    key = f"nonce-{kind}-{champion.policy.name}-{champion.ledger.epoch}"
    nonce = st.session_state.setdefault(key, secrets.token_hex(8))
    if choices:
        st.selectbox("Run", choices, key=f"task-{nonce}")
    st.markdown("\n".join(f"{number}. {step}" for number, step in enumerate(EFFECTS[kind], 1)))
    with st.form(f"form-{kind}", border=False):
        _comment.ask(nonce)
        label, arguments = f"{VERBS[kind]} as {plain(person.login)}", (kind, champion, nonce)
        if _comment.sent(label, f"do-{kind}", nonce, settle, arguments):
            st.rerun()


dialogs = {
    "rollback": dialog("Roll back to an earlier best", form),
    "adopt": dialog("Adopt the run that holds the tag", form),
    "restore": dialog("Restore the ledger's best", form),
}


def alarms(champions: list[Champion]) -> None:
    """What a person must settle before anything is promoted, and what stands by an override."""
    for champion in champions:
        override = champion.best.override if champion.best else None
        if override:
            over = " Its time is over: judge it again, or roll back." if champion.ended else ""
            said = f"{plain(champion.policy.name)}: the best stands {plain(override.said)}.{over}"
            st.warning(said, icon=":material/warning:")
        if champion.alarm:
            _alarm(champion)
        if progress := _desk.worker().latest(0, champion.policy.name):
            _progress.follow(progress)


def _alarm(champion: Champion) -> None:
    with st.container(border=True, key=f"alarm-{champion.policy.name}"):
        st.error(f"{plain(champion.policy.name)}: {plain(champion.alarm)}. Nothing is promoted until a person chooses.")
        may = _visitor.person() is not None
        with st.container(horizontal=True):
            if st.button("Adopt…", disabled=not (may and champion.holders), key=f"adopt-{champion.policy.name}"):
                dialogs["adopt"]("adopt", champion, list(champion.holders))
            if st.button("Restore…", disabled=not (may and champion.best), key=f"restore-{champion.policy.name}"):
                dialogs["restore"]("restore", champion, [])


def rollback(champion: Champion) -> None:
    """The way back to any earlier best."""
    earlier: list[Model] = champion.earlier
    may = _visitor.person() is not None and bool(earlier) and not champion.alarm
    if st.button("Roll back…", disabled=not may, icon=":material/undo:", key=f"rollback-{champion.policy.name}"):
        dialogs["rollback"]("rollback", champion, [model.task for model in earlier])
