"""One class by itself: both models' counts, where its rows went, and where its false claims came from."""

from __future__ import annotations

from dataclasses import dataclass

from gate.counts import Codes, Counts, Pairs, Totals
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.spreadsheet import cell

REST = "(all others)"
TOTALS = {"rows of this class": "support", "predictions of it": "claims", "of these right": "hits"}
Line = tuple[str, float, float]  # what, and how many rows of the best and of the candidate


@dataclass(frozen=True)
class Portrait:
    """``went`` is what its rows are predicted as, ``came`` the truth of rows wrongly predicted as it, most rows first.

    Only frequent confusions are kept by name; what remains is in `REST`. None where confusions were not counted.
    """

    name: str
    totals: list[Line]
    went: list[Line] | None
    came: list[Line] | None


def portrait(counts: Counts, name: str) -> Portrait | None:
    """None if no row has or gets this class."""
    if name not in counts.labels:
        return None
    index, models = counts.labels.index(name), (counts.per_class.best, counts.per_class.candidate)
    support, claims, hits = (np.array([getattr(model, total)[index] for model in models]) for total in TOTALS.values())
    totals = [_line(what, pair) for what, pair in zip(TOTALS, (support, claims, hits), strict=True)]
    if (pairs := counts.pairs) is None:
        return Portrait(name, totals, None, None)
    went = _lines(counts.labels, pairs, pairs.truth == index, pairs.predicted, support - hits)
    came = _lines(counts.labels, pairs, pairs.predicted == index, pairs.truth, claims - hits)
    return Portrait(name, totals, [_line(f"✓ {cell(name)}", hits), *went], came)


def _lines(
    names: tuple[str, ...], pairs: Pairs, chosen: npt.NDArray[np.bool_], others: Codes, whole: Totals
) -> list[Line]:
    """The kept confusions among ``chosen``; ``whole`` is what there are in all."""
    rows = np.stack([pairs.best, pairs.candidate], axis=1)[chosen]
    order = np.argsort(-rows.max(axis=1), kind="stable")
    lines = [_line(cell(names[other]), row) for other, row in zip(others[chosen][order], rows[order], strict=True)]
    rest = whole - rows.sum(axis=0)
    return [*lines, _line(REST, rest)] if rest.any() else lines


def _line(what: str, rows: Totals) -> Line:
    return what, float(rows[0]), float(rows[1])
