"""One candidate against the best: the findings, the evidence, and the decision."""

from __future__ import annotations

import streamlit as st

from gate.review import Review
from pages import _decision, _evidence, _subject, _timeline
from pages._text import plain


def page(review: Review) -> None:
    assert review.pull is not None
    st.title(plain(review.pull.title))
    fork = ", from a fork" if review.pull.fork else ""
    st.caption(
        f"#{review.pull.number} by {plain(review.pull.author)}{fork} · commit `{review.commit[:12]}` · {review.name}"
    )
    if progress := _decision.latest(review):
        _decision.follow(progress)
    _timeline.show(review.ledger.about(review.commit))
    _evidence.findings(review)
    _decision.buttons(review)
    _evidence.limits(review)
    _evidence.metrics(review)
    _evidence.classes(review)
    _evidence.lineage(review)
    about = "How the best model drifted since its test, and how much of it this one repairs"
    _subject.link("drift", about, _subject.about(review), ":material/waves:")
    st.caption(f"packet `{review.packet_digest}` · policy {plain(review.policy.source)}")


_subject.show("review", page)
