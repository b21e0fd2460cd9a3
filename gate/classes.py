"""Every class of a comparison as one row of a table: what changed, and what may be said about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from gate.counts import Codes, Counts, ModelCounts, Totals
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.scores import ClassScores, class_scores
from gate.spreadsheet import cell

FEW = 5  # changed rows below which no exact test can find a difference at 5 %
ALL = "all"
MEANING = {
    "regressed": f"F1 fell, on at least {FEW} changed rows",
    "improved": f"F1 rose, on at least {FEW} changed rows",
    "gone": "predicted by the best, never by the candidate",
    "new": "predicted by the candidate, never by the best",
    "too small": f"F1 differs, but on fewer than {FEW} changed rows: no test could tell it from chance",
    "never true": "predicted by a model, but no row has it as its truth",
    "unchanged": "the same F1 with both models",
}
CAVEAT = (
    "A changed row is one that a single model gets right as the class, or wrongly predicts as it. Where rows are not "
    f"paired these are not known: then a class with fewer than {FEW} rows is too small. Nothing here is a test: "
    "regressed does not mean significantly worse."
)
SIGNS = {"regressed": "▼", "gone": "▼", "improved": "▲", "new": "▲"}
ORDERS: dict[str, Callable[[ClassTable], Totals]] = {
    "largest loss first": lambda table: table.change + 3 * table.few,
    "largest gain first": lambda table: 3 * table.few - table.change,
    "largest support first": lambda table: -table.scores.support,
    "by name": lambda table: np.arange(len(table.names), dtype=np.float64),
}
BY_LOSS = next(iter(ORDERS))


@dataclass(frozen=True)
class ClassTable:
    """One row per class. All columns follow ``names``; a selection of rows is an array of their indices."""

    counts: Counts

    @property
    def names(self) -> tuple[str, ...]:
        return self.counts.labels

    @cached_property
    def scores(self) -> ClassScores:
        return class_scores(self.counts)

    @property
    def change(self) -> Totals:
        """F1 of the candidate minus F1 of the best."""
        return self.scores.f1_change

    @cached_property
    def changed_rows(self) -> Totals | None:
        """Rows that one model alone has right, or alone claims wrongly, per class; None where rows are not paired."""
        best, candidate, both = self._best, self._candidate, self.counts.per_class.overlap
        if both is None:
            return None
        hits = best.hits + candidate.hits - 2 * both.hits
        return hits + (best.claims - best.hits) + (candidate.claims - candidate.hits) - 2 * both.false

    @cached_property
    def status(self) -> npt.NDArray[np.str_]:
        """One word of `MEANING` per class: the first that applies, in the order written here."""
        best, candidate = self._best, self._candidate
        tests = {
            "never true": best.support + candidate.support == 0,
            "new": (best.predicted == 0) & (candidate.predicted > 0),
            "gone": (best.predicted > 0) & (candidate.predicted == 0),
            "unchanged": self.change == 0,
            "too small": self.few,
            "regressed": self.change < 0,
            "improved": self.change > 0,
        }
        return np.select(list(tests.values()), list(tests), "")

    @property
    def _best(self) -> ModelCounts:
        return self.counts.per_class.best

    @property
    def _candidate(self) -> ModelCounts:
        return self.counts.per_class.candidate

    @cached_property
    def few(self) -> npt.NDArray[np.bool_]:
        """Classes of which nothing can be said: in the orders by change they come last, and no chart shows them."""
        if self.changed_rows is not None:
            return self.changed_rows < FEW
        return np.minimum(self._best.support, self._candidate.support) < FEW

    def tally(self) -> dict[str, int]:
        """How many classes have each status; every status is named."""
        return {status: int((self.status == status).sum()) for status in MEANING}

    def pick(self, sought: str = "", status: str = ALL, order: str = BY_LOSS) -> Codes:
        """The rows whose name contains ``sought`` and whose status fits, in an order of `ORDERS`."""
        wanted = sought.casefold()
        kept = np.array([wanted in name.casefold() for name in self.names], dtype=np.bool_)
        if status != ALL:
            kept &= self.status == status
        ranked: Codes = np.argsort(ORDERS[order](self), kind="stable")
        return ranked[kept[ranked]]

    def extremes(self, most: int = 12) -> Codes:
        """The largest losses and the largest gains, losses first, of the classes with enough changed rows."""
        ranked: Codes = np.argsort(self.change, kind="stable")
        judged = ranked[~self.few[ranked]]
        fell, rose = judged[self.change[judged] < 0], judged[self.change[judged] > 0]
        return np.concatenate([fell[:most], rose[-most:]])

    def columns(self, rows: Codes, shown: bool = True) -> dict[str, list[str] | Totals]:
        """The table's columns for some rows; ``shown`` on a screen, names hide nothing and statuses have a sign."""
        best, candidate = self.scores.best, self.scores.candidate
        names = [self.names[row] for row in rows]
        found: dict[str, list[str] | Totals] = {
            "class": [cell(name) for name in names] if shown else names,
            "status": [
                f"{SIGNS.get(status, '·')} {status}" if shown else status for status in self.status[rows].tolist()
            ],
            "best F1": best.f1[rows],
            "candidate F1": candidate.f1[rows],
            "change": self.change[rows],
            "support": self.scores.support[rows],
        }
        if self.changed_rows is not None:
            found["changed rows"] = self.changed_rows[rows]
        for name in ("recall", "precision"):
            found[f"best {name}"] = getattr(best, name)[rows]
            found[f"candidate {name}"] = getattr(candidate, name)[rows]
        return found
