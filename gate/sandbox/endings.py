"""The ways a sandbox command ends: a sentence and exit code 2, or Ctrl-C and a tidy stop."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer

from gate.sandbox.home import SandboxError

SIGNALS = (signal.SIGINT, signal.SIGTERM)
IMPORTER = "<frozen importlib._bootstrap>"
AGAIN = 0.02  # seconds


def missing(package: str, extra: str) -> str:
    """What to do about a package that is not installed."""
    return (
        f"The package {package} is not installed. Install the extra that brings it: "
        f"pip install 'promotion-gate[{extra}]', or in a checkout: pip install -r requirements.txt."
    )


@contextmanager
def explained() -> Iterator[None]:
    """Turn what a person can put right into a sentence and exit code 2."""
    try:
        yield
    except SandboxError as error:
        sentence = str(error)
    except ModuleNotFoundError as error:
        if not error.name or error.name.startswith("gate."):
            raise
        sentence = missing(error.name.split(".")[0], "sandbox")
    else:
        return
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


@contextmanager
def interruptible() -> Iterator[None]:
    """End quietly on the first Ctrl-C or SIGTERM; later ones do not disturb the tidying up.

    An exception that is raised within the import system may leave its lock taken, so that no thread imports any more,
    or be lost in a callback: an interrupt that finds an import waits for its end.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        if not _importing(frame):
            raise KeyboardInterrupt
        signal.setitimer(signal.ITIMER_REAL, AGAIN)

    before = {each: signal.signal(each, interrupt) for each in (*SIGNALS, signal.SIGALRM)}
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("\nStopped.")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for each, handler in before.items():
            signal.signal(each, handler)


def _importing(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_filename != IMPORTER:
        frame = frame.f_back
    return frame is not None
