"""What the first visitor's page needs, imported ahead: together it takes a second or two."""

from __future__ import annotations

import gc
from importlib import import_module
from pathlib import Path

SERVICES = ("gate.adapters.clearml_tracker", "gate.adapters.github_forge")


def warm() -> None:
    """Every part of a page; a page itself is a script, which is only run.

    What is imported stays: the collector of garbage need not look at it again, for which it would stop every reader.
    """
    parts = sorted(path.stem for path in Path(__file__).parent.glob("_*.py"))
    for name in (*SERVICES, *(f"pages.{part}" for part in parts if part not in ("__init__", "_frame"))):
        import_module(name)
    gc.collect()
    gc.freeze()
