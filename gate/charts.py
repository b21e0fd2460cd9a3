"""Plotly figures of the same values that the report shows; the only door to plotly."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from gate.scores import ClassScores

LOSS, GAIN = "#D55E00", "#0072B2"  # vermillion and blue: told apart by every reader, and by the side of zero


def top_changes(scores: ClassScores, most: int = 12) -> go.Figure:
    """The largest losses and gains of F1, losses on top; classes that did not change are left out."""
    change = scores.f1_change
    order = change.argsort(kind="stable")
    extremes = np.unique(np.concatenate([order[:most], order[-most:]])).tolist()
    chosen = sorted((index for index in extremes if change[index]), key=lambda index: -change[index])
    values = [float(change[index]) for index in chosen]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=[scores.labels[index][:40] for index in chosen],
            orientation="h",
            marker_color=[LOSS if value < 0 else GAIN for value in values],
            text=[f"{'▼' if value < 0 else '▲'} {value:+.3f}" for value in values],
            textposition="outside",
            customdata=[int(scores.support[index]) for index in chosen],
            hovertemplate="%{y}: %{x:+.3f}, support %{customdata}<extra></extra>",
        )
    )
    reach = 1.4 * max((abs(value) for value in values), default=1.0)
    figure.update_layout(height=80 + 22 * len(chosen), margin={"l": 0, "r": 0, "t": 8, "b": 0})
    figure.update_xaxes(range=[-reach, reach], title="change of F1, candidate minus best")
    return figure
