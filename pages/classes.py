"""Every class of both models: which got better, which got worse, and where their rows went."""

from __future__ import annotations

import streamlit as st

from gate.classes import ClassTable
from gate.review import Review
from pages import _explorer, _subject, _tables
from pages._text import plain


def page(review: Review) -> None:
    st.title("Classes")
    with st.container(horizontal=True, vertical_alignment="center"):
        title = review.pull.title if review.pull else review.commit
        st.caption(f"{plain(title)} · {plain(review.name)} · commit `{review.commit[:12]}`, against the best")
        st.space("stretch")
        _subject.link("review", "Back to the review", _subject.about(review), ":material/arrow_back:")
    _tables.grounds(review)
    counts = review.evidence.counts
    if counts is None:
        nothing(review.evidence.counts_missing)
        _tables.reported(review)
    elif not counts.labels:
        nothing("no row has a truth or a prediction")
    else:
        _explorer.explore(ClassTable(counts), review)


def nothing(why: str) -> None:
    st.info(f"No comparison per class: {plain(why)}.", icon=":material/search_off:")


_subject.show("classes", page)
