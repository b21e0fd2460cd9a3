"""Two runs side by side: what differs in settings, data, code, packages and results. Pure: it reads nothing itself."""

from gate.compare.comparison import Comparison, Files, Section, compared
from gate.compare.differences import KINDS, Difference, differences
from gate.compare.report import as_json, as_text
from gate.compare.sentence import headline

__all__ = [
    "KINDS",
    "Comparison",
    "Difference",
    "Files",
    "Section",
    "as_json",
    "as_text",
    "compared",
    "differences",
    "headline",
]
