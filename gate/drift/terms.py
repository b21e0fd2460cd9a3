"""What is watched of a model after training, where it is found, and how far it may move."""

from __future__ import annotations

from dataclasses import dataclass, field

from gate.stretches import Every


@dataclass(frozen=True)
class Watch:
    """``reference`` names the artifact with a run's test predictions, ``current`` those with its later ones.

    ``logs`` is a folder of Parquet files, or ``table`` a table behind ``connection``, with what the model said in
    production; {task} in either is the run's id. Later rows are cut into stretches of ``every``; fewer than
    ``min_rows`` tell nothing. ``last`` are the seconds before the newest row that are judged; 0 means all.

    Limits: the share of predictions that may move to other classes beyond what chance
    explains, how far the mean confidence may move, how much accuracy may fall, how many classes may be new.
    """

    reference: str = "predictions"
    current: tuple[str, ...] = ("predictions_later",)
    logs: str = ""
    connection: str = field(default="", repr=False)
    table: str = ""
    every: Every = field(default_factory=Every)
    min_rows: int = 500
    last: int = 0
    max_class_shift: float = 0.02
    max_confidence_shift: float = 0.02
    max_accuracy_loss: float = 0.05
    max_new_classes: int = 0
