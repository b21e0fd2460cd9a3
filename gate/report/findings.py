"""What the rules answered: what a person must look at first, all findings, and how large and sure each result is."""

from __future__ import annotations

from collections.abc import Iterator

from gate import effects
from gate.figures import counted
from gate.formulas import SAMPLING
from gate.report.document import Badge, Bullets, Limits, Line, Section, Strong, Table, Text
from gate.review import Review
from gate.summary import largest_loss
from gate.verdict import Effect, Finding, Outcome

FIRST = 3  # findings named before all others
EFFECT_HEAD = ("rule", "of", "found", "interval", "limit", "what would change this")


def worst_first(review: Review) -> list[Finding]:
    """A conflict before anything, then by severity, then in the order of the rules."""
    return sorted(review.verdict.findings, key=lambda each: (not each.conflict, -each.outcome.severity))


def first_look(review: Review) -> Section:
    lines = [*_open(review)] or [("Every rule is met. A person must still approve.",)]
    return Section("Look at this first", (Bullets([*lines, *_informing(review), *_worst_class(review)], "findings"),))


def _open(review: Review) -> Iterator[Line]:
    found = [each for each in worst_first(review) if each.outcome is not Outcome.PASSED]
    for finding in found[:FIRST]:
        needed = finding.effect.needed if finding.effect else ""
        more = f" What would change this: {needed}." if needed else ""
        yield (Badge(finding.outcome), " ", Strong(finding.rule), f": {finding.message}.{more}")
    if len(found) > FIRST:
        yield (f"and {len(found) - FIRST:,} more, listed below",)


def _informing(review: Review) -> Iterator[Line]:
    """What passed by the level of its rule alone."""
    broken = [each.rule for each in review.verdict.findings if each.outcome is Outcome.PASSED and each.own]
    if broken:
        yield ("Not met, but its rule only informs: ", Strong(", ".join(broken)), ".")


def _worst_class(review: Review) -> Iterator[Line]:
    if loss := largest_loss(review.evidence.counts):
        fall = f" fell from {loss.best:.3f} to {loss.candidate:.3f} on {counted(loss.rows, 'row')}."
        yield ("The largest loss: F1 of ", Strong(loss.name), fall)


def all_findings(review: Review) -> Section:
    rows = [
        (Badge(each.outcome), Strong(each.rule), each.found, each.required + _leveled(each))
        for each in worst_first(review)
    ]
    table = Table(("", "rule", "found", "required"), "llll", rows, "findings")
    return Section("Findings", (table, Limits(worst_first(review))))


def _leveled(finding: Finding) -> str:
    return f" (by itself {finding.own.value}; the rule's level changed it)" if finding.own else ""


def sizes(review: Review) -> Section:
    """Effects, intervals and limits of all rules, and what would change their answers."""
    found = [(each.rule, each.effect) for each in worst_first(review) if each.effect is not None]
    rows = [_effect_row(rule, effect) for rule, effect in found]
    table = Table(EFFECT_HEAD, "llrrrl", rows, "results")
    blocks = (table, Text((SAMPLING,)))
    return Section("How large, how sure, and what would change the answer", blocks if rows else (), folded=True)


def _effect_row(rule: str, effect: Effect) -> Line:
    return (rule, *effects.row(effect))
