"""All rules of a verdict in one picture: how far each is from its limit, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def effect_bars(findings: Sequence[Finding], dark: bool = False) -> go.Figure:
    """One row for each finding with a limit, in the order of the rules, the first on top."""
    rows = drawn(findings)[::-1]
    figure = go.Figure()
    for place, (finding, effect) in enumerate(rows):
        _draw(figure, place, finding, effect, dark)
    figure.add_vline(x=0, line={"color": DOUBT[dark], "dash": "dash"})
    margin = {"l": 10, "r": 190, "t": 8, "b": 0}
    figure.update_layout(height=90 + 34 * len(rows), margin=margin, dragmode=False, showlegend=False)
    title = "◀ breaks its limit   |   keeps it ▶"
    figure.update_xaxes(range=[-REACH - 0.2, REACH + 0.2], tickvals=[0], ticktext=["limit"], title=title)
    names = [plain(finding.rule, LONGEST) for finding, _ in rows]
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=names, range=[-0.6, len(rows) - 0.4])
    return inked(figure, dark)


def _draw(figure: go.Figure, place: int, finding: Finding, effect: Effect, dark: bool) -> None:
    outcome = finding.own or finding.outcome
    colour = {Outcome.PASSED: GAIN[dark], Outcome.FAILED: LOSS}.get(outcome, DOUBT[dark])
    middle = distance(effect, effect.estimate)
    if effect.low is not None and effect.high is not None:
        ends = [distance(effect, effect.low), distance(effect, effect.high)]
        line = {"color": colour, "width": 6}
        figure.add_scatter(x=ends, y=[place] * 2, mode="lines", line=line, hoverinfo="skip")
    figure.add_scatter(
        x=[middle],
        y=[place],
        mode="markers",
        marker={"color": colour, "size": 11, "symbol": BEYOND.get(middle, SYMBOLS[outcome])},
        hovertemplate=f"{plain(_sentence(outcome, effect), 300)}<extra></extra>",
    )
    text = plain(_figures(effect), 60)
    figure.add_annotation(x=1.01, xref="paper", y=place, xanchor="left", showarrow=False, text=text)


def _figures(effect: Effect) -> str:
    interval = "" if effect.low is None else f" [{effects.interval(effect)}]"
    return f"{effects.number(effect, effect.estimate)}{interval}"


def _sentence(outcome: Outcome, effect: Effect) -> str:
    return f"{outcome.name}: {effect.label} {_figures(effect)}, limit {effects.limit(effect)}"
