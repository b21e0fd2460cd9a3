"""A decision's progress, as the worker carries it out."""

from __future__ import annotations

import streamlit as st

from gate.desk import Progress
from gate.review import Review
from gate.spreadsheet import cell
from pages import _desk, _reruns
from pages._text import plain

ENDED = {
    "promoted": "Promoted: the candidate is the best now.",
    "grant": "Approved: it becomes the best when the pull request is merged.",
    "vote": "Your approval is recorded; other people must approve too.",
    "reject": "Rejected; no tag moved.",
    "changes": "Changes requested; no tag moved.",
    "rolled_back": "Rolled back: the earlier model is the best again.",
    "adopted": "Adopted: the run that held the tag is the best now.",
    "queued": "The training is queued; a pull request asks for review when it has ended.",
    "restored": "Restored: the ledger's best alone holds the tag again.",
}


def latest(review: Review) -> Progress | None:
    """What became of this visitor's own decision, else of the newest one that this process was asked for."""
    pull = review.pull.number if review.pull else 0
    own = st.session_state.get(f"own-{pull}-{review.name}", "")
    return _desk.worker().progress(own) or _desk.worker().latest(pull, review.name)


def follow(progress: Progress) -> None:
    """Show each step as it happens; when it has ended, read the page anew once, and ask no more."""
    seen = f"ended-{progress.nonce}"
    if not progress.ended:
        watch(progress)
    elif st.session_state.get(seen):
        show(progress)
    else:
        st.session_state[seen] = True
        _desk.forget()
        st.rerun()


@st.fragment(run_every=0.7)
def watch(progress: Progress) -> None:
    show(progress)
    if progress.ended:
        _reruns.rerun()


def show(progress: Progress) -> None:
    with st.container(border=True, key="progress"):
        st.markdown(f"**{progress.title} by {plain(progress.person.login)}**")
        for step in list(progress.steps):
            st.markdown(f"- {plain(step)}")
        outcome(progress)


def outcome(progress: Progress) -> None:
    if progress.record is not None:
        st.success(ENDED.get(progress.record.kind, f"Ended as {progress.record.kind}."))
    elif progress.refused:
        st.warning("Not carried out, nothing moved: " + "; ".join(plain(reason) for reason in progress.refused))
        if progress.changes:
            names = ("what", "you saw", "now", "best")
            rows = [dict(zip(names, map(cell, (c.what, c.seen, c.now, c.best)), strict=True)) for c in progress.changes]
            st.dataframe(rows, hide_index=True, alt="What changed since the page was shown")
        if st.button("Review the new one", icon=":material/refresh:", key=f"anew-{progress.nonce}"):
            _desk.forget()
            st.rerun(scope="app")
    elif progress.failed:
        st.error(f"Cut short: {plain(progress.failed)}. Whatever was recorded is finished at the next look.")
