"""The work of `gate selftest`: try every call once in a scratch repository and a scratch project."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, NoReturn

import typer

from gate.cli.bounded import note
from gate.cli.doctor import Format
from gate.cli.hidden import hidden
from gate.cli.output import write
from gate.markdown import visible

if TYPE_CHECKING:
    from gate.selftest import Outcome

MARKS = {"held": "✓", "broken": "✗", "failed": "✗", "skipped": "-"}
LONGEST = 400
INTERRUPTED = 130  # as shells say of a program that Ctrl-C ended


@dataclass(frozen=True)
class Wish:
    """Where to write; ``consent`` that it is written there, ``reviewed`` also if it is the repository under review."""

    repository: str
    consent: bool
    reviewed: bool
    form: Format
    timeout: float


def selftest(wish: Wish) -> int:
    """Answers 0 where everything held, 1 where a promise did not, 4 where a service failed, 130 if interrupted.

    Raises:
        ConfigError: there is no consent to write there.
    """
    from gate.connect import Budget, scratch
    from gate.selftest import exit_code, tried

    _refuse(wish, os.environ)
    name = f"gate-selftest-{token_hex(4)}"
    environment = {**os.environ, "GITHUB_REPOSITORY": wish.repository}
    signal.signal(signal.SIGTERM, _interrupt)
    note(f"everything is called {name}: branches of {wish.repository}, and a project of ClearML")
    with tempfile.TemporaryDirectory(prefix="gate-selftest-") as fresh:
        stage = scratch(environment, name, Path(fresh))
        try:
            outcomes = tried(stage, lambda outcome: _tell(outcome, wish.form, environment), Budget(wish.timeout))
        except KeyboardInterrupt:
            note(f"interrupted; what was called {name} was removed as far as the lines above say")
            return INTERRUPTED
    if wish.form is Format.json:
        found = {"exit_code": exit_code(outcomes), "calls": [asdict(outcome) for outcome in outcomes]}
        write(hidden(json.dumps(found, indent=2, ensure_ascii=False), environment) + "\n")
    else:
        counts = Counter(outcome.state for outcome in outcomes)
        typer.echo(", ".join(f"{count} {state}" for state, count in counts.items()))
    return exit_code(outcomes)


def _refuse(wish: Wish, environment: Mapping[str, str]) -> None:
    from gate.config import ConfigError

    reviewed = environment.get("GITHUB_REPOSITORY", "").casefold() == wish.repository.casefold()
    if reviewed and not wish.reviewed:
        raise ConfigError(
            f"{wish.repository} is the repository under review (GITHUB_REPOSITORY): name a scratch one, "
            "or add --even-under-review"
        )
    if not wish.consent:
        raise ConfigError(
            f"this writes branches, a pull request and commit statuses in {wish.repository}, and a project in ClearML, "
            "and removes them: add --yes"
        )


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _tell(outcome: Outcome, form: Format, environment: Mapping[str, str]) -> None:
    statuses = ", ".join(answer.rsplit(" ", 1)[-1] for answer in outcome.answers) or "-"
    head = f"{MARKS[outcome.state]} {outcome.service:8}{outcome.name:28}{outcome.milliseconds:6.0f} ms  {statuses}"
    text = visible(hidden(f"{head}  {outcome.relied_on}: {outcome.found}", environment), LONGEST)
    typer.echo(text, err=form is Format.json)
