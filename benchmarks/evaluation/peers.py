"""An environment of their own for peers that do not fit beside the project's packages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

EVIDENTLY = ("evidently>=0.7.23,<0.8", "pandas>=2,<3", "pyarrow>=26,<27", "numpy>=2,<3")  # beside pandas 3 it fails


def environment(folder: Path, packages: Sequence[str] = EVIDENTLY) -> Path:
    """The Python of the environment, made and filled the first time; that takes minutes."""
    python, whole = folder / "bin" / "python", folder / "whole"
    if not whole.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        whole.touch()
    return python
