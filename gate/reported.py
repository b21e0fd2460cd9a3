"""F1 per class as the training scripts reported it: shown where nothing can be counted, and never judged by."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from gate.evidence import Evidence, Run
from gate.late import numpy as np
from gate.scores import Shares

PER_CLASS = re.compile(r"(per class |class(wise)? )?f1( score)?( (per|by) class)?")
AVERAGE = r"macro|micro|weighted|samples|mean|average|avg|overall|total|all|accuracy|f1"
PART = r"train(ing)?|val(id(ation)?)?|test(ing)?|eval(uation)?|dev|holdout"
NO_CLASS = re.compile(rf"({AVERAGE}|{PART})( ({AVERAGE}|score))*")


@dataclass(frozen=True)
class Reported:
    """F1 of both models for the classes under one scalar ``title``; NaN where a run did not report a class."""

    title: str
    labels: tuple[str, ...]
    best: Shares
    candidate: Shares

    @property
    def change(self) -> Shares:
        return self.candidate - self.best


def reported_f1(evidence: Evidence) -> Reported | None:
    """Scalars titled like "f1" or "per-class f1" with a series per class; of several, the title with most in common."""
    if evidence.best is None or evidence.candidate is None:
        return None
    best, candidate = _by_title(evidence.best), _by_title(evidence.candidate)
    sizes = {title: len(best[title].keys() & candidate[title].keys()) for title in best.keys() & candidate.keys()}
    title = max(sorted(sizes), key=lambda each: sizes[each], default=None)
    if title is None or not sizes[title]:
        return None
    labels = tuple(sorted(best[title].keys() | candidate[title].keys()))
    columns = (np.array([each[title].get(label, math.nan) for label in labels]) for each in (best, candidate))
    return Reported(title, labels, *columns)


def _by_title(run: Run) -> dict[str, Mapping[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for scalar in run.scalars.values():
        if PER_CLASS.fullmatch(_plain(scalar.title)) and not NO_CLASS.fullmatch(_plain(scalar.series)):
            found.setdefault(scalar.title, {})[scalar.series] = scalar.last
    return dict(found)


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[-_/ ]+", " ", name).lower().split())
