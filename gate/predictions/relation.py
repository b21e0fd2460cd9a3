"""Two prediction tables as one relation of rows: paired by id, else by position, else not at all.

The relation has the columns truth, best and candidate; of unpaired rows the other model's prediction is NULL, so
that every count is written once for both cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gate.counts import Pairing
from gate.predictions.couple import Couple
from gate.predictions.joining import joined, refuse_repeats
from gate.predictions.table import Engine, Table


@dataclass(frozen=True)
class Relation:
    """The rows to be counted: a name in the engine, and the columns they have.

    Truth, best and candidate are always there, though ``columns`` lacks those that are NULL in all rows. Besides:
    ``n`` the weight as a whole number of 2**-``places``, ``h`` a hash of the id (else of the position), ``g`` of the
    group, ``seconds`` since 1970, ``conf_best`` and ``conf_candidate`` the bin of the confidence, ``rank_best`` and
    ``rank_candidate`` the place of the truth in the model's top_k (0: not in it), and ``s0``, ``s1`` … the values of
    ``slices``.
    """

    name: str
    pairing: Pairing
    columns: frozenset[str]
    slices: tuple[str, ...] = ()
    places: int = 0

    @property
    def paired(self) -> bool:
        return self.pairing.how != "none"

    def has(self, column: str) -> bool:
        return column in self.columns


def relate(engine: Engine, best: Table, candidate: Table, light: bool = False) -> Relation:
    """Define the relation of two tables in the engine; a ``light`` one has no more than the labels.

    Raises:
        UnusablePredictions: an id occurs twice in a table, or its truth differs between them: the test set changed.
    """
    couple = Couple(engine, best, candidate, light)
    sizes = (_size(engine, best), _size(engine, candidate))
    if best.has("id") and candidate.has("id"):
        why = "the tables have no id in common: they are of different test sets"
        name, both = joined(engine, couple, sizes)
        if both:
            return Relation(name, Pairing("id", *sizes, both), couple.columns(), couple.slices, couple.places)
    else:
        refuse_repeats(engine, (best, candidate))
        trouble = _unlike(couple, sizes) or _disorder(engine, couple)
        why = "without an id in both tables" + (f", and {trouble}" if trouble else "")
        if not trouble:
            pairing = Pairing("position", *sizes, sizes[0], why)
            return Relation("adjacent_rows", pairing, couple.columns(), couple.slices, couple.places)
    engine.define("stacked_rows", couple.stacked(), keep=False)
    return Relation(
        "stacked_rows", Pairing("none", *sizes, 0, why), couple.columns(paired=False), couple.slices, couple.places
    )


def _size(engine: Engine, table: Table) -> int:
    return engine.number(f"SELECT count(*) AS n FROM {table.name}")


def _unlike(couple: Couple, sizes: Sequence[int]) -> str:
    """Why rows cannot be paired by their position; empty if they can."""
    if not (couple.best.row_number and couple.candidate.row_number):
        return "their rows are kept in no order"
    if not couple.both_labelled:
        return "without y_true in both nothing shows that their rows are the same"
    if sizes[0] != sizes[1]:
        return f"they have {sizes[0]:,} and {sizes[1]:,} rows"
    return ""


def _disorder(engine: Engine, couple: Couple) -> str:
    """Define the rows paired by position, and answer why they may not be; empty if they may."""
    engine.define("adjacent_rows", couple.adjacent(), keep=True)
    if engine.number("SELECT count(*) FILTER (WHERE differs) AS n FROM adjacent_rows"):
        return "their y_true differ row by row"
    neighbours = "SELECT truth, lag(truth) OVER (ORDER BY place) AS before FROM adjacent_rows"
    falls = f"SELECT count(*) FILTER (WHERE truth < before) AS n FROM ({neighbours}) AS neighbours"
    return "" if engine.number(falls) else "their rows are sorted by y_true, so that equal truths prove nothing"
