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
from gate.predictions.table import Engine, Table, UnusablePredictions, quoted

WIDE = ("y_true", "best", "candidate")


@dataclass(frozen=True)
class Relation:
    """The rows to be counted: a name in the engine, and the columns they have.

    Besides truth, best and candidate: ``n`` weight, ``h`` a hash of the id (else of the position), ``g`` of the group,
    ``seconds`` since 1970, ``conf_best`` and ``conf_candidate`` the bin of the confidence, ``rank_best`` and
    ``rank_candidate`` the place of the truth in the model's top_k (0: not in it), and ``s0``, ``s1`` … the values of
    ``slices``.
    """

    name: str
    pairing: Pairing
    columns: frozenset[str]
    slices: tuple[str, ...] = ()

    @property
    def paired(self) -> bool:
        return self.pairing.how != "none"

    def has(self, column: str) -> bool:
        return column in self.columns


def wide(engine: Engine, table: str, columns: Sequence[str] = WIDE) -> Relation:
    """One table that holds the truth and both predictions side by side, in columns of these names.

    Raises:
        UnusablePredictions: a column is missing, of another kind, or has empty values.
    """
    kinds = engine.columns(table)
    if wrong := [column for column in columns if kinds.get(column) not in ("text", "integer")]:
        listed = ", ".join(f"{name} ({kind})" for name, kind in sorted(kinds.items()))
        raise UnusablePredictions(f"no column of labels is called {' or '.join(wrong)}; the table has: {listed}")
    if len({kinds[column] for column in columns}) > 1:
        raise UnusablePredictions(f"the labels of {', '.join(columns)} are of different kinds")
    roles = dict(zip(columns, ("truth", "best", "candidate"), strict=True))
    select = ", ".join(f"{quoted(column)} AS {role}" for column, role in roles.items())
    engine.define("wide_rows", f"SELECT {select} FROM {table}", keep=False)
    found = engine.rows(
        "SELECT count(*) AS n, count(truth) AS t, count(best) AS b, count(candidate) AS c FROM wide_rows"
    )
    rows, *filled = (int(found[name][0]) for name in "ntbc")
    if not rows:
        raise UnusablePredictions("the table has no rows")
    if lacking := [column for column, count in zip(columns, filled, strict=True) if count < rows]:
        raise UnusablePredictions(f"the column {', '.join(lacking)} has empty values")
    return Relation("wide_rows", Pairing("position", rows, rows, rows), frozenset(roles.values()))


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
            return Relation(name, Pairing("id", *sizes, both), couple.columns(), couple.slices)
    else:
        refuse_repeats(engine, (best, candidate))
        trouble = _position_trouble(engine, couple, sizes)
        why = "without an id in both tables" + (f", and {trouble}" if trouble else "")
        if not trouble:
            engine.define("adjacent_rows", couple.adjacent(), keep=True)
            pairing = Pairing("position", *sizes, sizes[0], why)
            return Relation("adjacent_rows", pairing, couple.columns(), couple.slices)
    engine.define("stacked_rows", couple.stacked(), keep=False)
    return Relation("stacked_rows", Pairing("none", *sizes, 0, why), couple.columns(paired=False), couple.slices)


def _size(engine: Engine, table: Table) -> int:
    return int(engine.rows(f"SELECT count(*) AS n FROM {table.name}")["n"][0])


def _position_trouble(engine: Engine, couple: Couple, sizes: Sequence[int]) -> str:
    """Why rows may not be paired by their position; empty if they may."""
    if not (couple.best.row_number and couple.candidate.row_number):
        return "their rows are kept in no order"
    if not couple.both_labelled:
        return "without y_true in both nothing shows that their rows are the same"
    if sizes[0] != sizes[1]:
        return f"they have {sizes[0]:,} and {sizes[1]:,} rows"
    found = engine.rows(couple.order())
    if int(found["differ"][0]):
        return "their y_true differ row by row"
    return "" if int(found["falls"][0]) else "their rows are sorted by y_true, so that equal truths prove nothing"
