"""Retrain now: the dialog, and the click that the worker carries out after asking the forge who may."""

from __future__ import annotations

import secrets

import streamlit as st

from gate.desk import TRAINING
from gate.figures import short
from gate.workflow.retrain import Order
from gate.workflow.retrainings import Outlook
from pages import _desk, _progress, _visitor
from pages._reruns import dialog
from pages._text import plain

NEWEST = "the newest"
EFFECTS = (
    "your permission is read from GitHub now, and everything else is read again",
    "the training is recorded, with your name and reason, before anything is done",
    "a branch with one commit names the dataset version; the base run is cloned, without its tags, and queued",
    "when it has ended a pull request asks for review; nothing is promoted without a person's approval",
)


def order(outlook: Outlook, nonce: str) -> None:
    person = _visitor.person()
    if person is None:
        return
    reason, chosen = st.session_state.get(f"reason-{nonce}", ""), st.session_state.get(f"version-{nonce}")
    dataset = "" if chosen in (None, NEWEST) else str(chosen)
    _desk.worker().submit(Order(outlook.policy.name, person, reason, nonce, dataset))


def form(outlook: Outlook) -> None:
    person = _visitor.person()
    if person is None:
        return
    nonce = st.session_state.setdefault(f"retrain-{outlook.policy.name}", secrets.token_hex(8))
    st.markdown("\n".join(f"{number}. {effect}" for number, effect in enumerate(EFFECTS, 1)))
    choices = [NEWEST, *(version.id for version in outlook.versions if version.finished)]
    st.selectbox(
        "Dataset version",
        choices,
        key=f"version-{nonce}",
        format_func=lambda each: each if each == NEWEST else f"{plain(outlook.name_of(each))} ({short(each)})",
    )
    st.text_area("Reason", key=f"reason-{nonce}", max_chars=500, placeholder="Why? It is kept for ever.")
    empty = not st.session_state.get(f"reason-{nonce}", "").strip()
    if empty:
        st.caption("A reason is required; press Ctrl+Enter when you have written it.")
    label = f"Retrain as {plain(person.login)}"
    if st.button(label, type="primary", disabled=empty, key="do-retrain", on_click=order, args=(outlook, nonce)):
        del st.session_state[f"retrain-{outlook.policy.name}"]  # the next click is another one
        st.rerun()


ask = dialog("Train again now", form)


def button(outlook: Outlook) -> None:
    may = _visitor.person() is not None and outlook.base is not None and bool(outlook.versions)
    if st.button("Retrain now…", icon=":material/play_arrow:", disabled=not may, key=f"now-{outlook.policy.name}"):
        ask(outlook)
    if _visitor.person() is None:
        _visitor.explain()
    if progress := _desk.worker().latest(TRAINING, outlook.policy.name):
        _progress.follow(progress)
