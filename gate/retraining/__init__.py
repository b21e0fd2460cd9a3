"""When a model is trained again, on which data, and what has become of it; decided here, carried out elsewhere."""

from gate.retraining.cycle import Cycle, cycles
from gate.retraining.journal import Event, Journal
from gate.retraining.steps import next_step
from gate.retraining.terms import Retraining
from gate.retraining.triggers import Held, Sight, Start, Wish, next_retraining

__all__ = [
    "Cycle",
    "Event",
    "Held",
    "Journal",
    "Retraining",
    "Sight",
    "Start",
    "Wish",
    "cycles",
    "next_retraining",
    "next_step",
]
