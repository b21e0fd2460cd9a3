"""Count two prediction files, or one wide file, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path

from gate.counts import Counts
from gate.predictions import passes
from gate.predictions.embedded import embedded
from gate.predictions.relation import relate
from gate.predictions.table import Engine, Table, UnusablePredictions, first_problems, repeats, table_of
from gate.predictions.wide import WIDE, wide

ROLES = ("best", "candidate")
LIGHT = ("id", "y_true", "y_pred", "weight")  # what scores per class are made of


@dataclass(frozen=True)
class Settings:
    """Where predictions are and how to count them.

    ``artifact`` names the runs' artifact, of at most ``max_bytes``; ``confusion`` the title/series of a confusion
    matrix to read instead where there is none, needed if runs report several; ``slices`` are columns to slice by;
    beyond ``memory`` (as DuckDB writes sizes) rows spill to disk. With a ``connection`` (as Ibis writes addresses)
    predictions are the ``table`` behind it in whose name {task} is the run's id.
    """

    artifact: str = "predictions"
    slices: tuple[str, ...] = ()
    memory: str = "2GB"
    max_bytes: int = 2_000_000_000
    confusion: str = ""
    connection: str = field(default="", repr=False)
    table: str = ""

    @property
    def key(self) -> str:
        """What of the settings changes the counts."""
        return ",".join(self.slices)


def compare(
    best: Sequence[Path],
    candidate: Sequence[Path],
    settings: Settings = Settings(),
    said: Callable[[str], None] = lambda _: None,
) -> Counts:
    """Everything that is counted of two models' prediction files (several files of one model are one table).

    Raises:
        UnusablePredictions: with every problem of both tables.
    """
    with embedded(("best", best), ("candidate", candidate), memory=settings.memory) as engine:
        return counted(engine, settings, said)


def counted(engine: Engine, settings: Settings, said: Callable[[str], None] = lambda _: None) -> Counts:
    """The same for tables named best and candidate in any engine."""
    best, candidate, lacks = opened(engine, settings.slices)
    said("pairing the rows")
    return replace(passes.count(engine, relate(engine, best, candidate), said), lacks=lacks)


def opened(engine: Engine, slices: Sequence[str] = (), light: bool = False) -> tuple[Table, Table, tuple[str, ...]]:
    """Both tables, fit to be counted, and what had to be left out of them; if light, columns that nobody asked for.

    Wrong confidences, missing times and unusable slices cost only what is made of them; anything else is fatal.
    """
    tables = [table_of(engine, name, [each for each in slices if each in engine.columns(name)]) for name in ROLES]
    if light:
        tables = [_without(table, table.kinds.keys() - set(LIGHT)) for table in tables]
    found = [first_problems(engine, table) for table in tables]
    if not all(problem.mild for each in found for problem in each):
        pairs = zip(tables, found, strict=True)
        every = [problem for table, each in pairs for problem in (*each, *repeats(engine, table))]
        raise UnusablePredictions(*(problem.said for problem in every if not problem.mild))
    best, candidate = (_without(table, {p.column for p in each}) for table, each in zip(tables, found, strict=True))
    mild = [problem.said for each in found for problem in each]
    missing = [
        f"{table.who} have no column {column} to slice by"
        for table in tables
        for column in slices
        if not table.has(column)
    ]
    return best, candidate, (*mild, *missing)


def _without(table: Table, columns: AbstractSet[str]) -> Table:
    kinds = {column: kind for column, kind in table.kinds.items() if column not in columns}
    return replace(table, kinds=kinds, slices=[column for column in table.slices if column not in columns])


def compare_wide(
    path: Path | Sequence[Path], columns: Sequence[str] = WIDE, memory: str = Settings.memory, light: bool = True
) -> Counts:
    """Files that hold the truth and both predictions side by side: only the classes, or everything if not light."""
    with embedded(("predictions", [path] if isinstance(path, Path) else path), memory=memory) as engine:
        relation = wide(engine, "predictions", columns, light)
        return passes.count_classes(engine, relation) if light else passes.count(engine, relation)


def compare_classes(best: Sequence[Path], candidate: Sequence[Path], memory: str = Settings.memory) -> Counts:
    """Only the classes of two models' files: the cheapest comparison by id."""
    with embedded(("best", best), ("candidate", candidate), memory=memory) as engine:
        one, other, _ = opened(engine, light=True)
        return passes.count_classes(engine, relate(engine, one, other, light=True))
