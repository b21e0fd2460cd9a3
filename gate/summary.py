"""Two models in a dozen numbers: their scores, how their mistakes differ, and which confusions grew."""

from __future__ import annotations

from dataclasses import dataclass

from gate.classes import ClassTable
from gate.counts import Counts
from gate.figures import percent
from gate.scores import class_scores, flips, grown, top_recall
from gate.spreadsheet import cell

RANKED = 5
FLIP_RATES = (
    ("NFR", "nfr", "Negative flip rate: rows that only the best has right, over all rows."),
    ("PFR", "pfr", "Positive flip rate: rows that only the candidate has right, over all rows."),
    (
        "relative NFR",
        "relative_nfr",
        "NFR / ((1 − error of the best) × error of the candidate): 1 if the mistakes of both were independent.",
    ),
    ("BTC", "btc", "Backward trust compatibility: of the rows the best has right, the share still right."),
    (
        "BEC",
        "bec",
        "Backward error compatibility: of the rows the candidate has wrong, the share the best had wrong too.",
    ),
    ("churn", "churn", "Rows that the two models predict differently, right or wrong, over all rows."),
)


@dataclass(frozen=True)
class Headline:
    """One score of both models, in [0, 1]; None where a model's predictions do not give it."""

    name: str
    best: float | None
    candidate: float | None
    meaning: str

    @property
    def change(self) -> float | None:
        return None if self.best is None or self.candidate is None else self.candidate - self.best


@dataclass(frozen=True)
class FlipRate:
    """One number about rows whose correctness changed; ``meaning`` gives its formula in words."""

    name: str
    value: float
    meaning: str

    @property
    def text(self) -> str:
        """A share of rows, or a ratio of shares."""
        return f"{self.value:.2f}" if self.name.startswith("relative") else percent(self.value, 2)


def headlines(counts: Counts) -> list[Headline]:
    scores = class_scores(counts)
    best, candidate, classes = scores.best, scores.candidate, len(scores.labels)
    every = f"over all {classes:,} classes that are true or predicted here"
    found = [
        Headline(
            "accuracy = micro F1",
            best.accuracy,
            candidate.accuracy,
            "Rows that are right, over all rows. With one truth and one prediction per row, micro-averaged F1, "
            "precision and recall are the same number.",
        ),
        Headline("macro F1", best.macro_f1, candidate.macro_f1, f"The plain mean of F1 {every}."),
        Headline(
            "weighted F1",
            best.weighted_f1,
            candidate.weighted_f1,
            f"The mean of F1 {every}, weighted by their support.",
        ),
    ]
    ranked = top_recall(counts, RANKED)
    if ranked != (None, None):
        meaning = f"Rows whose truth is among the first {RANKED} predictions, over all rows of the model."
        found.append(Headline(f"recall@{RANKED}", *ranked, meaning))
    return found


def flip_rates(counts: Counts) -> list[FlipRate]:
    """Empty where rows could not be paired."""
    found = flips(counts)
    if found is None:
        return []
    return [FlipRate(name, getattr(found, field), meaning) for name, field, meaning in FLIP_RATES]


def grown_confusions(counts: Counts, most: int = 20) -> dict[str, list[str] | list[float]] | None:
    """The confusions that the candidate makes more often, as columns, largest growth first; None if not counted."""
    if counts.pairs is None:
        return None
    found = grown(counts, most)
    return {
        "truth": [cell(each.truth) for each in found],
        "predicted": [cell(each.predicted) for each in found],
        "best": [each.best for each in found],
        "candidate": [each.candidate for each in found],
        "growth": [each.growth for each in found],
    }


@dataclass(frozen=True)
class Loss:
    """How the F1 of one class fell, on how many ``rows`` of it."""

    name: str
    best: float
    candidate: float
    rows: float


def largest_loss(counts: Counts | None) -> Loss | None:
    """Of all classes that lost F1; a careful person looks at it even where no rule does."""
    if counts is None or not counts.rows:
        return None
    table = ClassTable(counts)
    for row in [row for row in table.extremes(1).tolist() if table.change[row] < 0]:
        best, candidate = (float(model.f1[row]) for model in (table.scores.best, table.scores.candidate))
        return Loss(table.names[row], best, candidate, float(table.scores.support[row]))
    return None
