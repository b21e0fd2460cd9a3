"""One metric of two runs, drawn over each other."""

from __future__ import annotations

import plotly.graph_objects as go

from gate.charts.look import GAIN, LONGEST, LOSS, inked, plain
from gate.evidence import Curve


def two_curves(metric: str, a: Curve | None, b: Curve | None, dark: bool = False) -> go.Figure:
    """A dashed, B solid. A curve of a single point is a mark."""
    figure = go.Figure()
    looks = {"A": (a, LOSS, "dash", "circle-open"), "B": (b, GAIN[dark], "solid", "circle")}
    for name, (curve, colour, dash, symbol) in looks.items():
        if curve is None or not curve.values:
            continue
        figure.add_scatter(
            x=list(curve.iterations) or list(range(len(curve.values))),
            y=list(curve.values),
            name=name,
            mode="lines" if len(curve.values) > 1 else "markers",
            line={"color": colour, "dash": dash, "width": 2},
            marker={"color": colour, "size": 10, "symbol": symbol},
            hovertemplate=f"{name}: %{{y:.5g}} at %{{x:,}}<extra></extra>",
        )
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(height=320, margin={"l": 0, "r": 0, "t": 24, "b": 0}, legend=legend, dragmode=False)
    figure.update_layout(showlegend=True, hovermode="x unified")
    figure.update_xaxes(title="iteration")
    figure.update_yaxes(title=plain(metric, LONGEST))
    return inked(figure, dark)
