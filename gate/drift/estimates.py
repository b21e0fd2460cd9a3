"""Accuracy without labels: what a model's confidences say of rows whose truth is not known yet.

For information only. Every one of these assumes that confidence means on the new rows what it meant on the reference;
where the relation of input and truth itself has changed, all of them are too kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gate.counts import BINS, Totals
from gate.figures import counted
from gate.late import numpy as np
from gate.observed import Observed
from gate.stats.confidence import mean, middles
from gate.stats.measures import share

MASS_BINS = 50
APART = 0.05  # estimates that differ by more contradict each other


def mean_confidence(reference: Totals, sure: Totals) -> float:
    """The mean p@1: accuracy, if the model is calibrated."""
    return mean(sure)


def difference_of_confidences(reference: Totals, sure: Totals) -> float:
    """DoC (Guillory et al. 2021): the reference's accuracy less the fall of mean confidence."""
    return _accuracy(reference) - (mean(reference[:2].sum(axis=0)) - mean(sure))


def average_thresholded_confidence(reference: Totals, sure: Totals) -> float:
    """ATC (Garg et al. 2022): the share above the confidence that as many reference rows lie above as are right."""
    rows = reference[:2].sum(axis=0)
    below = np.concatenate([[0.0], np.cumsum(rows) / rows.sum()])
    threshold = np.interp(1 - _accuracy(reference), below, np.arange(BINS + 1))
    here = np.concatenate([[0.0], np.cumsum(sure) / sure.sum()])
    return 1 - float(np.interp(threshold, np.arange(BINS + 1), here))


def calibrated_confidence(reference: Totals, sure: Totals) -> float:
    """CBPE of accuracy, for the top class: the reference's accuracy at each confidence, weighed by the new rows."""
    rows = reference[:2].sum(axis=0)
    part = np.minimum((MASS_BINS * (np.cumsum(rows) - rows / 2) / rows.sum()).astype(np.int64), MASS_BINS - 1)
    size, hits = (np.bincount(part, each, MASS_BINS) for each in (rows, reference[1]))
    at = share(np.bincount(part, rows * middles(BINS), MASS_BINS), size)
    known = size > 0
    return float((np.interp(middles(BINS), at[known], share(hits, size)[known]) * sure).sum() / sure.sum())


ESTIMATES: Mapping[str, Callable[[Totals, Totals], float]] = {
    "p@1": mean_confidence,
    "DoC": difference_of_confidences,
    "ATC": average_thresholded_confidence,
    "CBPE": calibrated_confidence,
}


def estimates(reference: Observed, current: Observed) -> dict[str, float]:
    """Each estimate in [0, 1]; none where the reference has no truth or confidences are missing."""
    if not (reference.confidence[:2].any() and current.sure.any()):
        return {}
    return {
        name: float(np.clip(estimate(reference.confidence, current.sure), 0, 1)) for name, estimate in ESTIMATES.items()
    }


def spread(found: Mapping[str, float]) -> float:
    return max(found.values()) - min(found.values()) if found else 0.0


@dataclass(frozen=True)
class Validity:
    """Why label-free estimates must not be believed here, each reason in a sentence."""

    reasons: tuple[str, ...]


def validity(
    found: Mapping[str, float],
    realised: tuple[float, float] | None,
    moved: float | None,
    new: int,
    min_rows: int,
    rows: float,
) -> Validity:
    """``realised`` is the interval of the accuracy of rows whose truth came later, ``moved`` the proven shift of
    classes, ``new`` the number of new classes, ``rows`` those of the reference that have truth and confidence.
    """
    said = []
    if rows < min_rows:
        said.append(f"only {counted(rows, 'reference row has', 'reference rows have')} a truth and a confidence")
    if spread(found) > APART:
        said.append(f"the estimates differ by {spread(found):.3f}")
    if realised and found and (min(found.values()) > realised[1] or max(found.values()) < realised[0]):
        kind = "kind" if min(found.values()) > realised[1] else "harsh"
        said.append(
            f"where the truth is known, accuracy is {realised[0]:.3f} to {realised[1]:.3f}: they are too {kind}, so "
            "what the inputs mean has changed"
        )
    if new:
        said.append(f"{counted(new, 'class is', 'classes are')} new, which no confidence knows of")
    if moved:
        said.append(f"the shares of the classes moved by {moved:.1%}")
    return Validity(tuple(said))


def _accuracy(confidence: Totals) -> float:
    return float(confidence[1].sum() / confidence[:2].sum())
