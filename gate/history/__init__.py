"""A model over the months: its runs, who was best when, what was decided, and what it was tested and trained on."""

from gate.history.bands import Band, bands
from gate.history.bins import Bins, binned
from gate.history.events import Event, Reign, events, reigns
from gate.history.runs import STATES, USABLE, Runs, best_so_far, runs_of
from gate.history.sentence import headline
from gate.history.testsets import TestSet, Use, test_sets
from gate.history.view import Filters, History, Picture, Row

__all__ = [
    "STATES",
    "USABLE",
    "Band",
    "Bins",
    "Event",
    "Filters",
    "History",
    "Picture",
    "Reign",
    "Row",
    "Runs",
    "TestSet",
    "Use",
    "bands",
    "best_so_far",
    "binned",
    "events",
    "headline",
    "reigns",
    "runs_of",
    "test_sets",
]
