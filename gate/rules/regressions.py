"""Which classes regressed and which improved, and the worst of them."""

from __future__ import annotations

from dataclasses import dataclass

from gate.counts import Counts, Totals
from gate.late import numpy as np
from gate.stats.interval import quantile
from gate.stats.per_class import FEWEST_CHANGED, Mask, benjamini_hochberg, change_error, swap_test
from gate.stats.seven import Seven

TWO_SIDED = 0.90  # whose upper end is the one-sided bound of 95 %


@dataclass(frozen=True)
class Regressions:
    """``fell`` and ``rose`` mark the classes whose change stands out; ``bound`` is the optimistic end of each change:
    the class lost at least that much, with 95 % confidence. ``testable`` ones have enough changed rows and support.
    """

    labels: tuple[str, ...]
    seven: Seven
    fell: Mask
    rose: Mask
    testable: Mask
    bound: Totals

    @property
    def regressed(self) -> int:
        return int(self.fell.sum())

    @property
    def tested(self) -> int:
        return int(self.testable.sum())

    @property
    def ranked(self) -> list[int]:
        """Classes by the loss that is certain, largest first; those that regressed before all others."""
        return [int(label) for label in np.lexsort((self.bound, ~self.fell))]

    @property
    def line(self) -> str:
        """`4,812 classes: 12 regressed, 9 improved, 1,091 too small to tell. Worst 'bollard' ...`."""
        changed = self.seven.change != 0
        counts = f"{self.regressed:,} regressed, {self.rose.sum():,} improved"
        small = f"{(changed & ~self.testable).sum():,} too small to tell"
        return f"{len(self.labels):,} classes: {counts}, {small}{self._example}"

    @property
    def _example(self) -> str:
        label = self.ranked[0] if self.regressed else int(np.argmin(self.seven.change))
        loss = self.seven.change[label]
        if loss >= 0:
            return ""
        came = f"{self.seven.best[label]:.3f} -> {self.seven.candidate[label]:.3f}"
        rows = f"(n={self.seven.support[label]:,.0f})"
        if not self.regressed:
            return f". Largest loss '{self.labels[label]}' {came}, which may be chance {rows}"
        return f". Worst '{self.labels[label]}' {came}, drop at least {max(0.0, -self.bound[label]):.3f} {rows}"


def regressions(counts: Counts, part: float, fdr: float, min_support: int = 0) -> Regressions:
    """Test every class of paired rows, which are worth only a ``part`` of as many independent ones."""
    seven = Seven.of(counts.per_class)
    tested = seven.worth(part)
    p = swap_test(tested)
    testable = (tested.changed >= FEWEST_CHANGED) & (seven.support >= min_support)
    bound = seven.change + quantile(TWO_SIDED) * change_error(tested)
    fell, rose = (_found(each, testable, fdr) for each in (p.fell, p.rose))
    return Regressions(counts.labels, seven, fell, rose, testable, bound)


def _found(p: Totals, testable: Mask, fdr: float) -> Mask:
    found = np.zeros(len(p), dtype=np.bool_)
    found[testable] = benjamini_hochberg(p[testable], fdr)
    return found
