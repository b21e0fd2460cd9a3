"""Which candidate a page is about: named by its address, else the one that this visitor looked at last."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st

from gate.config import SeveralScopes
from gate.review import Review
from pages import _desk
from pages._text import plain

NUMBER = re.compile(r"[0-9]{1,9}")
LAST = "last-candidate"


def show(page: str, body: Callable[[Review], None]) -> None:
    """Read the candidate and show it, or say why not."""
    query = named()
    if query is None:
        st.info("Choose a candidate in the inbox.", icon=":material/inbox:")
        link("inbox", "Go to the inbox")
        return
    try:
        review = _desk.review(int(query["pr"]), query.get("scope"))
    except SeveralScopes as several:
        choose(page, query["pr"], several.names)
    except _desk.TROUBLE as error:
        _desk.explain(error)
    else:
        body(review)


def named() -> dict[str, str] | None:
    """The navigation leaves the address empty; then it is filled with the candidate looked at last."""
    given = {name: st.query_params[name] for name in ("pr", "scope") if st.query_params.get(name)}
    if not NUMBER.fullmatch(given.get("pr", "")):
        given = st.session_state.get(LAST, {})
        if given:  # to update with nothing would leave an entry in the browser's history, of the page before this one
            st.query_params.update(given)
    if not given:
        return None
    st.session_state[LAST] = given
    return given


def choose(page: str, pull: str, scopes: tuple[str, ...]) -> None:
    """The address names no scope, and the policy has several."""
    st.info("This repository decides about several models. Which do you review?", icon=":material/category:")
    for name in scopes:
        link(page, plain(name), {"pr": pull, "scope": name})


def about(review: Review) -> dict[str, str]:
    """The address of this candidate on every page."""
    return {"pr": str(review.pull.number if review.pull else ""), "scope": review.name}


def anew(at: str) -> None:
    """When this was read, and the way to read it again."""
    label, when = (f"As of {at[11:19]} UTC", f"Read at {at}.") if at else ("Refresh", "")
    help = f"{when} Click to read everything anew."
    st.button(label, icon=":material/refresh:", type="tertiary", help=help, on_click=_desk.forget)


def link(page: str, label: str, query: dict[str, str] | None = None, icon: str | None = None) -> None:
    st.page_link(st.session_state["pages"][page], label=label, query_params=query, icon=icon)
