"""What the Drift page is about now: which rows, which days, compared with whom; and what the policy says of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from gate.drift import Drift, State
from gate.drift.summary import estimate_lines, further_lines, headline, repair_lines
from gate.drift.timeline import Point
from gate.figures import short
from pages import _desk
from pages._text import plain

EVERY_ROW, FIRST, LAST = "all rows", "the first row", "the last row"
SAY = {State.STEADY: st.success, State.UNKNOWN: st.warning, State.DRIFTED: st.error}
BADGES: Mapping[State, tuple[str, str, _desk.Color]] = {
    State.STEADY: ("Steady", ":material/check_circle:", "green"),
    State.UNKNOWN: ("Unknown", ":material/help:", "orange"),
    State.DRIFTED: ("Drifted", ":material/waves:", "red"),
}
REMARKS = 12


def verdict(drift: Drift) -> None:
    SAY[drift.state](f"{plain(headline(drift), 1_000)}.")
    for sign in drift.signs:
        label, icon, color = BADGES[sign.state]
        st.markdown(f":{color}-badge[{icon} {label}] **{plain(sign.rule)}**: {plain(sign.said, 600)}")


def chosen(whole: Drift) -> Drift:
    """What the reader filters by; all of it in the address."""
    days = {day(point): point for point in whole.points}
    with st.container(horizontal=True, vertical_alignment="bottom", key="choices"):
        begin = st.selectbox("From", [FIRST, *days], key="from", bind="query-params", width=170)
        end = st.selectbox("Until the end of", [LAST, *days], key="until", bind="query-params", width=170)
        rows = EVERY_ROW
        if whole.slices:
            rows = st.selectbox("Rows", [EVERY_ROW, *whole.slices], key="slice", bind="query-params", width=260)
        compare(whole)
    start = float(days[begin].start) if begin in days else None
    stop = float(days[end].end) if end in days else None
    drift = whole if start is None and stop is None else whole.within(start, stop)
    return drift if rows == EVERY_ROW else drift.sliced(rows)


def compare(whole: Drift) -> None:
    """Which other run may repair the damage: in the address, since it takes reading."""
    if st.session_state.pop("reread", False):
        st.rerun()
    if whole.run is None:
        return
    runs = {
        run.id: f"{run.completed[:10]} · {short(run.commit)} · {short(run.id)}"
        for run in _desk.recent(whole.run.project, whole.run.name)
        if run.id != whole.run.id
    }
    now = whole.candidate.id if whole.candidate else ""
    runs = {"": "nobody", **runs, **({now: f"run {short(now)}"} if now not in runs and now else {})}
    st.selectbox(
        "Repaired by",
        list(runs),
        index=list(runs).index(now),
        format_func=runs.__getitem__,
        key="compared",
        width=330,
        on_change=name_candidate,
        help="How much of the damage another run repairs, on the later rows that both answered for.",
    )


def name_candidate() -> None:
    st.query_params.pop("pr", None)
    if picked := st.session_state["compared"]:
        st.query_params["candidate"] = picked
    else:
        st.query_params.pop("candidate", None)
    st.session_state["reread"] = True


def day(point: Point) -> str:
    """A stretch by the day, or the minute, at which it begins."""
    precise = "D" if point.start % 86_400 == 0 else "m"
    return str(np.datetime64(point.start, "s").astype(f"datetime64[{precise}]"))


def remarks(drift: Drift) -> None:
    """But for what stands beside the damage."""
    st.subheader("What else was found?")
    beside = set(repair_lines(drift))
    said = [line for line in (*estimate_lines(drift), *further_lines(drift)) if line not in beside]
    st.caption(_listed(said[:REMARKS]))
    if len(said) > REMARKS:
        with st.expander(f"{len(said) - REMARKS:,} more"):
            st.caption(_listed(said[REMARKS : REMARKS + 200]))


def _listed(lines: list[str]) -> str:
    return "\n".join(f"- {plain(f'{line[:1].upper()}{line[1:]}.', 600)}" for line in lines)
