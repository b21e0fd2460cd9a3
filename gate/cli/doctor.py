"""The work of `gate doctor`: say everything that is wrong at once, and what works."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from gate.cli.output import write
from gate.markdown import visible

if TYPE_CHECKING:
    from gate.predictions.examine import Examination

NARROW = 17  # wide enough for what predictions are good for
LONGEST = 1_000


class Format(StrEnum):
    text = "text"
    json = "json"


def predictions(path: Path, form: Format) -> int:
    """Examine prediction files. Answers 0 where they can be counted, 2 where not."""
    from gate.predictions.examine import Examination, examine
    from gate.predictions.files import files_at
    from gate.predictions.table import UnusablePredictions

    try:
        found = examine(files_at(path))
    except UnusablePredictions as error:
        found = Examination(error.problems)
    known: dict[Format, Callable[[Path, Examination], str]] = {Format.text: _text, Format.json: _json}
    write(known[form](path, found))
    return 0 if found.usable else 2


def _json(path: Path, found: Examination) -> str:
    return json.dumps({"file": str(path), **asdict(found)}, indent=2, ensure_ascii=False) + "\n"


def _text(path: Path, found: Examination) -> str:
    size = f"; {found.rows:,} rows, {found.classes:,} classes" if found.supports else ""
    lines = [f"{visible(str(path))}: {'can' if found.usable else 'cannot'} be counted{size}"]
    lines += [f"  wrong: {visible(problem, LONGEST)}" for problem in found.problems]
    lines += [
        f"  {each.what:{NARROW}}{visible(', '.join(each.columns)) or f'no: {each.lacking}'}" for each in found.supports
    ]
    return "\n".join(lines) + "\n"
