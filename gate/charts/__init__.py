"""Plotly figures of the same values that the report shows; the only door to plotly."""

from plotly.graph_objects import Figure

from gate.charts.classes import change_histogram, class_trend, top_changes
from gate.charts.compare import two_curves
from gate.charts.drift import class_movers, confidence_overlay, damage_and_repair, over_time
from gate.charts.effects import effect_bars
from gate.charts.history import history_chart, use_chart
from gate.charts.training import training_curve

__all__ = [
    "Figure",
    "change_histogram",
    "class_movers",
    "class_trend",
    "confidence_overlay",
    "damage_and_repair",
    "effect_bars",
    "history_chart",
    "over_time",
    "top_changes",
    "training_curve",
    "two_curves",
    "use_chart",
]
