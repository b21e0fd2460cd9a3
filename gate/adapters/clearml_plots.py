"""What ClearML's plot events mean as matrices."""

from __future__ import annotations

import json
from typing import Any

from gate.evidence import Matrix
from gate.late import numpy as np
from gate.late import numpy_typing as npt


def matrix_of(plot: dict[str, Any]) -> Matrix | None:
    """The heatmap of a plot event, as `report_confusion_matrix` sends it to Plotly; None for any other plot."""
    figure = _figure(plot)
    traces = figure.get("data") or [{}]
    trace = traces[0] if isinstance(traces, list) and isinstance(traces[0], dict) else {}
    cells = _cells(trace.get("z"))
    if trace.get("type") != "heatmap" or cells is None:
        return None
    layout = figure.get("layout") or {}
    return Matrix(
        title=str(plot.get("metric") or ""),
        series=str(plot.get("variant") or ""),
        iteration=int(plot.get("iter") or 0),
        rows=_labels(trace.get("y")),
        columns=_labels(trace.get("x")),
        cells=cells,
        row_title=_title(layout.get("yaxis")),
        column_title=_title(layout.get("xaxis")),
    )


def _figure(plot: dict[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(plot.get("plot_str") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _cells(rows: Any) -> npt.NDArray[np.float64] | None:
    try:
        cells = np.asarray(rows, dtype=np.float64)
    except (ValueError, TypeError):  # rows of different lengths, or something that is no number
        return None
    return cells if cells.ndim == 2 else None


def _labels(axis: Any) -> tuple[str, ...]:
    return tuple(map(str, axis)) if isinstance(axis, list) else ()


def _title(axis: Any) -> str:
    """Plotly's axis titles are texts, or objects with a text."""
    title = axis.get("title") if isinstance(axis, dict) else None
    return str((title.get("text") if isinstance(title, dict) else title) or "")
