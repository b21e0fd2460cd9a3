"""Where a command's report goes: the terminal, or a file."""

from __future__ import annotations

from pathlib import Path

import typer


def write(text: str, output: Path | None = None) -> None:
    """To standard output, or to a file whose folder is made."""
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
