"""One score of two models, with an interval for its difference."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gate.counts import Counts
from gate.stats.interval import Interval, newcombe
from gate.stats.measures import OF_ONE, OVERALL, parts
from gate.stats.methods import Found, How, Incomparable, of_all, of_class

OF_LABEL = re.compile(r"(?P<score>f1|recall|precision)\[(?P<label>.+)\]", re.DOTALL)
TOP = re.compile(r"recall@(?P<k>[0-9]+)")


@dataclass(frozen=True)
class Comparison:
    """Both scores, and the interval of the candidate's minus a (1 - ``lost``) part of the best's.

    ``formula`` names how it was made (a key of `gate.formulas`); ``rows`` are those of the candidate.
    """

    best: float
    candidate: float
    contrast: Interval
    formula: str
    rows: float
    lost: float = 0.0

    @property
    def difference(self) -> float:
        return self.candidate - self.best

    @property
    def interval(self) -> Interval:
        """Of the difference: that of the contrast, moved by the part of the best that may be lost."""
        return self.contrast + -self.lost * self.best


def compared(counts: Counts, score: str, how: How | None = None) -> Comparison:
    """Compare by accuracy, macro_f1, weighted_f1, recall@K, f1[LABEL], recall[LABEL] or precision[LABEL].

    Raises:
        Incomparable: there are no rows, no such class or ranking, or the counts carry no interval for it.
    """
    how = how or How()
    if not (counts.per_class.best.rows and counts.per_class.candidate.rows):
        raise Incomparable("there is no row with a truth", missing=True)
    if top := TOP.fullmatch(score):
        return _top(counts, int(top["k"]), how)
    if one := OF_LABEL.fullmatch(score):
        return _one(counts, one["score"], one["label"], how)
    if score not in OVERALL:
        raise Incomparable(f"there is no score '{score}'", missing=True)
    best, candidate = (float(OVERALL[score](part)) for part in parts(counts.per_class))
    return _comparison(counts, best, candidate, of_all(counts, score, how), how)


def _one(counts: Counts, score: str, name: str, how: How) -> Comparison:
    if name not in counts.labels:
        raise Incomparable(f"there is no class '{name}' in the truth or the predictions", missing=True)
    label = counts.labels.index(name)
    if not min(each.support[label] for each in (counts.per_class.best, counts.per_class.candidate)):
        raise Incomparable(f"no row is of the class '{name}'", missing=True)
    best, candidate = (float(OF_ONE[score](part.of(label))) for part in parts(counts.per_class))
    return _comparison(counts, best, candidate, of_class(counts, score, label, how), how)


def _top(counts: Counts, k: int, how: How) -> Comparison:
    """Only how often the truth is among the first k is known of each model, not of which rows."""
    best, candidate = counts.top.get(k, (None, None))
    if best is None or candidate is None:
        known = ", ".join(map(str, sorted(counts.top))) or "none"
        raise Incomparable(f"there is no ranking of both models to a depth of {k} (counted: {known})", missing=True)
    if counts.grouped or counts.weighted:
        raise Incomparable("rankings are not counted in blocks, as rows in groups or with weights would need")
    n_best, n = counts.per_class.best.rows, counts.per_class.candidate.rows
    found = newcombe(candidate, n, best, n_best, how.confidence, how.lost), "newcombe"
    return _comparison(counts, best / n_best, candidate / n, found, how)


def _comparison(counts: Counts, best: float, candidate: float, found: Found, how: How) -> Comparison:
    return Comparison(best, candidate, *found, counts.rows, how.lost)
