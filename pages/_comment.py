"""The comment that every decision needs, and the button that sends it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def ask(nonce: str) -> None:
    """Why: the form does not leave without it. It is checked again where it is carried out."""
    said = "Why? It is kept for ever. Ctrl+Enter sends it."
    st.text_area("Comment", key=f"comment-{nonce}", max_chars=500, placeholder=said, required=True)


def sent(label: str, key: str, nonce: str, act: Callable[..., None], arguments: tuple[object, ...]) -> bool:
    """Whether the form was sent with a comment: then its dialog closes."""
    done = st.form_submit_button(label, type="primary", key=key, on_click=act, args=arguments)
    return done and bool(given(nonce))


def given(nonce: str) -> str:
    return str(st.session_state.get(f"comment-{nonce}", "")).strip()
