"""What [retrain] says: which data lead to a training of what, where, and how often at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Which = Literal["each", "newest"]
BEST = "best"


@dataclass(frozen=True)
class Retraining:
    """The versions of ``dataset`` of the ClearML project ``project`` lead to clones of ``base``, on the ``queue``.

    ``base`` is "best", or the id of a run. The clone's ``parameter`` (section/name) becomes the version's id, and the
    file ``pin`` names the version in the commit that the clone runs. Of several new versions ``each`` is trained, or
    the ``newest`` for all. ``cool_down`` and ``every`` are seconds; an ``every`` of 0 is never.
    """

    dataset: str
    project: str
    parameter: str = "General/dataset_id"
    queue: str = "default"
    base: str = BEST
    pin: str = "retrain.json"
    versions: Which = "each"
    min_new_rows: int = 0
    cool_down: int = 0
    max_in_flight: int = 1
    on_drift: bool = False
    every: int = 0
