"""Trainings in flight, as they go."""

from __future__ import annotations

import streamlit as st

from gate.charts import training_curve
from gate.figures import short
from gate.retraining import Cycle
from gate.workflow.retrainings import Live, Outlook
from pages import _desk, _drawing, _reruns, _tables
from pages._text import plain

EVERY = 2.0  # seconds between two looks
STAGES = {"triggered": "being prepared", "takeover": "being prepared"}


def show(outlook: Outlook) -> None:
    st.subheader("Is a training running?")
    if not outlook.flying:
        st.caption("No training is queued or running.")
    for cycle in outlook.flying:
        with st.container(border=True, key=f"flight-{cycle.key}"):
            st.markdown(f"**Version {plain(outlook.name_of(cycle.start.dataset))}** · {plain(cycle.start.reason)}")
            if cycle.preparing:
                st.caption(f"The training is being prepared by {plain(cycle.last.worker)}.")
            else:
                follow(cycle, outlook)


@st.fragment(run_every=EVERY)
def follow(cycle: Cycle, outlook: Outlook) -> None:
    """Reads the run again and again; when it has ended, the page is shown anew once."""
    try:
        found = _desk.running(cycle.last.task, outlook.base)
    except _desk.TROUBLE as error:
        st.caption(f"It cannot be followed now: {plain(str(error))}")
        return
    if found is None:
        st.caption(f"Run {cycle.last.task} was deleted.")
        return
    _picture(found, cycle)
    seen = f"flown-{cycle.key}"
    if found.run.finished and not st.session_state.get(seen) and _reruns.may_rerun():
        st.session_state[seen] = True
        _desk.forget()
        st.rerun()


def _picture(found: Live, cycle: Cycle) -> None:
    status = found.run.status.replace("_", " ")
    link = f"[run {short(found.run.id)}]({_desk.world().tracker.link(found.run)})"
    st.markdown(f"{link} is **{plain(status)}**, of commit `{plain(short(cycle.last.commit))}`")
    if found.progress is not None and found.run.status == "in_progress":
        st.progress(found.progress, f"{found.progress:.0%} of the points that the base reported")
    if found.curve.values or found.before.values:
        said = f"{plain(found.metric)} of this training and of the run it was cloned from"
        figure = training_curve(found.metric, found.curve, found.before, _tables.dark())
        _drawing.show(figure, key=f"curve-{cycle.key}", alt=said)
