"""Times as whole milliseconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gate.late import numpy as np
from gate.late import numpy_typing as npt

if TYPE_CHECKING:
    Moments = npt.NDArray[np.int64]
else:
    Moments = Any  # numpy is not loaded for a name

NEVER = -(2**63)
DIGITS = 23  # of RFC 3339 down to milliseconds


def moments(texts: Sequence[str]) -> Moments:
    """RFC 3339 in UTC; what is empty or no time is `NEVER`."""
    cut = [text[:DIGITS].rstrip("Z").partition("+")[0] for text in texts]
    try:
        found = np.array([text or "NaT" for text in cut], dtype="datetime64[ms]")
    except ValueError:
        found = np.array([_one(text) for text in cut], dtype="datetime64[ms]")
    return found.astype(np.int64)


def moment(text: str) -> int:
    return int(moments([text])[0])


def _one(text: str) -> np.datetime64:
    try:
        return np.datetime64(text or "NaT", "ms")
    except ValueError:
        return np.datetime64("NaT", "ms")


def said(when: int) -> str:
    """To the minute, as people read it."""
    return "" if when == NEVER else str(np.datetime64(when, "ms").astype("datetime64[m]")).replace("T", " ")


def day(when: int) -> str:
    return "" if when == NEVER else str(np.datetime64(when, "ms").astype("datetime64[D]"))
