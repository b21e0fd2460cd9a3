"""Prediction tables to counts: what a table must hold, how two are paired, and the one pass over their rows."""

from gate.predictions.compare import Settings, compare, compare_classes, compare_wide
from gate.predictions.table import UnusablePredictions

__all__ = ["Settings", "UnusablePredictions", "compare", "compare_classes", "compare_wide"]
