"""The cells that the rows of one prediction table contribute to the relation of two, in DuckDB's SQL."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gate.counts import BINS
from gate.predictions.table import Engine, Table, quoted

HALF = 45  # bits; a weight becomes a whole number of twice as many: sums are exact, in any order, on any engine
FINEST = 1_000  # binary places that weights have at most
WEIGHT = "DECIMAL(38, 0)"  # holds the sum of 8e10 of them
PRIME = 2**31 - 1
TYPES = {"n": WEIGHT, "seconds": "BIGINT", "h": "INTEGER", "g": "INTEGER"}
TYPES_OF_MODEL = {"conf": "SMALLINT", "rank": "INTEGER"}
Cells = dict[str, str]


@dataclass(frozen=True)
class Form:
    """What the cells of both tables have in common: the types of ``text``, of ``label`` and of ``slices``.

    Weights are whole numbers of 2**-``places``. A ``light`` form has labels and weights only.
    """

    words: Mapping[str, str]
    text: str
    label: str
    slices: Mapping[str, str]
    light: bool
    places: int = 0

    def cells(self, table: Table, role: str) -> Cells:
        """All cells of a table's rows."""
        cells = {"truth": self._label("y_true", table)} if table.labelled else {}
        cells[role] = self._label("y_pred", table)
        if table.has("weight"):
            cells["n"] = self._weight("CAST(weight AS DOUBLE)")
        return cells if self.light else {**cells, **self._of_model(table, role), **self._of_row(table)}

    def nothing(self, column: str) -> str:
        """The cell of a row that has no such value."""
        slices = {self._name(each): type_ for each, type_ in self.slices.items()}
        kind = TYPES.get(column) or slices.get(column) or TYPES_OF_MODEL.get(column.split("_")[0], self.label)
        return f"CAST(NULL AS {kind})"

    def as_text(self, column: str, table: Table) -> str:
        fits = self.text == "VARCHAR" and table.kinds[column] == "text"
        return column if fits else f"CAST({column} AS {self.text})"

    def whole_row(self) -> str:
        """The weight of a row of a table without weights."""
        return self._weight("CAST(1 AS DOUBLE)")

    def _weight(self, number: str) -> str:
        """Exact: scaled by a power of two, in halves of 64 bits (Spark's decimals lose the last digits of a double)."""
        units = f"round({number} * CAST('{2.0**self.places!r}' AS DOUBLE))"
        high = f"floor({units} / {2**HALF})"
        low = f"{units} - CAST({high} AS DOUBLE) * {2**HALF}"
        upper, lower = (f"CAST(CAST({half} AS BIGINT) AS {WEIGHT})" for half in (high, low))
        return f"CAST({upper} * {2**HALF} + {lower} AS {WEIGHT})"

    def _label(self, column: str, table: Table) -> str:
        return in_type("" if self.label == self.text else self.label, self.as_text(column, table))

    def _of_model(self, table: Table, role: str) -> Cells:
        """The bin of its confidence, of equal width (1 lies beyond the last), and the truth's place in its ranking.

        What is no number in [0, 1] has no bin.
        """
        cells = {}
        if table.has("confidence"):
            bin_ = f"CAST(floor(CAST(confidence AS DOUBLE) * {BINS}) AS SMALLINT)"
            cells[f"conf_{role}"] = f"CASE WHEN confidence BETWEEN 0 AND 1 THEN {bin_} END"
        if table.has("top_k") and table.labelled:
            ranking = f"CAST(top_k AS {self.text}[])"
            place = self.words["place in"].format(list=ranking, item=self.as_text("y_true", table))
            cells[f"rank_{role}"] = f"CAST({place} AS INTEGER)"
        return cells

    def _of_row(self, table: Table) -> Cells:
        """What is the same whoever predicts the row."""
        cells = {}
        if table.has("id"):
            cells["h"] = self._hash("id", table.kinds["id"])
        elif table.row_number:
            cells["h"] = self._hash(table.row_number, "integer")
        if table.has("group"):
            cells["g"] = self._hash('"group"', table.kinds["group"])
        if table.has("timestamp"):
            seconds = self.words["seconds of"].format(time="timestamp")
            cells["seconds"] = f"CAST(floor({seconds}) AS BIGINT)"
        held = {column: type_ for column, type_ in self.slices.items() if column in table.slices}
        return cells | {self._name(column): _slice(column, type_, table) for column, type_ in held.items()}

    def _name(self, column: str) -> str:
        return f"s{list(self.slices).index(column)}"

    def _hash(self, value: str, kind: str) -> str:
        """A number below 2**31 that says nothing of the order of the values, the same on every engine."""
        if kind == "text":
            return f"CAST({self.words['number of'].format(digest=f'md5({value})')} AS INTEGER)"
        reduced = f"CAST({value} % {PRIME} AS BIGINT)"
        mixed = f"(({reduced} * 48271 + 11) % {PRIME})"
        return f"CAST(abs(({mixed} * {mixed} + {reduced}) % {PRIME}) AS INTEGER)"


def in_type(type_: str, text: str) -> str:
    """Text in a type of labels. DuckDB does what cannot fail once for each entry of a dictionary, not for each row."""
    return f"TRY_CAST({text} AS {type_})" if type_ else text


def form(engine: Engine, tables: Sequence[Table], light: bool, plain: bool = False) -> Form:
    """How the cells of these tables are held in this engine; if ``plain``, labels as they are: no pass lists them."""
    labels = [(table, column) for table in tables for column in ("y_true", "y_pred") if table.has(column)]
    text = "BIGINT" if all(table.kinds[column] == "integer" for table, column in labels) else "VARCHAR"
    held = text if plain or text == "BIGINT" else engine.label_type([(table.name, column) for table, column in labels])
    columns = dict.fromkeys(column for table in reversed(tables) for column in table.slices)
    slices = {column: _slice_type(column, tables) for column in columns}
    return Form(engine.words, text, held, slices, light, _places(engine, tables))


def _places(engine: Engine, tables: Sequence[Table]) -> int:
    """So many binary places that the greatest weight just fits; weights 1e-15 times as great keep thirteen digits."""
    weighted = [table for table in tables if table.has("weight")]
    # Without a filter DuckDB takes the answer from the file's statistics, and where NaN may be they say NaN.
    query = "SELECT max(CAST(weight AS DOUBLE)) FILTER (WHERE weight >= 0) AS greatest FROM "
    greatest = [float(engine.rows(query + table.name)["greatest"][0]) for table in weighted]
    if len(weighted) < len(tables):
        greatest.append(1.0)
    return min(FINEST, 2 * HALF - math.frexp(max(greatest))[1])


def _slice_type(column: str, tables: Sequence[Table]) -> str:
    """Numbers with a fraction stay numbers (engines write 1e-05 or 1.0E-5); whole ones may stand beside them."""
    kinds = {table.kinds[column] for table in tables if column in table.slices}
    return "DOUBLE" if "number" in kinds and kinds <= {"number", "integer"} else "VARCHAR"


def _slice(column: str, type_: str, table: Table) -> str:
    """A slice's value: numbers as such, anything else as text that every engine writes alike."""
    value = quoted(column)
    if type_ == "DOUBLE":
        return f"CASE WHEN NOT isnan(CAST({value} AS DOUBLE)) THEN CAST({value} AS DOUBLE) END"
    return f"CAST({f'CAST({value} AS TIMESTAMP)' if table.kinds[column] == 'time' else value} AS VARCHAR)"
