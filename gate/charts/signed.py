"""Losses and gains as bars on both sides of zero."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from gate.charts.look import GAIN, LONGEST, LOSS, inked, plain
from gate.figures import signed

ROOM = 1.6  # times the longest bar, for the figure beside it


def signed_bars(
    values: Sequence[float], names: Sequence[str], facts: Sequence[Sequence[float]], hover: str, dark: bool
) -> go.Figure:
    """One bar for each value, the last one on top, with its sign and an arrow.

    ``hover`` is Plotly's template; its customdata are the name, then the ``facts`` of the bar.
    """
    places = list(range(len(values)))  # names are only texts of the axis: two may look alike, and some are numbers
    reach = ROOM * max((abs(value) for value in values), default=1.0)
    figure = go.Figure(
        go.Bar(
            x=list(values),
            y=places,
            orientation="h",
            marker_color=[LOSS if value < 0 else GAIN[dark] for value in values],
            text=[signed(value) for value in values],
            textposition="outside",
            customdata=[[plain(name, 80), *known] for name, known in zip(names, facts, strict=True)],
            hovertemplate=f"{hover}<extra></extra>",
        ),
        {
            "height": 80 + 22 * len(values),
            "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
            "dragmode": False,
            "xaxis": {"range": [-reach, reach]},
            "yaxis": {"tickvals": places, "ticktext": [plain(name, LONGEST) for name in names]},
        },
    )
    return inked(figure, dark)
