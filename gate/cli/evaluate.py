"""The work of `gate evaluate`: two models' prediction files, compared by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from gate.cli.bounded import note
from gate.cli.output import write

if TYPE_CHECKING:
    from gate.counts import Counts

WIDE = ("y_true", "best", "candidate")


class Format(StrEnum):
    text = "text"
    json = "json"
    csv = "csv"


@dataclass(frozen=True)
class Wish:
    """Two files or folders, or one ``wide`` file whose ``columns`` (with commas) are truth, best and candidate."""

    best: Path | None
    candidate: Path | None
    wide: Path | None
    columns: str
    form: Format
    output: Path | None


def evaluate(wish: Wish) -> int:
    """Compare and write. Raises `ConfigError` for a wish that is none, `UnusablePredictions` for such files."""
    from gate import evaluation

    counts = _counted(wish)
    known = {Format.text: evaluation.as_text, Format.json: evaluation.as_json, Format.csv: evaluation.as_csv}
    write(known[wish.form](counts), wish.output)
    return 0


def _counted(wish: Wish) -> Counts:
    from gate.config import ConfigError
    from gate.predictions.compare import compare, compare_wide
    from gate.predictions.files import files_at

    if wish.best and wish.candidate and not wish.wide:
        return compare(files_at(wish.best), files_at(wish.candidate), said=note)
    columns = [name.strip() for name in wish.columns.split(",")]
    if wish.wide is None or wish.best or wish.candidate:
        raise ConfigError("name two prediction files, BEST and CANDIDATE, or one with --wide FILE")
    if len(columns) != len(WIDE):
        raise ConfigError(f"--columns names {len(columns)}: give the truth, the best and the candidate, with commas")
    return compare_wide(wish.wide, columns, light=False)
