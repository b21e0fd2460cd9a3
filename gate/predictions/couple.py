"""The queries that bring two prediction tables together, in DuckDB's SQL.

The cells of either table are made before the tables meet: fewer bytes travel.
"""

from __future__ import annotations

from collections.abc import Mapping

from gate.predictions.cells import Cells, form
from gate.predictions.table import Engine, Table


class Couple:
    """Two tables, and the cells that their rows contribute to the relation of both."""

    def __init__(self, engine: Engine, best: Table, candidate: Table, light: bool) -> None:
        self.best, self.candidate = best, candidate
        self._form = form(engine, (best, candidate), light)
        self._of_best, self._of_candidate = self._form.cells(best, "best"), self._form.cells(candidate, "candidate")
        self.slices, self.places = tuple(self._form.slices), self._form.places
        self.both_labelled = best.labelled and candidate.labelled

    def columns(self, paired: bool = True) -> frozenset[str]:
        """The columns that the relation has."""
        sides = (self._of_best, self._of_candidate) if paired else self._apart()
        return frozenset({"truth"}.union(*sides))

    def joined(self) -> str:
        """Rows with the same id, and rows of either table alone, which lack the other one's prediction."""
        same_kind = self.best.kinds["id"] == self.candidate.kinds["id"]
        key = "id" if same_kind else "CAST(id AS VARCHAR)"
        return self._beside(key, key)

    def adjacent(self) -> str:
        """Rows at the same ``place``."""
        return self._beside(self.best.row_number, self.candidate.row_number, place="b.key_")

    def stacked(self) -> str:
        """Each table's rows by themselves; what the other would say is NULL."""
        apart = self._apart()
        columns = dict.fromkeys(name for cells in apart for name in ("truth", *cells))
        missing = {name: self._form.whole_row() if name == "n" else self._form.nothing(name) for name in columns}
        sides = zip(apart, (self.best, self.candidate), strict=True)
        return " UNION ALL ".join(_select({**missing, **cells}, table) for cells, table in sides)

    def _apart(self) -> list[Cells]:
        """The cells of each table's rows. What divides rows into parts divides all of them, or is left out."""
        sides = (self._of_best, self._of_candidate)
        dividing = {"h": {"h"}, "g": {"g", "h"}}
        partial = {name for name, any_of in dividing.items() if not all(any_of & cells.keys() for cells in sides)}
        return [{name: cell for name, cell in cells.items() if name not in partial} for cells in sides]

    def _beside(self, key: str, other_key: str, **further: str) -> str:
        """What both tables say of a row is taken from the candidate's; ``differs`` tells where their truths do.

        The join is a full one even where it need not be: DuckDB makes the cells of an inner join only after it.
        """
        twice = self._of_best.keys() & self._of_candidate.keys() - {"truth"}
        best = {name: cell for name, cell in self._of_best.items() if name not in twice}
        picks = {"truth": self._form.nothing("truth"), **_of("b", best), **_of("c", self._of_candidate), **further}
        if self.both_labelled:
            picks["differs"] = "b.truth IS DISTINCT FROM c.truth"
        b = _select({"key_": key, **best}, self.best)
        c = _select({"key_": other_key, **self._of_candidate}, self.candidate)
        return f"SELECT {_listed(picks)} FROM ({b}) AS b FULL JOIN ({c}) AS c ON b.key_ = c.key_"


def _of(side: str, cells: Mapping[str, str]) -> Cells:
    return {name: f"{side}.{name}" for name in cells}


def _select(cells: Mapping[str, str], table: Table) -> str:
    return f"SELECT {_listed(cells)} FROM {table.name}"


def _listed(cells: Mapping[str, str]) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in cells.items())
