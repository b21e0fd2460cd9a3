"""Classes as pictures: the largest changes, how many changed by how much, and one over the runs."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from gate.charts.look import GAIN, LOSS, inked
from gate.charts.signed import signed_bars
from gate.classes import ClassTable
from gate.trend import BEST, CANDIDATE, EARLIER, Point, Trend

BINS = 40  # half of them losses, half of them gains
SYMBOLS = {EARLIER: "circle", BEST: "star", CANDIDATE: "diamond"}


def top_changes(table: ClassTable, most: int = 12, dark: bool = False) -> go.Figure:
    """The largest losses and gains of F1, losses on top; classes that did not change are left out."""
    rows = table.extremes(most)[::-1]
    names, facts = [table.names[row] for row in rows], [[int(table.scores.support[row])] for row in rows]
    values = [float(table.change[row]) for row in rows]
    hover = "%{customdata[0]}: %{x:+.3f}, support %{customdata[1]:,}"
    figure = signed_bars(values, names, facts, hover, dark)
    figure.update_xaxes(title="change of F1, candidate minus best")
    return figure


def change_histogram(table: ClassTable, dark: bool = False) -> go.Figure:
    """How many classes lost or gained how much F1; unchanged ones are left out, so that the others can be seen."""
    changed = table.change[table.change != 0]
    reach = float(np.abs(changed).max()) if len(changed) else 1.0
    heights, edges = np.histogram(changed, bins=BINS, range=(-reach, reach))
    middles = (edges[:-1] + edges[1:]) / 2
    figure = go.Figure(
        go.Bar(
            x=middles.tolist(),
            y=heights.tolist(),
            width=2 * reach / BINS,
            marker_color=[LOSS if middle < 0 else GAIN[dark] for middle in middles],
            customdata=np.stack([edges[:-1], edges[1:]], axis=1).tolist(),
            hovertemplate="%{customdata[0]:+.3f} to %{customdata[1]:+.3f}: %{y:,} classes<extra></extra>",
        ),
        {
            "height": 220,
            "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
            "dragmode": False,
            "bargap": 0.05,
            "xaxis": {"range": [-reach, reach], "title": "▼ lost F1   |   gained F1 ▲"},
            "yaxis": {"title": "classes"},
        },
    )
    return inked(figure, dark)


def class_trend(found: Trend, dark: bool = False) -> go.Figure:
    """F1 (solid) and recall (dotted) of one class over the runs; the best and the candidate have signs of their own."""
    places = list(range(len(found.points)))
    figure = go.Figure()
    for name, dash in (("F1", "solid"), ("recall", "dot")):
        values = [point.f1 if name == "F1" else point.recall for point in found.points]
        figure.add_scatter(
            x=places,
            y=values,
            name=name,
            mode="lines+markers",
            line={"color": GAIN[dark], "dash": dash},
            marker={"size": 10, "symbol": [SYMBOLS[point.role] for point in found.points]},
            customdata=[[point.run, point.role, point.completed[:16].replace("T", " ")] for point in found.points],
            hovertemplate=name + " %{y:.3f}, %{customdata[1]} %{customdata[0]}, %{customdata[2]} UTC<extra></extra>",
        )
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(height=240, margin={"l": 0, "r": 0, "t": 24, "b": 0}, dragmode=False, legend=legend)
    figure.update_xaxes(range=[-0.5, len(places) - 0.5], tickvals=places, ticktext=[_tick(p) for p in found.points])
    figure.update_yaxes(range=[0, 1.05])
    return inked(figure, dark)


def _tick(point: Point) -> str:
    day = point.completed[5:10]
    return day if point.role == EARLIER else f"{day}<br>{point.role}"
