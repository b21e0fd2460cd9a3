"""The work of `gate dashboard`: become the server of the review pages."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import NoReturn

import typer

from gate.cli.bounded import note


def dashboard(address: str, port: int) -> NoReturn:
    """Run Streamlit in place of this process, so that signals reach it. Exits with 2 where it cannot be run."""
    from gate.launcher import launcher

    app = launcher()
    if find_spec("streamlit") is None or app is None:
        missing = "the pages are" if app is None else "Streamlit is"
        note(f"configuration: {missing} not installed here: pip install 'promotion-gate[dashboard]'")
        raise typer.Exit(2)
    options = ["--server.address", address, "--server.port", str(port)]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "streamlit", "run", str(app), *options])
