"""Colours, lengths and texts that all charts share."""

from __future__ import annotations

import html

import plotly.graph_objects as go

from gate.markdown import visible

LOSS = "#D55E00"  # vermillion and blue: told apart by every reader, and by sign, arrow and side of zero
GAIN = {False: "#0072B2", True: "#56B4E9"}  # the lighter one on a dark page
DOUBT = {False: "#767676", True: "#A6A6A6"}
INK = {False: "#3B3F47", True: "#D5D8DD"}  # of texts that must be read: the theme's own grey is too faint for them
LONGEST = 28


def plain(name: str, longest: int) -> str:
    """Plotly reads tags in its texts."""
    return html.escape(visible(name, longest), quote=False)


def inked(figure: go.Figure, dark: bool) -> go.Figure:
    """The same figure, whose axes and annotations can be read by everybody."""
    ink = {"color": INK[dark]}
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.tickfont = ink
        axis.title.font = ink
    for annotation in figure.layout.annotations:
        annotation.font = ink
    for trace in figure.select_traces({"type": "bar"}):
        trace.textfont = ink
    return figure
