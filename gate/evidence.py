"""What a verdict rests on: runs as the tracker recorded them, and the counts made from their predictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gate.counts import Counts
from gate.late import numpy as np
from gate.late import numpy_typing as npt

FINISHED = ("completed", "published")


@dataclass(frozen=True)
class Scalar:
    """A reported metric: ``last`` is the value at the highest iteration, ``low`` and ``high`` the extremes."""

    last: float
    low: float
    high: float
    points: int = 1
    title: str = ""
    series: str = ""


@dataclass(frozen=True)
class Artifact:
    """A file a run uploaded: where it lies, its size in bytes and its sha256 in hex."""

    name: str
    uri: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Matrix:
    """A heatmap that a run reported: ``cells`` has a row for each of ``rows`` and a column for each of ``columns``.

    ``row_title`` and ``column_title`` say what the two axes are, where the run said it.
    """

    title: str
    series: str
    iteration: int
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: npt.NDArray[np.float64]
    row_title: str = ""
    column_title: str = ""

    @property
    def name(self) -> str:
        return f"{self.title}/{self.series}"


@dataclass(frozen=True)
class Run:
    """One training run (a ClearML task). ``commit`` is what it ran, ``diff`` the sha256 of its uncommitted changes.

    ``scalars`` are keyed ``title/series``; ``datasets`` map an alias to a dataset id; times are RFC 3339, UTC.
    """

    id: str
    name: str
    project: str
    status: str
    commit: str
    repository: str
    diff: str = ""
    branch: str = ""
    tags: tuple[str, ...] = ()
    archived: bool = False
    owner: str = ""
    parent: str = ""
    completed: str = ""
    last_change: str = ""
    scalars: Mapping[str, Scalar] = field(default_factory=dict)
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)
    datasets: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        return self.status in FINISHED


@dataclass(frozen=True)
class Curve:
    """A metric over the training of one run: ``values`` as they were reported, in the order of the iterations."""

    values: tuple[float, ...]
    iterations: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reuse:
    """How often one test set has been used: ``evaluations`` of candidates, failed ones too, and ``promotions``."""

    fingerprint: str
    evaluations: int
    promotions: int = 0


@dataclass(frozen=True)
class Dataset:
    """A dataset version as the tracker knows it; ``newest`` is the id of the latest version of the same name."""

    id: str
    project: str
    name: str
    version: str = ""
    newest: str = ""


@dataclass(frozen=True)
class Split:
    """When the training data end and the test data begin, in seconds since 1970, UTC."""

    train_end: float
    test_start: float


@dataclass(frozen=True)
class Evidence:
    """All that a policy may look at. ``None`` or an absent key is missing; ``counts_missing`` says why for the counts.

    ``curves`` are the candidate's, keyed ``title/series``. ``anchor`` is a run that outlives promotions: the best ever,
    or one that the policy names. ``datasets`` are those of the candidate, by id. ``missing`` says for the other parts
    why they are absent, keyed by their names here.
    """

    candidate: Run | None
    best: Run | None
    counts: Counts | None = None
    counts_missing: str = "no predictions were read"
    curves: Mapping[str, Curve] = field(default_factory=dict)
    anchor: Run | None = None
    anchor_counts: Counts | None = None
    reuse: Reuse | None = None
    split: Split | None = None
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    def why(self, part: str) -> str:
        """Why a part is missing, in words."""
        return self.missing.get(part, f"nobody read the {part.replace('_', ' ')}")
