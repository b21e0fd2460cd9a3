"""Options that several commands have, and those of `gate check` that a workflow sets, also by the environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from gate.cli.auto import Promote
from gate.cli.ending import FailOn

DURATION = re.compile(r"\s*(\d{1,6})\s*([smh]?)\s*")
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def seconds(text: str) -> float:
    """``30m``, ``2h``, ``90s``, or so many seconds."""
    found = DURATION.fullmatch(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no time; write 90s, 30m or 2h")
    return float(int(found[1]) * SECONDS[found[2]])


Seconds = Annotated[
    float, typer.Option(envvar="GATE_TIMEOUT", help="Give up on ClearML and GitHub after this many seconds.", min=1)
]
ScopeName = Annotated[
    str | None, typer.Option("--scope", envvar="GATE_SCOPE", help="Which scope of gate.toml, if it has several.")
]
Comment = Annotated[bool, typer.Option(envvar="GATE_COMMENT", help="Keep one comment in the pull request up to date.")]
Policy = Annotated[
    str,
    typer.Option(
        envvar="GATE_POLICY",
        help="Path of the policy on the base branch, gate.toml if empty; none: the CLEARML_* inputs alone.",
        show_default=False,
    ),
]
Wait = Annotated[
    float,
    typer.Option(
        "--wait-for-task",
        envvar="GATE_WAIT_FOR_TASK",
        metavar="TIME",
        parser=lambda value: value if isinstance(value, float) else seconds(value),
        help="Wait so long, at most, until the run of the commit has finished: 90s, 30m, 2h.",
    ),
]
Red = Annotated[
    FailOn,
    typer.Option("--fail-on", envvar="GATE_FAIL_ON", help="The mildest verdict that ends in an exit code not 0."),
]
Promotion = Annotated[
    Promote,
    typer.Option(envvar="GATE_PROMOTE", help="auto: promote what passed, where [approval] allow_automatic is true."),
]
Reports = Annotated[
    Path | None,
    typer.Option(envvar="GATE_REPORTS", help="Also write report.md, .html and .json and junit.xml into this folder."),
]
