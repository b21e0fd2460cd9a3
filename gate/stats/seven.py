"""What two models' paired predictions mean for one class, or for all classes at once: seven kinds of rows."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

from gate.counts import PerClass, Totals, Triples
from gate.late import numpy as np
from gate.stats.measures import share


@dataclass(frozen=True)
class Seven:
    """Rows of the class that ``both`` models have right, only the candidate (``gained``), only the best (``lost``),
    or ``neither``; rows of other classes that both claim for it (``false``), only the candidate (``false_new``),
    only the best (``false_gone``).

    A changed row is one that a single model has right as the class, or claims wrongly for it.
    """

    both: Totals
    gained: Totals
    lost: Totals
    neither: Totals
    false: Totals
    false_new: Totals
    false_gone: Totals

    @classmethod
    def of(cls, per_class: PerClass) -> Seven:
        """All classes of paired rows."""
        overlap, best, candidate = per_class.overlap, per_class.best, per_class.candidate
        assert overlap is not None
        gained, lost = candidate.hits - overlap.hits, best.hits - overlap.hits
        neither = candidate.support - overlap.hits - gained - lost
        false_new, false_gone = (each.claims - each.hits - overlap.false for each in (candidate, best))
        return cls(overlap.hits, gained, lost, neither, overlap.false, false_new, false_gone)

    @property
    def support(self) -> Totals:
        return self.both + self.gained + self.lost + self.neither

    @property
    def changed(self) -> Totals:
        return self.gained + self.lost + self.false_new + self.false_gone

    @property
    def weight_best(self) -> Totals:
        """2TP + FP + FN of the best, the denominator of its F1."""
        return self.support + self.both + self.lost + self.false + self.false_gone

    @property
    def weight(self) -> Totals:
        """The same of the candidate."""
        return self.support + self.both + self.gained + self.false + self.false_new

    @property
    def best(self) -> Totals:
        """F1 of the best."""
        return share(2 * (self.both + self.lost), self.weight_best)

    @property
    def candidate(self) -> Totals:
        """F1 of the candidate."""
        return share(2 * (self.both + self.gained), self.weight)

    @property
    def change(self) -> Totals:
        """F1 of the candidate minus that of the best."""
        return self.candidate - self.best

    @property
    def swapped(self) -> Seven:
        """The models exchanged."""
        return replace(self, gained=self.lost, lost=self.gained, false_new=self.false_gone, false_gone=self.false_new)

    def worth(self, part: float) -> Seven:
        """As many rows as a ``part`` of them, in whole rows: where rows of groups or with weights tell less."""
        return self if part == 1 else Seven(*(np.round(each * part) for each in astuple(self)))

    def triples(self, label: int) -> Triples:
        """The rows by what they mean for one class (code 0) against all others (code 1)."""
        count = np.array([float(each[label]) for each in astuple(self)])
        truth, best, candidate = (np.array(codes) for codes in zip(*MEANING, strict=True))
        return Triples(truth, best, candidate, count)


MEANING = ((0, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (1, 0, 0), (1, 1, 0), (1, 0, 1))  # truth, best, candidate
