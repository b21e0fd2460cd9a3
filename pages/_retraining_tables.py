"""Dataset versions and what was trained on them; the trainings and how each came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from gate.evidence import Run
from gate.figures import short
from gate.origin import Version
from gate.retraining import Cycle
from gate.retraining.journal import Event
from gate.spreadsheet import cell
from gate.workflow.retrainings import Outlook
from pages import _subject, _tables
from pages._text import plain

SHOWN = 100
SAID = {"asked": "trained", "triggered": "being prepared", "takeover": "being prepared"}
NEW_ROWS = "More than the finished version before it. Empty: there is none before it, or one reports no rows."
VERSIONS = {
    "version": st.column_config.TextColumn(pinned=True, help="Its number in ClearML."),
    **_tables.texts(
        {
            "loop": "What the loop did, or will do, about this version.",
            "newest run": "The first 12 digits of the id of the last of those runs.",
            "how they ended": "Of those runs, the newest first: as far as each got.",
            "uploaded": "To the minute, UTC.",
        }
    ),
    **_tables.texts({"id": "ClearML's id, 32 digits: widen the column for all."}, "small"),
    **_tables.numbers(
        {
            "trained on it": ("localized", "Known runs of the model that used it."),
            "rows": ("localized", "As the version reports them, in its value 'rows'. Empty: it reports none."),
            "new rows": ("localized", NEW_ROWS),
        }
    ),
}
TRAININGS = {
    **_tables.texts(
        {
            "decided": "When the loop, or a person, decided on it; to the minute, UTC.",
            "version": "The dataset version that it was trained on.",
            "how it ended": "As far as it got.",
            "cause": "What led to it: a version, drift, the schedule, or a person.",
            "who": "The login of the person, or the loop.",
            "run": "The first 12 digits of the run's id.",
        }
    ),
    **_tables.texts({"why": "The reason, in the words of whoever decided."}, "medium"),
    **_tables.numbers({"pull request": ("#%d", "Empty: none was opened (yet).")}),
}


def versions(outlook: Outlook) -> None:
    st.subheader("Which versions are there, and what was trained on them?")
    if not outlook.versions:
        terms = outlook.policy.retraining
        assert terms is not None
        st.info(
            f"The dataset {plain(terms.dataset)} of the project {plain(terms.project)} has no version yet.",
            icon=":material/package_2:",
        )
        return
    rows = [_version(outlook, version) for version in outlook.versions[:SHOWN]]
    said, key = "Dataset versions, newest first, with the runs that were trained on each", outlook.policy.name
    data, missing = pd.DataFrame(rows), _tables.NONE
    st.dataframe(data, hide_index=True, column_config=VERSIONS, key=f"versions-{key}", placeholder=missing, alt=said)
    if len(outlook.versions) > SHOWN:
        st.caption(f"The newest {SHOWN} of {len(outlook.versions):,} are shown.")


def _version(outlook: Outlook, version: Version) -> dict[str, object]:
    runs = outlook.trained_on(version)
    return {
        "version": cell(version.version or version.id),
        "loop": _handled(outlook, version),
        "trained on it": len(runs),
        "newest run": cell(short(runs[0].id)) if runs else "",
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
    st.subheader("What was trained, and how did it end?")
    if not outlook.cycles:
        st.caption("The loop has not started a training yet.")
        return
    shown, chosen = outlook.cycles[:SHOWN], st.query_params.get("training")
    key, keys = f"trainings-{outlook.policy.name}", [cycle.key for cycle in shown]
    marked = [keys.index(chosen)] if chosen in keys else []
    st.session_state[key] = {"selection": {"rows": marked, "columns": [], "cells": []}}
    st.dataframe(
        pd.DataFrame([_training(outlook, cycle) for cycle in shown]),
        hide_index=True,
        key=key,
        column_config=TRAININGS,
        placeholder=_tables.NONE,
        on_select=partial(select, key, keys),
        selection_mode="single-row",
        alt="Trainings that the loop started, newest first",
    )
    found = next((cycle for cycle in outlook.cycles if cycle.key == chosen), None)
    if found is None:
        st.caption("Select a training to see how it came about.")
    else:
        _details(outlook, found)


def select(table: str, trainings: Sequence[str]) -> None:
    """Into the address, or out of it."""
    rows = st.session_state[table]["selection"]["rows"]
    if rows and rows[0] < len(trainings):
        st.query_params["training"] = trainings[rows[0]]
    else:
        st.query_params.pop("training", None)


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
        "run": short(cycle.last.task),
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
