"""What a policy can demand, and how each demand is checked against the evidence: one file per kind of rule."""

from gate.rules.classes import ClassesRule
from gate.rules.compare import CompareRule
from gate.rules.curve import CurveRule
from gate.rules.data import DataRule
from gate.rules.demand import Demand, Direction, Level, Margin, Opponent, Rule, Undecided
from gate.rules.drift import DriftRule
from gate.rules.flips import FlipsRule
from gate.rules.metric import MetricRule
from gate.rules.slices import SlicesRule
from gate.rules.testset import HoldoutRule

__all__ = [
    "ClassesRule",
    "CompareRule",
    "CurveRule",
    "DataRule",
    "Demand",
    "Direction",
    "DriftRule",
    "FlipsRule",
    "HoldoutRule",
    "Level",
    "Margin",
    "MetricRule",
    "Opponent",
    "Rule",
    "SlicesRule",
    "Undecided",
]
