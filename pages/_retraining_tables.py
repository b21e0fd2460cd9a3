"""Dataset versions and what was trained on them; the trainings and how each came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from gate.evidence import Run
from gate.origin import Version
from gate.retraining import Cycle
from gate.retraining.journal import Event
from gate.spreadsheet import cell
from gate.workflow.retrainings import Outlook
from pages import _subject
from pages._text import plain

SHOWN = 100
SAID = {"asked": "trained", "triggered": "being prepared", "takeover": "being prepared"}


def versions(outlook: Outlook) -> None:
    st.subheader("Dataset versions")
    if not outlook.versions:
        terms = outlook.policy.retraining
        assert terms is not None
        st.info(
            f"The dataset {plain(terms.dataset)} of the project {plain(terms.project)} has no version yet.",
            icon=":material/package_2:",
        )
        return
    rows = [_version(outlook, version) for version in outlook.versions[:SHOWN]]
    config = {
        "rows": st.column_config.NumberColumn(format="localized"),
        "new rows": st.column_config.NumberColumn(format="localized"),
    }
    said = "Dataset versions, newest first, with the runs that were trained on each"
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, column_config=config, key=f"versions-{outlook.policy.name}", alt=said
    )


def _version(outlook: Outlook, version: Version) -> dict[str, object]:
    runs = outlook.trained_on(version)
    return {
        "version": cell(version.version or version.id),
        "loop": _handled(outlook, version),
        "trained on it": len(runs),
        "newest run": cell(runs[0].id[:8]) if runs else "",
        "how they ended": cell(_fates(outlook, runs)),
        "rows": version.rows,
        "new rows": outlook.added(version),
        "uploaded": version.created[:16].replace("T", " "),
        "id": version.id,
    }


def _fates(outlook: Outlook, runs: Sequence[Run]) -> str:
    """How often which; the newest first."""
    counted = Counter(outlook.fate(run) for run in runs)
    return ", ".join(f"{count} {fate}" if len(runs) > 1 else fate for fate, count in counted.items())


def _handled(outlook: Outlook, version: Version) -> str:
    """What the loop did, or will do, about a version."""
    if not version.finished:
        return f"{version.status.replace('_', ' ')}, not finished"
    cycle = next((each for each in outlook.cycles if version.id in each.start.versions), None)
    if cycle is not None:
        done = SAID.get(cycle.last.kind, cycle.last.kind)
        return (
            done if cycle.start.dataset == version.id else f"with {cell(outlook.name_of(cycle.start.dataset))}: {done}"
        )
    return "known before the loop" if version.id in outlook.journal.handled else "pending"


def trainings(outlook: Outlook) -> None:
    st.subheader("Trainings")
    if not outlook.cycles:
        st.caption("The loop has not started a training yet.")
        return
    shown = outlook.cycles[:SHOWN]
    chosen = st.query_params.get("training")
    key = f"trainings-{outlook.policy.name}"
    rows = [_training(outlook, cycle) for cycle in shown]
    picked = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        alt="Trainings that the loop started, newest first",
    )
    places = picked["selection"]["rows"]
    if places and places[0] < len(shown):
        st.query_params["training"] = chosen = shown[places[0]].key
    found = next((cycle for cycle in outlook.cycles if cycle.key == chosen), None)
    if found is None:
        st.caption("Select a training to see how it came about.")
    else:
        _details(outlook, found)


def _training(outlook: Outlook, cycle: Cycle) -> dict[str, object]:
    run = outlook.runs.get(cycle.last.task)
    fate = outlook.fate(run) if run and cycle.last.kind == "asked" else SAID.get(cycle.last.kind, cycle.last.kind)
    return {
        "decided": cycle.start.at[:16].replace("T", " "),
        "version": cell(outlook.name_of(cycle.start.dataset)),
        "how it ended": cell(fate),
        "pull request": cycle.last.pull or None,
        "cause": cycle.start.cause,
        "why": cell(cycle.start.reason),
        "who": cell(cycle.start.reviewer.login or "the loop"),
        "run": cycle.last.task[:8],
    }


def _details(outlook: Outlook, cycle: Cycle) -> None:
    with st.container(border=True, key="training"):
        name, cause = plain(outlook.name_of(cycle.start.dataset)), cycle.start.cause
        st.markdown(f"**Version {name}**, by {cause}: {plain(cycle.start.reason, 1_000)}")
        for event in outlook.journal.events:
            if event.trigger == cycle.start.trigger:
                st.markdown(f"- {event.at[:19].replace('T', ' ')} {_event(event)}")
        if cycle.last.kind == "asked":
            query = {"pr": str(cycle.last.pull), "scope": outlook.policy.name}
            _subject.link("review", f"Review pull request {cycle.last.pull}", query)


def _event(event: Event) -> str:
    about = f", run `{plain(event.task)}`" if event.task else ""
    reason = f": {plain(event.reason)}" if event.kind in ("failed", "takeover") else ""
    who = plain(event.reviewer.login) if event.reviewer.login else ""
    return f"**{event.kind}**{about}{reason}{f' for {who}' if who else ''} by worker `{plain(event.worker)}`"
