"""Every value of the sliced columns by itself: none may be worse than the margin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gate.counts import Counts, Slice
from gate.evidence import Evidence
from gate.late import numpy as np
from gate.rules.demand import Demand, Lacking, Margin, counts_of
from gate.rules.parts import Part, joined
from gate.rules.sliced import Sliced
from gate.rules.wording import percent, rows_text
from gate.stats.dependence import NoBlocks, worth
from gate.stats.per_class import Mask, benjamini_hochberg
from gate.verdict import Finding, Outcome

MOST_SHOWN = 5


@dataclass(frozen=True)
class SlicesRule(Demand):
    """No slice may lose more accuracy than the margin: paired tests with Benjamini-Hochberg over the slices.

    A slice that is confidently worse fails; one whose interval reaches beyond the margin leaves it open. Slices with
    fewer rows than ``min_support`` are not tested, and counted. Without ``columns`` all sliced columns are meant.
    """

    margin: Margin
    columns: tuple[str, ...] = ()
    metric: str = "accuracy"
    min_support: int = 100
    fdr: float = 0.05
    confidence: float = 0.95

    @property
    def name(self) -> str:
        return f"slices of {', '.join(self.columns)}" if self.columns else "slices"

    @property
    def required(self) -> str:
        return f"accuracy may fall by at most {self.margin.text} in every slice of {self.min_support:,} rows or more"

    def weigh(self, evidence: Evidence) -> Finding:
        counts = counts_of(evidence)
        found = self._chosen(counts)
        if any(each.per_class.overlap is None for each in found):
            raise Lacking(f"slices are only tested on paired rows: {counts.pairing.said}", Outcome.REVIEW)
        try:
            part = worth(counts)
        except NoBlocks as why:
            raise Lacking(f"slices cannot be tested: {why}", self.undecided) from why
        large = [each for each in found if each.per_class.candidate.rows >= max(1, self.min_support)]
        tested = [Sliced(each, self.margin, self.confidence, part) for each in large]
        return joined(self, list(self._parts(tested, len(found) - len(tested))), rows_text(counts))

    def _chosen(self, counts: Counts) -> list[Slice]:
        known = {each.column for each in counts.slices}
        absent = [column for column in self.columns if column not in known]
        if absent or not known:
            raise Lacking(f"there are no slices of {', '.join(absent) or 'any column'} in the predictions")
        return [each for each in counts.slices if each.column in (self.columns or known)]

    def _parts(self, tested: list[Sliced], small: int) -> Iterator[Part]:
        """The worst slices, then how many there are of each kind."""
        beyond = np.array([each.interval.high < -each.allowed for each in tested], dtype=np.bool_)
        fails = beyond & benjamini_hochberg(np.array([each.p_not_worse for each in tested]), self.fdr)
        order = sorted(range(len(tested)), key=lambda i: (not fails[i], tested[i].interval.low + tested[i].allowed))
        for i in order[:MOST_SHOWN]:
            if i == order[0] or not tested[i].passes:
                each, bad = tested[i], bool(fails[i])
                yield Part(each.line(bad), self.decided(each.passes, bad), each.effect(bad))
        yield self._total(tested, fails, small)

    def _total(self, tested: list[Sliced], fails: Mask, small: int) -> Part:
        bad, fine = int(fails.sum()), sum(each.passes for each in tested)
        untested = f", {small:,} with fewer than {self.min_support:,} rows not tested" if small else ""
        plural = "" if len(tested) == 1 else "s"
        said = (
            f"{len(tested):,} slice{plural} tested: {bad:,} worse, {len(tested) - bad - fine:,} open, {fine:,} within"
        )
        chance = f" (at most {percent(self.fdr)} of those worse by chance)" if bad else ""
        outcome = self.decided(fine == len(tested) > 0, bad > 0)
        return Part(f"{said}{untested}{chance}", outcome)
