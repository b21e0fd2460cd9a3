"""Both models in a dozen numbers: what the policy compares, and what the predictions say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gate.evidence import Run
from gate.report.document import Line, Section, Table, Text
from gate.review import Review
from gate.rules import MetricRule
from gate.summary import flip_rates, headlines


@dataclass(frozen=True)
class Measure:
    """One number of both models; None where a model has none. ``required`` is empty where no rule asks for it.

    ``higher`` says whether more is better.
    """

    name: str
    best: float | None
    candidate: float | None
    required: str = ""
    higher: bool = True

    @property
    def change(self) -> float | None:
        return None if self.best is None or self.candidate is None else self.candidate - self.best


def measures(review: Review) -> list[Measure]:
    """The metrics of the policy's rules as reported, then the scores counted from predictions."""
    return [*_reported(review), *_counted(review)]


def _reported(review: Review) -> Iterator[Measure]:
    rules = (rule for rule in review.policy.rules if isinstance(rule, MetricRule))
    for rule in rules:
        old, new = (_last(run, rule.metric) for run in (review.evidence.best, review.evidence.candidate))
        yield Measure(rule.metric, old, new, rule.required, rule.direction == "max")


def _last(run: Run | None, metric: str) -> float | None:
    found = run.scalars.get(metric) if run else None
    return found.last if found else None


def _counted(review: Review) -> Iterator[Measure]:
    if review.evidence.counts is not None and review.evidence.counts.rows:
        for each in headlines(review.evidence.counts):
            yield Measure(each.name, each.best, each.candidate)


def metric_table(review: Review) -> Section:
    rows = [_row(each) for each in measures(review)]
    table = Table(("metric", "best", "candidate", "change", "required"), "lrrrl", rows, "metrics")
    return Section("Metrics", (table,) if rows else ())


def _row(each: Measure) -> Line:
    return (each.name, _number(each.best), _number(each.candidate), _change(each), each.required)


def _number(value: float | None) -> str:
    return "not reported" if value is None else f"{value:.4f}"


def _change(each: Measure) -> str:
    """With an arrow: up is better, whichever way the number went."""
    if each.change is None:
        return ""
    arrow = "▲" if (each.change > 0) == each.higher else "▼"
    return f"{arrow} {each.change:+.4f}" if each.change else "0"


def flip_table(review: Review) -> Section:
    """What the update mends and breaks, row by row."""
    rates = flip_rates(review.evidence.counts) if review.evidence.counts is not None else []
    rows = [(rate.name, rate.text, rate.meaning) for rate in rates]
    table = Table(("rate", "value", "meaning"), "lrl", rows, "rates")
    said = Text(("Rows that one model has right and the other wrong: what gains on the whole can still break much.",))
    return Section("Flips", (said, table) if rows else (), folded=True)
