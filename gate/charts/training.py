"""A training as it goes, beside the run that it was cloned from."""

from __future__ import annotations

import plotly.graph_objects as go

from gate.charts.look import DOUBT, GAIN, LONGEST, inked, plain
from gate.evidence import Curve


def training_curve(metric: str, now: Curve, before: Curve, dark: bool = False) -> go.Figure:
    """The points of both, over their iterations."""
    figure = go.Figure()
    for name, curve, colour, dash in (("base", before, DOUBT[dark], "dot"), ("this run", now, GAIN[dark], "solid")):
        figure.add_scatter(
            x=list(curve.iterations),
            y=list(curve.values),
            name=name,
            mode="lines+markers" if len(curve.values) < 2 else "lines",
            line={"color": colour, "dash": dash},
            hovertemplate=name + " %{y:.5g} at %{x}<extra></extra>",
        )
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(height=220, margin={"l": 0, "r": 0, "t": 8, "b": 0}, dragmode=False, legend=legend)
    figure.update_xaxes(title="iteration")
    figure.update_yaxes(title=plain(metric, LONGEST))
    return inked(figure, dark)
