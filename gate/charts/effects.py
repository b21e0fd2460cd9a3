"""All rules of a verdict in one picture: how far each is from its limit, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from gate import effects
from gate.charts.look import DOUBT, GAIN, LONGEST, LOSS, inked, plain
from gate.effects import REACH, distance, drawn
from gate.verdict import Effect, Finding, Outcome

SYMBOLS: Mapping[Outcome, str] = {
    Outcome.PASSED: "circle",
    Outcome.REVIEW: "diamond-open",
    Outcome.UNKNOWN: "circle-open",
    Outcome.FAILED: "x",
}
BEYOND = {-REACH: "triangle-left", REACH: "triangle-right"}
MEANING = "Each rule's result, its interval where there is one, and its limit: right of the line the limit is kept"
Row = tuple[Finding, Effect]


def effect_bars(findings: Sequence[Finding], dark: bool = False) -> go.Figure:
    """One row for each finding with a limit, in the order of the rules, the first on top."""
    rows = drawn(findings)[::-1]
    intervals = [_interval(place, row, dark) for place, row in enumerate(rows) if row[1].low is not None]
    line = {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper"}
    side = {"x": 1.01, "xref": "paper", "xanchor": "left", "showarrow": False}
    figure = go.Figure(  # at once: to add them one by one has Plotly look at all of them each time
        [*intervals, _cut(rows, dark), _results(rows, dark)],
        {
            "height": 90 + 46 * len(rows),
            "margin": {"l": 10, "r": 190, "t": 8, "b": 0},
            "dragmode": False,
            "showlegend": False,
            "shapes": [{**line, "line": {"color": DOUBT[dark], "dash": "dash"}}],
            "annotations": [
                {**side, "y": place, "text": plain(_figures(effect), 60)} for place, (_, effect) in enumerate(rows)
            ],
            "xaxis": {
                "range": [-REACH - 0.2, REACH + 0.2],
                "tickvals": [0],
                "ticktext": ["limit"],
                "title": "◀ breaks its limit   |   keeps it ▶",
            },
            "yaxis": {
                "tickvals": list(range(len(rows))),
                "ticktext": [f"{plain(finding.rule, LONGEST)}<br>{effects.limit(effect)}" for finding, effect in rows],
                "range": [-0.6, len(rows) - 0.4],
            },
        },
    )
    return inked(figure, dark)


def _results(rows: Sequence[Row], dark: bool) -> dict[str, Any]:
    places = [distance(effect, effect.estimate) for _, effect in rows]
    symbols = [BEYOND.get(place, SYMBOLS[row[0].of_effect]) for place, row in zip(places, rows, strict=True)]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": places,
        "y": list(range(len(rows))),
        "marker": {"color": [_colour(row, dark) for row in rows], "size": 11, "symbol": symbols},
        "hovertemplate": [f"{plain(_sentence(row[0].of_effect, row[1]), 300)}<extra></extra>" for row in rows],
    }


def _interval(place: int, row: Row, dark: bool) -> dict[str, Any]:
    line = {"color": _colour(row, dark), "width": 6}
    return {"type": "scatter", "mode": "lines", "x": _ends(row[1]), "y": [place] * 2, "line": line, "hoverinfo": "skip"}


def _cut(rows: Sequence[Row], dark: bool) -> dict[str, Any]:
    """An arrow at each end of an interval that goes on beyond the edge."""
    found = [(end, place, row) for place, row in enumerate(rows) for end in _ends(row[1]) if end in BEYOND]
    colours, symbols = [_colour(row, dark) for _, _, row in found], [BEYOND[end] for end, _, _ in found]
    marker = {"color": colours, "size": 13, "symbol": symbols}
    at = {"x": [end for end, _, _ in found], "y": [place for _, place, _ in found]}
    return {"type": "scatter", "mode": "markers", **at, "marker": marker, "hoverinfo": "skip"}


def _ends(effect: Effect) -> list[float]:
    return [distance(effect, end) for end in (effect.low, effect.high) if end is not None]


def _colour(row: Row, dark: bool) -> str:
    return {Outcome.PASSED: GAIN[dark], Outcome.FAILED: LOSS}.get(row[0].of_effect, DOUBT[dark])


def _figures(effect: Effect) -> str:
    interval = "" if effect.low is None else f" [{effects.interval(effect)}]"
    return f"{effects.number(effect, effect.estimate)}{interval}"


def _sentence(outcome: Outcome, effect: Effect) -> str:
    return f"{outcome.name}: {effect.label} {_figures(effect)}, limit {effects.limit(effect)}"
