"""What a verdict rests on: where both models come from, how the predictions moved, and what cannot be said."""

from __future__ import annotations

from collections.abc import Iterator

from gate import sources
from gate.classes import FEW, ClassTable
from gate.counts import Counts
from gate.drift.summary import names
from gate.formulas import SAMPLING
from gate.report.document import Bullets, Code, Section, Table, Text
from gate.review import Review
from gate.rules import DriftRule
from gate.sides import sides
from gate.verdict import Finding, Outcome


def unsupported(review: Review) -> list[str]:
    """Everything that the evidence does not say, a sentence each."""
    counts = review.evidence.counts
    return [*_unanswered(review), *(_small(counts) if counts is not None else _uncounted(review)), *_sampled(review)]


def _unanswered(review: Review) -> Iterator[str]:
    """Each reason once, with all the rules that have no answer for it."""
    lacking: dict[str, list[str]] = {}
    for finding in review.verdict.findings:
        if Outcome.UNKNOWN in (finding.own, finding.outcome) and not finding.conflict:
            lacking.setdefault(finding.found, []).append(finding.rule)
    yield from (f"no answer to {', '.join(rules)}: {found}" for found, rules in lacking.items())


def _uncounted(review: Review) -> Iterator[str]:
    yield f"nothing is known per class: {review.evidence.counts_missing}"


def _small(counts: Counts) -> Iterator[str]:
    tally = ClassTable(counts).tally()
    if small := tally["too small"]:
        yield (
            f"{small:,} of {len(counts.labels):,} classes differ, but on fewer than {FEW} rows: "
            "no test could tell that from chance"
        )
    if never := tally["never true"]:
        yield f"{never:,} classes are predicted but never true here: their recall is not known"
    if counts.pairs is not None and counts.pairs.left_out:
        yield f"{counts.pairs.left_out:,} rarer confusions were counted but not kept by name"


def _sampled(review: Review) -> Iterator[str]:
    if any(finding.effect and finding.effect.low is not None for finding in review.verdict.findings):
        yield SAMPLING


def limits(review: Review) -> Section:
    """Where the numbers come from, and what they do not say."""
    said = [*sources.sentences(review), *unsupported(review)]
    return Section("What the evidence cannot support", (Bullets([(each,) for each in said], "remarks"),))


def drift(review: Review) -> Section:
    """How the predictions moved on the same test rows, judged or not."""
    counts = review.evidence.counts
    lines = [] if counts is None else [*_drift_lines(review, counts)]
    return Section("Drift between the two models", (Bullets([(each,) for each in lines], "remarks"),) if lines else ())


def _drift_lines(review: Review, counts: Counts) -> Iterator[str]:
    yield from (finding.message for finding in _drift_findings(review))
    for found, said in (
        (counts.new_classes, "predicted by the candidate, never by the best"),
        (counts.gone_classes, "predicted by the best, never by the candidate"),
        (counts.unseen_classes, "predicted, but the truth of no row"),
    ):
        if found:
            yield f"{len(found):,} {'class' if len(found) == 1 else 'classes'} {said}: {names(found)}"


def _drift_findings(review: Review) -> list[Finding]:
    """Those of the verdict; where no rule asks, the same numbers without a limit."""
    asked = [rule for rule in review.policy.rules if isinstance(rule, DriftRule)]
    judged = {rule.name for rule in asked}
    if asked:
        return [finding for finding in review.verdict.findings if finding.rule in judged]
    return [DriftRule(max_class_shift=None).judge(review.evidence)]


def origins(review: Review) -> Section:
    facts = sides(review.best, review.candidate)
    differ = [fact for fact in facts if fact.differs]
    rows = [(fact.name, Code(fact.best), Code(fact.candidate)) for fact in differ]
    table = Table(("", "best", "candidate"), "lll", rows, "facts and parameters")
    equal = Text((f"{len(facts) - len(differ):,} further facts and parameters are equal.",))
    blocks = (table, equal) if rows else (equal,) if facts else ()
    return Section("Where the two models come from", blocks, folded=True)
