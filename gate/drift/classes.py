"""How the shares of predicted classes moved between two sets of rows, and which classes are new or gone."""

from __future__ import annotations

from dataclasses import dataclass

from gate.counts import Codes, Totals
from gate.late import numpy as np
from gate.observed import Observed
from gate.stats import shares, split
from gate.stats.per_class import benjamini_hochberg

FALSE = 0.01  # of the classes that are named, the share that may be named by chance


@dataclass(frozen=True)
class Mover:
    """One class whose share of the predictions moved beyond chance."""

    name: str
    reference: float
    current: float

    @property
    def change(self) -> float:
        return self.current - self.reference


@dataclass(frozen=True)
class ClassShift:
    """``tvd`` is the share of predictions that would have to move, ``chance`` what it stays below 19 times in 20 if
    nothing moved; ``movers`` are the classes that moved, largest change first, ``to_movers`` the share that went to
    or came from them. PSI (half a row more per class) and Jensen-Shannon (base e and base 2) are for comparison.
    """

    tvd: float
    chance: float
    movers: tuple[Mover, ...]
    psi: float
    js: float
    js2: float
    classes: int
    rows: tuple[float, float]

    @property
    def psi_chance(self) -> float:
        """What PSI stays below 19 times in 20 if nothing moved."""
        return shares.psi_by_chance(max(2, self.classes), *self.rows)

    @property
    def to_movers(self) -> float:
        return max(sum(max(0.0, sign * mover.change) for mover in self.movers) for sign in (1, -1))

    @property
    def proven(self) -> float:
        """The share that moved and that chance does not explain: over all classes, or to those that moved alone."""
        return max(0.0, self.tvd - self.chance, self.to_movers)


@dataclass(frozen=True)
class Strange:
    """A class that only one of the two sets has, in more ``rows`` than chance explains."""

    name: str
    rows: float


def class_shift(reference: Observed, current: Observed) -> ClassShift | None:
    """Of predictions; None where one set has none. Both sets have the same labels."""
    before, after = reference.predicted, current.predicted
    if not (before.sum() and after.sum()):
        return None
    p, q = before / before.sum(), after / after.sum()
    smooth = [shares.smoothed(each) for each in (before, after)]
    return ClassShift(
        shares.tvd(p, q),
        split.floor(before, after),
        _movers(reference.labels, before, after),
        shares.psi(*smooth),
        shares.jensen_shannon(p, q),
        shares.jensen_shannon(p, q, 2),
        int(((before + after) > 0).sum()),
        (float(before.sum()), float(after.sum())),
    )


def _movers(labels: tuple[str, ...], before: Totals, after: Totals) -> tuple[Mover, ...]:
    p, q = before / before.sum(), after / after.sum()
    found = _found(before, after)
    order = found[np.argsort(-np.abs(q - p)[found], kind="stable")]
    return tuple(Mover(labels[each], float(p[each]), float(q[each])) for each in order)


def _found(before: Totals, after: Totals) -> Codes:
    """The classes that moved. Bounds of their p mostly settle it; the exact p is asked for where they do not."""
    here = np.flatnonzero((before + after) > 0)
    low, high = split.bounds(before[here], after[here])
    certain, possible = (benjamini_hochberg(each, FALSE) for each in (high, low))
    if (certain == possible).all():
        return here[certain]
    return here[benjamini_hochberg(split.moved(before[here], after[here]), FALSE)]


def new_classes(reference: Observed, current: Observed) -> tuple[Strange, ...]:
    """Predicted or true in the current rows, neither in the reference, and not by chance; most frequent first."""
    return _only_in(current, reference)


def gone_classes(reference: Observed, current: Observed) -> tuple[Strange, ...]:
    return _only_in(reference, current)


def _only_in(one: Observed, other: Observed) -> tuple[Strange, ...]:
    rows = np.maximum(one.predicted, one.support)
    alone = np.flatnonzero((rows > 0) & (np.maximum(other.predicted, other.support) == 0))
    if not (len(alone) and other.rows):
        return ()
    p = split.unseen(rows[alone], one.rows / (one.rows + other.rows))
    found = alone[benjamini_hochberg(p, FALSE)]
    return tuple(
        Strange(one.labels[each], float(rows[each])) for each in found[np.argsort(-rows[found], kind="stable")]
    )
