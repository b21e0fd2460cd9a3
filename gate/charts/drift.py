"""How the world moved away from a model: confidences, time, classes, damage and repair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from gate.charts.look import DOUBT, GAIN, LONGEST, LOSS, inked, plain
from gate.charts.signed import signed_bars
from gate.drift import Drift
from gate.drift.summary import Row
from gate.drift.timeline import Point
from gate.figures import signed
from gate.lately import lately
from gate.observed import Observed

COARSE = 50  # bins of confidence that are drawn
MARGIN = {"l": 0, "r": 0, "t": 24, "b": 0}
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
FAINT = {"#D55E00": "rgba(213,94,0,.18)", "#0072B2": "rgba(0,114,178,.18)", "#56B4E9": "rgba(86,180,233,.18)"}
GREY = "rgba(128,128,128,.16)"


@lately(2)
def confidence_overlay(drift: Drift, dark: bool = False) -> go.Figure:
    """Shares of rows by confidence: test rows filled, current ones as a line."""
    figure = go.Figure()
    for name, seen, look in (
        ("test rows", drift.before, {"fill": "tozeroy", "line": {"color": DOUBT[dark], "shape": "hv", "width": 1}}),
        ("now", drift.now, {"line": {"color": LOSS, "shape": "hv", "width": 2}}),
    ):
        edges, shares = _coarse(seen)
        hover = name + " %{x:.2f}: %{y:.1%}<extra></extra>"
        figure.add_scatter(x=edges, y=shares, name=name, mode="lines", hovertemplate=hover, **look)
    figure.update_layout(height=300, margin=MARGIN, legend=LEGEND, dragmode=False)
    figure.update_xaxes(range=[0, 1], title="confidence (p@1)")
    figure.update_yaxes(tickformat=".0%", rangemode="tozero", title="share of rows")
    return inked(figure, dark)


def _coarse(seen: Observed) -> tuple[list[float], list[float]]:
    heights = seen.sure.reshape(COARSE, -1).sum(axis=1)
    shares = heights / max(1.0, float(heights.sum()))
    return (np.arange(COARSE + 1) / COARSE).tolist(), [*shares.tolist(), float(shares[-1])]


@lately(2)
def over_time(drift: Drift, dark: bool = False) -> go.Figure:
    """Confidence, what it says of accuracy, and accuracy where the truth is known; training windows are shaded."""
    points = [*drift.reference_points, *drift.points]
    full = [point for point in points if not point.thin]
    figure = go.Figure()
    _estimates(figure, full, dark)
    _line(figure, full, "confidence", "mean p@1", DOUBT[dark], "dash")
    _band(figure, [point for point in full if point.accuracy_range], "accuracy_range", GAIN[dark])
    _line(figure, full, "accuracy", "accuracy", GAIN[dark], "solid")
    _line(figure, full, "macro_f1", "macro F1", GAIN[dark], "dot")
    for run, window in drift.trained.items():
        mine = drift.run is not None and run == drift.run.id
        place = ("trained", "top left") if mine else ("candidate trained", "bottom right")
        _shade(figure, window.start or window.end, window.end, *place)
    figure.update_layout(height=340, margin={**MARGIN, "t": 40}, legend=LEGEND, dragmode=False, hovermode="x unified")
    figure.update_yaxes(title="share of rows, or F1", range=_reach(full))
    figure.update_xaxes(title="UTC")
    return inked(figure, dark)


def _reach(points: Sequence[Point]) -> tuple[float, float]:
    """From just below the least to just above the largest that is drawn: a change of some points is to be seen."""
    found = [(each.confidence, each.accuracy, each.macro_f1, *each.estimates.values()) for each in points]
    known = [value for values in found for value in values if value is not None]
    return (max(0.0, min(known, default=0.0) - 0.08), min(1.02, max(known, default=1.0) + 0.08))


def _estimates(figure: go.Figure, points: Sequence[Point], dark: bool) -> None:
    known = [point for point in points if point.estimates]
    ends = [(min(each.estimates.values()), max(each.estimates.values())) for each in known]
    _filled(figure, known, ends, "estimated without labels", LOSS)


def _band(figure: go.Figure, points: Sequence[Point], what: str, colour: str) -> None:
    ends = [(getattr(point, what).low, getattr(point, what).high) for point in points]
    _filled(figure, points, ends, "95 % interval", colour)


def _filled(
    figure: go.Figure, points: Sequence[Point], ends: Sequence[tuple[float, float]], name: str, colour: str
) -> None:
    if not points:
        return
    times = [_time((point.start + point.end) / 2) for point in points]
    quiet: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=times, y=[low for low, _ in ends], showlegend=False, **quiet)
    figure.add_scatter(
        x=times, y=[high for _, high in ends], name=name, fill="tonexty", fillcolor=FAINT[colour], **quiet
    )


def _line(figure: go.Figure, points: Sequence[Point], what: str, name: str, colour: str, dash: str) -> None:
    known = [point for point in points if getattr(point, what) is not None]
    if not known:
        return
    figure.add_scatter(
        x=[_time((point.start + point.end) / 2) for point in known],
        y=[getattr(point, what) for point in known],
        name=name,
        mode="lines+markers",
        line={"color": colour, "dash": dash},
        marker={"size": 6},
        hovertemplate=name + " %{y:.3f}<extra></extra>",
    )


def _shade(figure: go.Figure, start: float, end: float, name: str, where: str) -> None:
    figure.add_vrect(
        x0=_time(start),
        x1=_time(end),
        fillcolor=GREY,
        line_width=0,
        annotation_text=name,
        annotation_position=where,
        layer="below",
    )


def _time(seconds: float) -> str:
    return str(np.datetime64(int(seconds), "s"))


@lately(2)
def class_movers(drift: Drift, most: int = 10, dark: bool = False) -> go.Figure:
    """The classes that lost and gained most of the predictions, in percentage points."""
    movers = drift.classes.movers if drift.classes else ()
    order = sorted(movers, key=lambda mover: mover.change)
    rows = (order if len(order) <= 2 * most else [*order[:most], *order[-most:]])[::-1]
    facts = [[mover.reference, mover.current] for mover in rows]
    hover = "%{customdata[0]}: %{customdata[1]:.2%} → %{customdata[2]:.2%}"
    values, names = [100 * mover.change for mover in rows], [mover.name for mover in rows]
    figure = signed_bars(values, names, facts, hover, dark)
    figure.update_xaxes(title="change of the share of predictions, pp")
    figure.update_traces(text=[signed(value, 2) for value in values])
    return inked(figure, dark)


def damage_and_repair(rows: Sequence[Row], dark: bool = False) -> go.Figure:
    """F1 of each class side by side: on the test rows, now, and of the candidate now; the first on top."""
    shown = list(rows)[::-1]
    places = list(range(len(shown)))
    look = {"line": {"color": DOUBT[dark], "width": 2}, "showlegend": False, "hoverinfo": "skip"}
    figure = go.Figure(go.Scatter(**_falls(shown), mode="lines", **look))
    for name, symbol, colour, values in (
        ("on the test rows", "circle-open", DOUBT[dark], [row.before for row in shown]),
        ("now", "x", LOSS, [row.now for row in shown]),
        ("candidate now", "diamond", GAIN[dark], [row.candidate for row in shown]),
    ):
        if any(value is not None for value in values):
            hover = name + ": F1 %{x:.3f}<extra></extra>"
            marker = {"symbol": symbol, "color": colour, "size": 10}
            figure.add_scatter(x=values, y=places, name=name, mode="markers", marker=marker, hovertemplate=hover)
    figure.update_layout(height=90 + 24 * len(shown), margin=MARGIN, legend=LEGEND, dragmode=False)
    figure.update_xaxes(range=[-0.02, 1.02], title="F1")
    figure.update_yaxes(tickvals=places, ticktext=[plain(row.name, LONGEST) for row in shown])
    return inked(figure, dark)


def _falls(rows: Sequence[Row]) -> dict[str, Any]:
    """One line for each row, from then to now: all of them one trace, with gaps between."""
    ends = [end for row in rows for end in (row.before, row.now, None)]
    return {"x": ends, "y": [place for place in range(len(rows)) for _ in range(3)]}
