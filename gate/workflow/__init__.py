"""Read through ports, call the core, write through ports: check, decide, reconcile."""

from gate.workflow.check import Question, check
from gate.workflow.decide import Decision, decide
from gate.workflow.publish import links_of, publish
from gate.workflow.reconcile import reconcile
from gate.workflow.refusal import Refused
from gate.workflow.settle import Settlement, settle
from gate.workflow.world import World

__all__ = [
    "Decision",
    "Question",
    "Refused",
    "Settlement",
    "World",
    "check",
    "decide",
    "links_of",
    "publish",
    "reconcile",
    "settle",
]
