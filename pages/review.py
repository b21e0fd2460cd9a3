"""One candidate against the best: the verdict, the evidence, and the decision."""

from __future__ import annotations

import streamlit as st

from gate.figures import moment, short
from gate.review import Review
from pages import _changes, _decision, _evidence, _lesson, _progress, _subject, _timeline, _verdict
from pages._text import plain

FORK = (
    "A fork is a copy of the repository that belongs to its author, who may have no right to push here: read the code "
    "before you approve. It is never promoted without a person."
)


def page(review: Review) -> None:
    head(review)
    _lesson.of_pull(review)
    if progress := _progress.latest(review):
        _progress.follow(progress)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _verdict.show(review)
        _changes.show(review)
    with right:
        with st.container(border=True, key="decide"):
            _decision.consequences(review)
            _decision.buttons(review)
        _timeline.show(review.ledger.about(review.commit))
    _evidence.limits(review)
    _evidence.classes(review)
    _evidence.further(review)
    _verdict.rules(review)
    _evidence.lineage(review)
    foot(review)


def head(review: Review) -> None:
    assert review.pull is not None
    st.title(plain(review.pull.title))
    fork, apart = (", from a fork", FORK) if review.pull.fork else ("", None)
    where = f"{review.pull.url}/commits/{review.commit}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":small[[#{review.pull.number}]({review.pull.url}) by {plain(review.pull.author)}{fork} · "
            f"commit [`{short(review.commit)}`]({where}) · {plain(review.name)}]",
            help=apart,
        )
        st.space("stretch")
        _subject.anew(review.at)


def foot(review: Review) -> None:
    st.caption(
        f"Packet `{short(review.packet_digest)}` · policy {plain(review.policy.source)} · read {moment(review.at)}",
        help=f"The packet names all that a decision rests on: `{review.packet_digest}`. Evidence read at {review.at}.",
    )


_subject.show("review", page)
