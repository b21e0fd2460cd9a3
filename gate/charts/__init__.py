"""Plotly figures of the same values that the report shows; the only door to plotly."""

from gate.charts.classes import change_histogram, class_trend, top_changes
from gate.charts.effects import drawn, effect_bars

__all__ = ["change_histogram", "class_trend", "drawn", "effect_bars", "top_changes"]
