"""A score of the predictions, with an interval: not worse than the margin, and known not to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gate.counts import Counts
from gate.evidence import Evidence
from gate.late import numpy as np
from gate.rules.demand import Demand, Margin, Opponent, against_words, counts_of
from gate.rules.noninferior import weighed
from gate.rules.wording import rows_text
from gate.stats.methods import How
from gate.verdict import Finding

SCORES = {"macro_f1": "macro-F1", "weighted_f1": "weighted F1"}
OTHER_ROWS = "the two runs were tested on different rows, so that a person must judge"


@dataclass(frozen=True)
class CompareRule(Demand):
    """Non-inferiority: passes if the interval of the difference lies above -margin, fails if it lies below.

    ``metric`` is accuracy, macro_f1, weighted_f1, recall@K, f1[LABEL], recall[LABEL] or precision[LABEL]. A relative
    margin tests the contrast new - (1 - t) * old, so that the old score's own uncertainty counts.
    """

    metric: str
    margin: Margin
    confidence: float = 0.95
    method: Literal["auto", "bootstrap", "delta"] = "auto"
    replicates: int = 1_000
    slice: str = ""
    against: Opponent = "incumbent"

    @property
    def name(self) -> str:
        where = f" in {self.slice}" if self.slice else ""
        return f"compare {self.metric}{where}{against_words(self.against)}"

    @property
    def required(self) -> str:
        return f"{self._score} may fall by at most {self.margin.text}"

    @property
    def _score(self) -> str:
        return SCORES.get(self.metric, self.metric)

    def weigh(self, evidence: Evidence) -> Finding:
        counts = counts_of(evidence, self.against, self.slice)
        how = How(self.confidence, self.margin.relative, self.method, self.replicates)
        found = weighed(counts, self.metric, self.margin, how, self.undecided)
        doubt = found.passes and _other_rows(counts)
        where = f"{self.slice}: " if self.slice else ""
        classes = f" over {len(counts.labels):,} classes" if self.metric == "macro_f1" else ""
        line = f"{where}{self._score}{classes} {found.line}"
        apart = ", ranks as if of different rows" if self.metric.startswith("recall@") else ""
        said = f"{OTHER_ROWS if doubt else found.answer} ({rows_text(counts)}{apart})"
        return Finding(
            self.name,
            self.decided(found.passes and not doubt, found.fails),
            f"{line}: {said}",
            line,
            self.required,
            lacking=doubt,
            effect=found.effect(f"{where}{self._score}"),
        )


def _other_rows(counts: Counts) -> bool:
    """Whether unpaired rows cannot even be the same ones: their truths occur in different numbers."""
    best, candidate = counts.per_class.best.support, counts.per_class.candidate.support
    return counts.per_class.overlap is None and not np.array_equal(best, candidate)
