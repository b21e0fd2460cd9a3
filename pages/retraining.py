"""Dataset versions, what was trained on them and how it ended; what is due, in flight, and why."""

from __future__ import annotations

import streamlit as st

from gate.config.retrain import sentence
from gate.drift.judgement import State
from gate.drift.summary import headline
from gate.retraining import Held, Start
from gate.workflow.drift import Unwatched, Watched
from gate.workflow.retrainings import Outlook
from pages import _desk, _retrain_now, _retraining_live, _retraining_tables, _subject
from pages._text import plain

HOW = """This repository does not say when its models are trained again. In `gate.toml`:

```toml
[retrain]
dataset = "the ClearML dataset whose new versions are trained on"
```

Then `gate retrain` turns the loop: as a service, or from cron and CI with `--once`."""


def scope(outlook: Outlook) -> None:
    terms = outlook.policy.retraining
    assert terms is not None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(outlook.policy.name))
        st.space("stretch")
        if st.button("Refresh", icon=":material/refresh:", key=f"refresh-{outlook.policy.name}"):
            _desk.forget()
            st.rerun()
    due(outlook)
    st.caption(plain(sentence(terms), 2_000))
    _retrain_now.button(outlook)
    _retraining_live.show(outlook)
    _retraining_tables.versions(outlook)
    _retraining_tables.trainings(outlook)
    advice(outlook)


def due(outlook: Outlook) -> None:
    """What the loop would do now, or why it does nothing."""
    found = outlook.due
    if isinstance(found, Start):
        version = plain(outlook.name_of(found.dataset))
        st.info(
            f"Due: training on version {version}, because {plain(found.reason)}. `gate retrain` starts it.",
            icon=":material/timer:",
        )
    elif isinstance(found, Held):
        show, icon = (st.warning, ":material/help:") if found.unknown else (st.info, ":material/hourglass_empty:")
        show(f"Nothing is started now: {'; '.join(plain(why, 500) for why in found.reasons)}.", icon=icon)
    else:
        st.info("The loop has not begun: `gate retrain` was never run for this model.", icon=":material/sprint:")


def advice(outlook: Outlook) -> None:
    """What the watch says of the best; on_drift makes it a reason to train."""
    terms = outlook.policy.retraining
    assert terms is not None
    st.subheader("Did the world drift away from the best?")
    try:
        found = _desk.watch(Watched(outlook.policy.name))
    except Unwatched as why:
        st.caption(f"Nothing to watch: {plain(str(why))}.")
        return
    {State.STEADY: st.success, State.UNKNOWN: st.info, State.DRIFTED: st.warning}[found.state](
        f"{plain(headline(found), 1_000)}."
    )
    what = (
        "leads to a training where newer data are there"
        if terms.on_drift
        else "is shown, but starts nothing (on_drift)"
    )
    st.caption(f"Drift {what}.")
    _subject.link("drift", "All about the drift", {"scope": outlook.policy.name})


st.title("Retraining", help="Which data are new, what is trained on them, and how did it end?")
st.caption("New labelled data lead to a training, the training to a candidate, and a person decides about it.")
try:
    everything = _desk.outlooks()
    wanted = st.query_params.get("scope")
    chosen = [each for each in everything if wanted in (None, "", each.policy.name)]
    if not everything:
        st.info(HOW, icon=":material/autorenew:")
    elif not chosen:
        st.info(
            f"There is no scope {plain(str(wanted))} that is trained again by itself.", icon=":material/search_off:"
        )
        _subject.link("retraining", "Show all", {})
    for outlook in chosen:
        scope(outlook)
except _desk.TROUBLE as error:
    _desk.explain(error)
