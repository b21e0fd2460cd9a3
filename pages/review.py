"""One candidate against the best: the findings, the evidence, and the decision."""

from __future__ import annotations

import streamlit as st

from gate.config import SeveralScopes
from gate.markdown import escape
from gate.review import Review
from pages import _decision, _desk, _evidence


def page(review: Review) -> None:
    assert review.pull is not None
    st.title(escape(review.pull.title))
    fork = ", from a fork" if review.pull.fork else ""
    st.caption(
        f"#{review.pull.number} by {escape(review.pull.author)}{fork} · commit `{review.commit[:12]}` · {review.name}"
    )
    if progress := _decision.latest(review):
        _decision.follow(progress)
    for record in review.ledger.about(review.commit):
        st.caption(f"{record.at}: {record.kind} by {escape(record.reviewer.login)}: {escape(record.comment)}")
    _evidence.findings(review)
    _decision.buttons(review)
    _evidence.metrics(review)
    _evidence.classes(review)
    _evidence.lineage(review)
    st.caption(f"packet `{review.packet_digest}` · policy {escape(review.policy.source)}")


def choose(pull: str, scopes: tuple[str, ...]) -> None:
    """The address names no scope, and the policy has several."""
    st.info("This repository decides about several models. Which do you review?", icon=":material/category:")
    for name in scopes:
        st.page_link(st.session_state["review_page"], label=name, query_params={"pr": pull, "scope": name})


number, scope = st.query_params.get("pr", ""), st.query_params.get("scope") or None
if not number.isdigit():
    st.info("Choose a candidate in the inbox.", icon="📥")
else:
    try:
        found = _desk.review(int(number), scope)
    except SeveralScopes as several:
        choose(number, several.names)
    except _desk.TROUBLE as error:
        _desk.explain(error)
    else:
        page(found)
