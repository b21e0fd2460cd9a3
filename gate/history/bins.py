"""Thousands of points as a few hundred: the least, the middle and the largest of each stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gate.history.moments import Moments
from gate.late import numpy as np
from gate.late import numpy_typing as npt

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
else:
    Floats = Any  # numpy is not loaded for a name


@dataclass(frozen=True)
class Bins:
    """Stretches of the same length that hold a run, in their order. ``begin`` and ``end`` in milliseconds."""

    begin: Moments
    end: Moments
    count: Moments
    low: Floats
    median: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.begin)

    @property
    def middle(self) -> Moments:
        return (self.begin + self.end) // 2


def binned(time: Moments, value: Floats, most: int) -> Bins:
    """``time`` ascending, ``value`` finite; at most so many stretches."""
    if not len(time):
        return Bins(time, time, time, value, value, value)
    start = int(time[0])
    width = (int(time[-1]) - start) // most + 1
    stretch = (time - start) // width
    order = np.lexsort((value, stretch))
    sorted_values, sorted_stretches = value[order], stretch[order]
    first = np.flatnonzero(np.diff(sorted_stretches, prepend=-1))
    count = np.diff(first, append=len(value))
    last = first + count - 1
    lower, upper = sorted_values[first + (count - 1) // 2], sorted_values[first + count // 2]
    begin = start + sorted_stretches[first] * width
    return Bins(begin, begin + width, count, sorted_values[first], (lower + upper) / 2, sorted_values[last])
