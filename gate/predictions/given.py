"""Predictions as a training script has them, made ready for Parquet: every value of a column of one plain kind."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.predictions.table import UnusablePredictions

MISSING = ("NAType", "NaTType")  # pandas' own ways to say that there is no value
PLAIN = "biufMU"  # NumPy's letters for kinds that need no look at each value
KINDS: tuple[tuple[type, str], ...] = (
    (str, "text"),
    (bool, "booleans"),
    (int, "integers"),
    (float, "numbers"),
    (Decimal, "numbers"),
    (list, "lists"),
    (datetime, "times"),
    (date, "dates"),
)
ALIKE = ({"integers", "numbers"},)  # kinds that make one column together


def ready(table: object) -> tuple[object, list[str]]:
    """A DataFrame, an Arrow table or a mapping of columns, as DuckDB reads it; and what is wrong with its columns.

    Raises:
        UnusablePredictions: the columns cannot be put side by side.
    """
    if not isinstance(table, Mapping) and not _of_pandas(table):
        _refuse_twins(list(getattr(table, "column_names", ())))
        return table, []
    columns = dict(_named(table))
    _refuse_uneven({name: len(values) for name, values in columns.items()})
    made = {name: _plain(values) for name, values in columns.items()}
    problems = [f"the column {name} {said}" for name, (_, said) in made.items() if said]
    arrays = {name: values for name, (values, _) in made.items()}
    if any(_of_pandas(values) for values in arrays.values()):
        return sys.modules["pandas"].DataFrame(arrays), problems
    return arrays, problems


def _of_pandas(value: object) -> bool:
    return type(value).__module__.split(".")[0] == "pandas"


def _named(table: Any) -> Iterator[tuple[str, Any]]:
    names = [str(name) for name in (table if isinstance(table, Mapping) else table.columns)]
    _refuse_twins(names)
    yield from zip(names, (table[name] for name in table), strict=True)


def _refuse_twins(names: list[str]) -> None:
    lower = [name.lower() for name in names]
    if twins := sorted(name for name in names if lower.count(name.lower()) > 1):
        raise UnusablePredictions(f"the columns {', '.join(twins)} cannot be told apart by their names")


def _refuse_uneven(lengths: Mapping[str, int]) -> None:
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        raise UnusablePredictions(f"the columns are not of one length: {listed}")


def _plain(values: Any) -> tuple[Any, str]:
    """The column as an array of one kind, and what is wrong with it."""
    if _of_pandas(values):
        if not isinstance(values.dtype, np.dtype):
            return getattr(
                values, "array", values
            ), ""  # a kind of pandas' own; without the index, which would reorder the rows
        values = values.to_numpy()
    if hasattr(values, "to_pylist"):
        values = values.to_pylist()
    elif hasattr(values, "__array__"):
        values = np.asarray(values)
        if values.ndim == 1 and values.dtype.kind in PLAIN:
            return values, ""
    return _of_one_kind([_cell(value) for value in values])


def _cell(value: Any) -> Any:
    """One value without its wrapping: NumPy's scalars, tuples, and the many ways to say that there is none."""
    if type(value) is str or value is None:
        return value
    if isinstance(value, np.generic | np.ndarray):
        return _cell(value.tolist())
    if isinstance(value, list | tuple):
        return [_cell(each) for each in value]
    if (isinstance(value, float) and value != value) or type(value).__name__ in MISSING:
        return None
    return str(value) if isinstance(value, UUID) else value


def _of_one_kind(cells: list[Any]) -> tuple[npt.NDArray[Any], str]:
    found = {kind for type_ in set(map(type, cells)) - {type(None)} for kind in _kinds(type_, cells)}
    said = ""
    if strange := sorted(kind for kind in found if kind.startswith("values")):
        said = f"holds {' and '.join(strange)}"
    elif len(found) > 1 and not any(found <= alike for alike in ALIKE):
        said = f"mixes {' and '.join(sorted(found))}"
    if said:
        cells = [None if cell is None else str(cell) for cell in cells]
    return np.fromiter(cells, dtype=object, count=len(cells)), said


def _kinds(type_: type, cells: list[Any]) -> set[str]:
    kind = next((name for base, name in KINDS if issubclass(type_, base)), f"values of the type {type_.__name__}")
    if kind != "times":
        return {kind}
    zones = {cell.tzinfo is None for cell in cells if isinstance(cell, datetime)}
    return {"times without a zone" if naive else "times" for naive in zones}
