"""Count two prediction files, or one wide file, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gate.counts import Counts
from gate.predictions import passes
from gate.predictions.embedded import embedded
from gate.predictions.relation import WIDE, relate, wide
from gate.predictions.table import Engine, Table, UnusablePredictions, open_table, row_problems


@dataclass(frozen=True)
class Settings:
    """Where predictions are and how to count them.

    ``artifact`` names the runs' artifact; ``slices`` are columns to slice by; beyond ``memory`` (as DuckDB writes
    sizes) rows spill to disk.
    """

    artifact: str = "predictions"
    slices: tuple[str, ...] = ()
    memory: str = "2GB"

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
    tables = [opened(engine, name, settings.slices) for name in ("best", "candidate")]
    said("pairing the rows")
    lacks = tuple(dict.fromkeys(problem for _, problems in tables for problem in problems))
    relation = relate(engine, tables[0][0], tables[1][0])
    return replace(passes.count(engine, relation, said), lacks=lacks)


def opened(engine: Engine, name: str, slices: Sequence[str] = ()) -> tuple[Table, list[str]]:
    """A table fit to be counted, and what had to be left out of it.

    Wrong confidences, times, rankings or slices cost only what is made of them; anything else is fatal.
    """
    who = f"the {name}'s predictions"
    table = open_table(engine, name, who, [column for column in slices if column in engine.columns(name)])
    problems = row_problems(engine, table)
    spoiled = {column for column in ("confidence", "timestamp") if any(f" {column} " in each for each in problems)}
    if fatal := [each for each in problems if not any(f" {column} " in each for column in spoiled)]:
        raise UnusablePredictions(*fatal)
    kinds = {column: kind for column, kind in table.kinds.items() if column not in spoiled}
    missing = [f"{who} have no column {column} to slice by" for column in slices if column not in table.kinds]
    return replace(table, kinds=kinds), [*problems, *missing]


def compare_wide(path: Path, columns: Sequence[str] = WIDE, memory: str = Settings.memory) -> Counts:
    """The classes of one file that holds the truth and both predictions side by side."""
    with embedded(("predictions", [path]), memory=memory) as engine:
        return passes.count_classes(engine, wide(engine, "predictions", columns))


def compare_classes(best: Sequence[Path], candidate: Sequence[Path], memory: str = Settings.memory) -> Counts:
    """Only the classes of two models' files: the cheapest comparison by id."""
    with embedded(("best", best), ("candidate", candidate), memory=memory) as engine:
        relation = relate(engine, opened(engine, "best")[0], opened(engine, "candidate")[0], light=True)
        return passes.count_classes(engine, relation)
