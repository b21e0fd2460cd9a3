"""Which two runs are compared: named by the address, chosen among the newest ones, or given by their ids."""

from __future__ import annotations

import re

import streamlit as st

from gate.evidence import Run
from gate.figures import short
from gate.workflow.champions import Champion
from pages import _desk, _subject
from pages._text import plain

SIDES = ("a", "b")
RUN = re.compile(r"[0-9a-f]{32}")
ENTER = "Choose a run, or paste any run's id"


def chosen() -> tuple[str, str] | None:
    """The two, once there are two."""
    champion = _champion()
    recent = _desk.recent(champion.policy.project, champion.policy.task) if champion else []
    names = {run.id: _name(run, champion) for run in recent}
    best = champion.best.task if champion and champion.best else ""
    names |= {best: f"{short(best)} · the best"} if best and best not in names else {}
    given = {side: st.query_params.get(side, "") for side in SIDES}
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs"):
        for side in SIDES:
            _choose(side, given[side], names)
        st.button("Swap", icon=":material/swap_horiz:", on_click=swap)
    for side in SIDES:
        if given[side] and not RUN.fullmatch(given[side]):
            st.error(f"{side.upper()} is {plain(given[side], 60)}: a run's id has 32 digits, 0 to 9 and a to f.")
    return (given["a"], given["b"]) if all(RUN.fullmatch(run) for run in given.values()) else None


def suggested() -> None:
    """Where to begin: what the newest run has that the best has not."""
    champion = _champion()
    if champion is None or champion.best is None:
        return
    policy, best = champion.policy, champion.best.task
    newest = next((run.id for run in _desk.recent(policy.project, policy.task) if run.id != best), None)
    if newest:
        query = {"a": best, "b": newest, "scope": policy.name}
        _subject.link("compare", "Compare the newest run with the best", query, ":material/difference:")


def _champion() -> Champion | None:
    found = _desk.champions()
    named = [champion for champion in found if champion.policy.name == st.query_params.get("scope")]
    return next(iter(named or found), None)


def _name(run: Run, champion: Champion | None) -> str:
    role = " · the best" if champion and champion.best and champion.best.task == run.id else ""
    return f"{run.completed[:16].replace('T', ' ')} · {short(run.commit)} · {short(run.id)}{role}"


def _choose(side: str, now: str, names: dict[str, str]) -> None:
    options = [*names, *([now] if now and now not in names else [])]
    st.selectbox(
        f"Run {side.upper()}",
        options,
        index=options.index(now) if now in options else None,
        format_func=lambda run: names.get(run, run),
        key=f"choice-{side}-{now}",
        placeholder=ENTER,
        accept_new_options=True,
        on_change=_take,
        args=(side, now),
        width=440,
    )


def _take(side: str, before: str) -> None:
    picked = st.session_state.get(f"choice-{side}-{before}")
    if picked:
        st.query_params[side] = str(picked).strip()
    else:
        st.query_params.pop(side, None)


def swap() -> None:
    given = {side: st.query_params.get(side, "") for side in SIDES}
    for side, other in (("a", given["b"]), ("b", given["a"])):
        if other:
            st.query_params[side] = other
        else:
            st.query_params.pop(side, None)
