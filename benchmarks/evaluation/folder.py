"""Where the predictions of one size are: which every method knows, whatever it is made with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VERSION = 1  # of what is generated
WIDE = ("y_true", "best", "candidate")
JOINED = ("id", "y_true", "y_pred")


@dataclass(frozen=True)
class Size:
    """How much is generated: rows of each model, over how many classes, in how many files."""

    rows: int
    classes: int
    files: int = 1
    seed: int = 1

    @property
    def name(self) -> str:
        return f"v{VERSION}-{self.rows}-{self.classes}-{self.files}-{self.seed}"


def files(folder: Path, shape: str) -> list[Path]:
    """The Parquet files of one shape: wide, best or candidate."""
    return sorted(folder.glob(f"{shape}-*.parquet"))
