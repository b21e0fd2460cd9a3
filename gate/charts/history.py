"""A model over time: its runs, who was best, what was decided, and which data came into use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from gate.charts.look import DOUBT, GAIN, LONGEST, LOSS, inked, plain
from gate.history import Band, Bins, Event, History, Picture, Reign, Runs
from gate.history.moments import said
from gate.history.testsets import TestSet
from gate.lately import lately

FAINT = {False: "rgba(0,114,178,.18)", True: "rgba(86,180,233,.22)"}
SHADES = ("rgba(128,128,128,.10)", "rgba(128,128,128,.20)")
BEST = {False: "#8F4E00", True: "#E69F00"}
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
SYMBOLS: Mapping[str, str] = {
    "first best": "star-open",
    "promoted": "star",
    "override": "star-diamond",
    "rolled back": "arrow-left",
    "adopted": "pentagon",
    "restored": "hexagon",
    "rejected": "x",
    "changes requested": "x-open",
    "conflict": "cross",
}
AGAINST = frozenset(("rejected", "changes requested", "conflict", "rolled back", "override"))
RUN, STRETCH = "run", "stretch"  # what a point's customdata begins with


@lately(4)
def history_chart(history: History, picture: Picture, dark: bool = False, opened: str = "") -> go.Figure:
    """``customdata`` of a point is `RUN` and an id, or `STRETCH` and its two ends in milliseconds.

    The run that is ``opened`` has a ring around it.
    """
    figure = go.Figure()
    _bands(figure, history, picture.bands)
    if picture.bins is None:
        _points(figure, picture.runs, dark)
    else:
        _stretches(figure, picture.bins, dark)
    _best_so_far(figure, picture, dark)
    _reigns(figure, history, picture.reigns, dark)
    _events(figure, picture, dark)
    _ring(figure, picture, opened, dark)
    margin = {"l": 0, "r": 0, "t": 70 if picture.bands else 40, "b": 0}
    figure.update_layout(height=440, margin=margin, legend=LEGEND, hovermode="closest")
    # Streamlit hears of clicks only while dragging does not select; the box is a button of the picture.
    figure.update_layout(dragmode="pan", selectdirection="h")
    figure.update_xaxes(type="date", title="UTC", range=_range(history, picture), fixedrange=True)
    better = "higher" if history.direction == "max" else "lower"
    figure.update_yaxes(title=f"{plain(history.metric, LONGEST)} ({better} is better)", fixedrange=True)
    return inked(figure, dark)


def _range(history: History, picture: Picture) -> list[int] | None:
    """Around the runs that are drawn, so that no event or band of long ago squeezes them."""
    times = [*picture.runs.time[[0, -1]].tolist()] if len(picture.runs) else []
    times += [event.time for event in picture.events]
    if not times:
        return None
    room = max((max(times) - min(times)) // 40, 60_000)
    return [min(times) - room, max(times) + room]


def _points(figure: go.Figure, runs: Runs, dark: bool) -> None:
    figure.add_scatter(
        x=runs.time,
        y=runs.value.astype(np.float32),
        name="runs",
        mode="markers",
        marker={"color": GAIN[dark], "size": 7, "opacity": 0.7},
        customdata=[[RUN, brief.id] for brief in runs.briefs],
        hovertemplate="%{y:.4f}, %{x|%Y-%m-%d %H:%M}<br>run %{customdata[1]}<extra></extra>",
    )


def _stretches(figure: go.Figure, bins: Bins, dark: bool) -> None:
    quiet: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=bins.middle, y=bins.low.astype(np.float32), showlegend=False, **quiet)
    figure.add_scatter(
        x=bins.middle,
        y=bins.high.astype(np.float32),
        name="least to largest",
        fill="tonexty",
        fillcolor=FAINT[dark],
        **quiet,
    )
    facts = np.stack([bins.begin, bins.end, bins.count], axis=1).tolist()
    figure.add_scatter(
        x=bins.middle,
        y=bins.median.astype(np.float32),
        name="median of the runs",
        mode="lines+markers",
        line={"color": GAIN[dark], "width": 1},
        marker={"size": 5},
        customdata=[
            [STRETCH, begin, end, count, low, high]
            for (begin, end, count), low, high in zip(facts, bins.low.tolist(), bins.high.tolist(), strict=True)
        ],
        hovertemplate="%{customdata[3]:,} runs: median %{y:.4f}, %{customdata[4]:.4f} to %{customdata[5]:.4f}"
        "<br>click for each by itself<extra></extra>",
    )


def _best_so_far(figure: go.Figure, picture: Picture, dark: bool) -> None:
    times, values = picture.best
    if not times or not len(picture.runs):
        return
    last = max(times[-1], int(picture.runs.time[-1]))
    figure.add_scatter(
        x=[*times, last],
        y=[*values, values[-1]],
        name="best so far",
        mode="lines",
        line={"color": DOUBT[dark], "shape": "hv", "dash": "dot", "width": 2},
        hoverinfo="skip",  # a click on the run below it must reach that
    )


def _reigns(figure: go.Figure, history: History, reigns: Sequence[Reign], dark: bool) -> None:
    """A gap where nobody knows the value of the best any more."""
    times: list[int | None] = []
    values: list[float | None] = []
    for reign in reigns:
        times += [reign.begin, history.now if reign.end is None else reign.end]
        values += [reign.value, reign.value]
    if any(value is not None for value in values):
        figure.add_scatter(
            x=times,
            y=values,
            name="the best model",
            mode="lines",
            connectgaps=False,
            line={"color": BEST[dark], "width": 3},
            hoverinfo="skip",
        )


def _events(figure: go.Figure, picture: Picture, dark: bool) -> None:
    """One trace for each kind; what has no value any more stands at the foot of the picture."""
    foot = _foot(picture)
    for what in dict.fromkeys(event.what for event in picture.events):
        found = [event for event in picture.events if event.what == what]
        figure.add_scatter(
            x=[event.time for event in found],
            y=[foot if event.value is None else event.value for event in found],
            name=what,
            mode="markers",
            marker={
                "symbol": SYMBOLS[what],
                "size": 13,
                "color": LOSS if what in AGAINST else BEST[dark],
                "line": {"width": 1, "color": DOUBT[dark]},
            },
            customdata=[[RUN, event.run] for event in found],
            hovertext=[_sentence(event) for event in found],
            hovertemplate="%{hovertext}<extra></extra>",
        )


def _ring(figure: go.Figure, picture: Picture, opened: str, dark: bool) -> None:
    places = [place for place, brief in enumerate(picture.runs.briefs) if brief.id == opened]
    if places:
        figure.add_scatter(
            x=picture.runs.time[places],
            y=picture.runs.value[places],
            name="open below",
            mode="markers",
            marker={"symbol": "circle-open", "size": 18, "color": BEST[dark], "line": {"width": 3}},
            hoverinfo="skip",
        )


def _foot(picture: Picture) -> float:
    known = [event.value for event in picture.events if event.value is not None]
    known += [float(picture.runs.value.min())] if len(picture.runs) else []
    return min(known, default=0.0)


def _sentence(event: Event) -> str:
    value = "value not known" if event.value is None else f"{event.value:.4f}"
    lines = [
        f"{event.what} by {event.who}, {said(event.time)} UTC",
        f"run {event.run or 'none'}{f' ({event.gone})' if event.gone else ''}: {value}",
        event.comment,
    ]
    return "<br>".join(plain(line, 90) for line in lines if line)


def _bands(figure: go.Figure, history: History, bands: Sequence[Band]) -> None:
    for number, band in enumerate(bands):
        figure.add_vrect(
            x0=band.begin,
            x1=history.now if band.end is None else band.end,
            fillcolor=SHADES[number % 2],
            line_width=0,
            layer="below",
            annotation_text=plain(history.name_of(band.dataset), LONGEST),
            annotation_position="top left",
            annotation_font_size=10,
            annotation_textangle=0,
        )


def use_chart(testsets: Sequence[TestSet], dark: bool = False) -> go.Figure:
    """How often each test set was used by when; the budget is a line."""
    figure = go.Figure()
    for testset, dash in zip(testsets, ("solid", "dash", "dot", "dashdot"), strict=False):
        count = len(testset.uses)
        figure.add_scatter(
            x=list(testset.uses),
            y=list(range(testset.evaluations - count + 1, testset.evaluations + 1)),
            name=plain(testset.fingerprint[:8], LONGEST),
            mode="lines+markers",
            line={"shape": "hv", "dash": dash, "color": GAIN[dark]},
            marker={"size": 5},
            hovertemplate="use %{y:,} on %{x|%Y-%m-%d}<extra></extra>",
        )
    budgets = [testset.budget for testset in testsets if testset.budget is not None]
    if budgets:
        figure.add_hline(y=budgets[0], line={"color": LOSS, "dash": "dash"}, annotation_text="budget")
    figure.update_layout(height=240, margin={"l": 0, "r": 0, "t": 30, "b": 0}, legend=LEGEND, dragmode=False)
    figure.update_xaxes(type="date")
    figure.update_yaxes(title="candidates judged", rangemode="tozero")
    return inked(figure, dark)
