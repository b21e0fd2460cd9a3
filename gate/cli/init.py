"""The work of `gate init`: write a first policy from what a run of ClearML shows, or a template."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gate.cli.bounded import note

if TYPE_CHECKING:
    from gate.evidence import Run
    from gate.ports import Tracker


@dataclass(frozen=True)
class Wish:
    """Which run to look at, if any; where to write, and whether over what is there; and the JSON Schema beside it."""

    project: str
    task: str
    tag: str
    run: str
    output: Path
    force: bool
    schema: bool

    @property
    def files(self) -> list[Path]:
        return [self.output, self.output.with_suffix(".schema.json")][: 1 + self.schema]


def init(wish: Wish, timeout: float) -> int:
    """Nothing is written before it has been read back as a policy."""
    from gate.config import json_schema, parse, together

    together(lambda: _refuse_half(wish), lambda: _refuse_taken(wish))
    text = _text(wish, timeout)
    parse(text, str(wish.output))
    wish.output.parent.mkdir(parents=True, exist_ok=True)
    texts = (text, json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")
    for file, content in zip(wish.files, texts, strict=False):
        file.write_text(content, encoding="utf-8")
        note(f"wrote {file}")
    typer.echo(f"Read it, change its limits, and see what it demands: gate explain {wish.output}")
    return 0


def _refuse_half(wish: Wish) -> None:
    from gate.config import ConfigError

    if bool(wish.project) != bool(wish.task):
        raise ConfigError("--project and --task go together: they name the runs that the policy is about")


def _refuse_taken(wish: Wish) -> None:
    from gate.config import ConfigError

    taken = [str(file) for file in wish.files if file.exists()]
    if taken and not wish.force:
        raise ConfigError(f"{' and '.join(taken)} exists already: --force replaces it, --output chooses another file")


def _text(wish: Wish, timeout: float) -> str:
    from gate.config.starter import starter

    schema = wish.files[-1].name if wish.schema else ""
    if not (wish.project or wish.run):
        return starter(tag=wish.tag, schema=schema)
    from gate.cli.look import look
    from gate.connect import Budget, tracker

    clearml = tracker(Budget(timeout))
    run = _run(clearml, wish)
    note(f"looking at the run {run.id}")
    return starter(run.project, run.name, wish.tag, look(clearml, run, note), schema)


def _run(clearml: Tracker, wish: Wish) -> Run:
    from gate.cli.look import run_about, run_called
    from gate.config import ConfigError

    if not wish.run:
        return run_about(clearml, wish.project, wish.task, wish.tag)
    run = run_called(clearml, wish.run)
    if wish.project and (run.project, run.name) != (wish.project, wish.task):
        raise ConfigError(f"the run {run.id} is called {run.name!r} of the project {run.project!r}")
    return run
