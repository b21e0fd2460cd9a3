"""One method in a process of its own: python -m benchmarks.drifting.work MODULE FUNCTION FOLDER OUTPUT."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


def main(module: str, function: str, folder: str, output: str) -> None:
    """Call the method; the distances it found go to the output."""
    found = getattr(importlib.import_module(f"benchmarks.drifting.{module}"), function)(Path(folder))
    if found is not None:
        Path(output).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
