"""The queries that bring two prediction tables together, in DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gate.predictions.table import Engine, Table, quoted

WEIGHT_UNIT = 2**40  # weights become whole numbers of 2**-40: their sums are exact, in any order, on any engine
NO_WEIGHT = f"CAST({WEIGHT_UNIT} AS DECIMAL(20, 0))"
PRIME = 2**31 - 1
Cells = dict[str, str]


class Couple:
    """Two tables, and the cells that their rows contribute to the relation of both."""

    def __init__(self, engine: Engine, best: Table, candidate: Table, light: bool) -> None:
        self._light = light
        self.best, self.candidate, self._words = best, candidate, engine.words
        tables = (best, candidate)
        kinds = {table.kinds[name] for table in tables for name in ("y_true", "y_pred") if table.has(name)}
        self.label = "BIGINT" if kinds == {"integer"} else "VARCHAR"
        self.slices = tuple(dict.fromkeys((*candidate.slices, *best.slices)))
        self._types = {f"s{number}": _slice_type(column, tables) for number, column in enumerate(self.slices)}
        self.both_labelled = best.labelled and candidate.labelled

    def joined(self) -> str:
        """Rows with the same id."""
        same_kind = self.best.kinds["id"] == self.candidate.kinds["id"]
        sides = [f"{side}.id" if same_kind else f"CAST({side}.id AS VARCHAR)" for side in ("b", "c")]
        return self._beside(" = ".join(sides))

    def adjacent(self) -> str:
        """Rows at the same position."""
        return self._beside(f"b.{self.best.row_number} = c.{self.candidate.row_number}")

    def stacked(self) -> str:
        """Each table's rows by themselves; what the other would say is NULL."""
        best = {**self._shared(self.best, "b"), **self._own(self.best, "b", "best")}
        candidate = {**self._shared(self.candidate, "c"), **self._own(self.candidate, "c", "candidate")}
        columns = list(dict.fromkeys(("truth", *best, *candidate)))
        if "n" in columns:
            best, candidate = ({"n": NO_WEIGHT, **cells} for cells in (best, candidate))
        sides = [
            f"SELECT {_listed({name: cells.get(name, self._nothing(name)) for name in columns})} FROM {source}"
            for cells, source in ((best, f"{self.best.name} AS b"), (candidate, f"{self.candidate.name} AS c"))
        ]
        return " UNION ALL ".join(sides)

    def order(self) -> str:
        """How many truths differ row by row, and how often the truth falls from one row to the next."""
        mine, other = self._as_label("b.y_true"), self._as_label("c.y_true")
        b, c = self.best, self.candidate
        return (
            "SELECT count(*) FILTER (WHERE mine IS DISTINCT FROM other) AS differ, "
            "count(*) FILTER (WHERE mine < before) AS falls FROM ("
            f"SELECT {mine} AS mine, {other} AS other, lag({mine}) OVER (ORDER BY b.{b.row_number}) AS before "
            f"FROM {b.name} AS b JOIN {c.name} AS c ON b.{b.row_number} = c.{c.row_number}) AS neighbours"
        )

    def columns(self) -> frozenset[str]:
        """The columns that the relation has, whatever the pairing."""
        return frozenset(self._cells())

    def _cells(self) -> Cells:
        return {
            "truth": self._nothing("truth"),
            **self._shared(self.best, "b"),
            **self._shared(self.candidate, "c"),
            **self._own(self.best, "b", "best"),
            **self._own(self.candidate, "c", "candidate"),
        }

    def _beside(self, condition: str) -> str:
        cells = self._cells()
        if self.both_labelled:
            cells["differs"] = f"{self._as_label('b.y_true')} IS DISTINCT FROM {self._as_label('c.y_true')}"
        return f"SELECT {_listed(cells)} FROM {self.best.name} AS b JOIN {self.candidate.name} AS c ON {condition}"

    def _own(self, table: Table, side: str, role: str) -> Cells:
        """What is of one model: its prediction, confidence and ranking."""
        cells = {role: self._as_label(f"{side}.y_pred")}
        if self._light:
            return cells
        if table.has("confidence"):
            cells[f"conf_{role}"] = f"CAST({side}.confidence AS DOUBLE)"
        if table.has("top_k") and table.labelled:
            ranking = f"CAST({side}.top_k AS {self.label}[])"
            place = self._words["place in"].format(list=ranking, item=self._as_label(f"{side}.y_true"))
            cells[f"rank_{role}"] = f"CAST({place} AS INTEGER)"
        return cells

    def _shared(self, table: Table, side: str) -> Cells:
        """What is of the row itself, whoever predicts it."""
        cells = {"truth": self._as_label(f"{side}.y_true")} if table.labelled else {}
        if table.has("weight"):
            units = f"CAST(round(CAST({side}.weight AS DOUBLE) * {WEIGHT_UNIT}) AS BIGINT)"  # below 2**63, and exact
            cells["n"] = f"CAST({units} AS DECIMAL(20, 0))"  # Spark would lose the last digits of a double
        if self._light:
            return cells
        if table.has("id"):
            cells["h"] = self._hash(f"{side}.id", table.kinds["id"])
        elif table.row_number:
            cells["h"] = self._hash(f"{side}.{table.row_number}", "integer")
        if table.has("group"):
            cells["g"] = self._hash(f'{side}."group"', table.kinds["group"])
        if table.has("timestamp"):
            seconds = self._words["seconds of"].format(time=f"{side}.timestamp")
            cells["seconds"] = f"CAST(floor({seconds}) AS BIGINT)"
        for number, column in enumerate(self.slices):
            if column in table.slices:
                cells[f"s{number}"] = self._slice(number, f"{side}.{quoted(column)}", table.kinds[column])
        return cells

    def _slice(self, number: int, value: str, kind: str) -> str:
        """A slice's value: numbers as such, anything else as text that every engine writes alike."""
        if self._types[f"s{number}"] == "DOUBLE":
            return f"CASE WHEN NOT isnan(CAST({value} AS DOUBLE)) THEN CAST({value} AS DOUBLE) END"
        return f"CAST({f'CAST({value} AS TIMESTAMP)' if kind == 'time' else value} AS VARCHAR)"

    def _hash(self, value: str, kind: str) -> str:
        """A number below 2**31 that says nothing of the order of the values, the same on every engine."""
        if kind == "text":
            return f"CAST({self._words['number of'].format(digest=f'md5({value})')} AS BIGINT)"
        reduced = f"CAST({value} % {PRIME} AS BIGINT)"
        mixed = f"(({reduced} * 48271 + 11) % {PRIME})"
        return f"abs(({mixed} * {mixed} + {reduced}) % {PRIME})"

    def _as_label(self, column: str) -> str:
        table = self.best if column.startswith("b.") else self.candidate
        fits = self.label == "VARCHAR" and table.kinds[column[2:]] == "text"
        return column if fits else f"CAST({column} AS {self.label})"

    def _nothing(self, column: str) -> str:
        types: Mapping[str, str] = {"n": "DECIMAL(20, 0)", "seconds": "BIGINT", "h": "BIGINT", "g": "BIGINT"}
        prefixes = {"conf": "DOUBLE", "rank": "INTEGER"}
        kind = types.get(column) or self._types.get(column) or prefixes.get(column.split("_")[0], self.label)
        return f"CAST(NULL AS {kind})"


def _listed(cells: Mapping[str, str]) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in cells.items())


def _slice_type(column: str, tables: Sequence[Table]) -> str:
    """Numbers with a fraction stay numbers (engines write 1e-05 or 1.0E-5); whole ones may stand beside them."""
    kinds = {table.kinds[column] for table in tables if column in table.slices}
    return "DOUBLE" if "number" in kinds and kinds <= {"number", "integer"} else "VARCHAR"
