"""Who is looking: what the header shows of it, and the person a decision is made by."""

from __future__ import annotations

import os
from hashlib import sha256

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gate.access import HOW, Access, access
from gate.identity import Person
from gate.telemetry import settle_on
from pages._text import plain

ACTING = "acting_as"


@st.cache_resource(show_spinner=False)
def known() -> Access:
    return access(os.environ)


def person() -> Person | None:
    """The person who is looking, or None: then nothing can be decided. Asked again on the server at every click."""
    _name_the_visit()
    found = known()
    if found.mode == "sandbox":
        return found.by_choice(st.session_state.get(ACTING))
    if found.mode == "proxy":
        return found.by_header(st.context.headers.get(found.header))
    return found.by_claims(st.user.to_dict()) if found.mode == "oidc" and st.user.is_logged_in else None


def _name_the_visit() -> None:
    """In all that the logs say of this run, or of this click. The session's own id would let others take it over."""
    context = get_script_run_ctx()
    request = st.context.headers.get("X-Request-Id")
    session = sha256(context.session_id.encode()).hexdigest()[:8] if context else ""
    settle_on(session=session, request=request if isinstance(request, str) else "")


def header() -> None:
    """At the right of the page's head: who it is, and the way in or out."""
    mode, visitor = known().mode, person()
    if mode == "sandbox":
        st.badge("Sandbox", icon=":material/science:", color="orange")
        st.selectbox("Acting as", known().actors, key=ACTING, width=180, help="In the sandbox you choose who you are.")
    elif visitor is not None:
        st.badge(plain(visitor.login), icon=":material/person:", color="blue", help=plain(visitor.how))
    else:
        st.badge("Read only", icon=":material/lock:", color="gray", help="No sign-in is configured.")
    if mode == "oidc" and st.user.is_logged_in:
        st.button("Sign out", on_click=st.logout)


def guard() -> None:
    """Where a sign-in is configured, nothing is shown to whom nobody vouches for."""
    mode = known().mode
    if mode == "oidc" and not st.user.is_logged_in:
        st.title("Sign in")
        st.button("Sign in", type="primary", on_click=st.login)
        st.stop()
    if mode == "proxy" and person() is None:
        st.error(f"The proxy named nobody: the header {known().header} is missing, or came from elsewhere.")
        st.stop()


def explain() -> None:
    """Why nothing can be decided here, and what to do about it."""
    if known().mode == "oidc":
        claims = st.user.to_dict()
        who = f"issuer `{plain(str(claims.get('iss')))}`, subject `{plain(str(claims.get('sub')))}`"
        st.info(f"Read only: you are signed in ({who}), but the list of people in GATE_PEOPLE does not name you.")
    else:
        st.caption("Read only: nobody is signed in, so nothing can be decided here.")
        with st.expander("How to configure a sign-in"):
            st.markdown(HOW)
