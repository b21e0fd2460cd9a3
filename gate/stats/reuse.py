"""What repeated use of one test set costs: gains that luck alone explains, and how many rows a number of uses needs."""

from __future__ import annotations

import math

from gate.late import scipy

DOUBT = 0.05


def luck_floor(error: float, evaluations: int, doubt: float = DOUBT) -> float:
    """The gain that the best of so many equally good candidates reaches by luck, except with this doubt.

    ``error`` is the standard error of one paired difference; the doubt is divided among the evaluations (Bonferroni).
    """
    return float(scipy.special.ndtri(1 - doubt / max(1, evaluations))) * error


def rows_for(
    evaluations: int, doubt: float, tolerance: float, adaptive: bool = False, differences: bool = False
) -> int:
    """Test rows that so many evaluations need for errors within the tolerance (ease.ml/ci, Renggli et al. 2019).

    ``adaptive``: each candidate was made in knowledge of the verdict on the one before. ``differences``: two accuracies
    are compared, not one with a fixed number.
    """
    variables = 2 if differences else 1
    exponent = _outcomes(evaluations, adaptive) + math.log(variables / doubt)
    return math.ceil(variables**2 * exponent / (2 * tolerance**2))


def rows_for_few_changes(
    evaluations: int, doubt: float, tolerance: float, changed: float, adaptive: bool = False
) -> int:
    """The same where at most a share ``changed`` of the predictions differs between the models (Bennett)."""
    exponent = _outcomes(evaluations, adaptive) + math.log(4 / doubt)
    ratio = tolerance / changed
    return math.ceil(exponent / (changed * ((1 + ratio) * math.log1p(ratio) - ratio)))


def _outcomes(evaluations: int, adaptive: bool) -> float:
    """The logarithm of how many candidates there may be: each verdict doubles what an adaptive developer can try."""
    return evaluations * math.log(2) if adaptive else math.log(evaluations)
