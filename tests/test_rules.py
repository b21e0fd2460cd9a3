"""Rules, findings and verdicts, on drawn evidence."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from gate.config import ConfigError, parse, parse_margin
from gate.counts import Triples, from_triples
from gate.evidence import Evidence, Run, Scalar
from gate.policy import Policy, judge
from gate.rules import ClassesRule, Margin, MetricRule
from gate.scores import class_scores
from gate.verdict import Finding, Outcome, Verdict


def run(value: float | None) -> Run:
    scalars = {} if value is None else {"a/b": Scalar(value, value, value)}
    return Run("id", "train", "Owls", "completed", "a" * 40, "", scalars=scalars)


def outcome(best: float | None, new: float | None, margin: str = "0", direction: str = "max") -> Outcome:
    limit = Margin("0") if margin == "0" else parse_margin(margin)
    rule = MetricRule("a/b", direction, limit)  # type: ignore[arg-type]
    return rule.judge(Evidence(run(new), run(best))).outcome


@pytest.mark.parametrize(
    ("best", "new", "margin", "direction", "expected"),
    [
        (0.912, 0.897, "3%", "max", Outcome.PASSED),
        (0.912, 0.880, "3%", "max", Outcome.FAILED),
        (0.52, 0.4784, "8%", "max", Outcome.PASSED),  # the boundary itself, which binary floats miss
        (0.52, 0.4783, "8%", "max", Outcome.FAILED),
        (-2.0, -2.0, "0", "max", Outcome.PASSED),
        (-2.0, -2.1, "10%", "max", Outcome.PASSED),
        (0.0, -0.1, "50%", "max", Outcome.FAILED),  # a percentage of zero allows nothing
        (0.0, -0.1, "0.2", "max", Outcome.PASSED),
        (0.50, 0.54, "5pp", "min", Outcome.PASSED),
        (0.50, 0.56, "5pp", "min", Outcome.FAILED),
        (0.50, 0.0, "0", "min", Outcome.UNKNOWN),  # how ClearML stores NaN
        (0.0, 0.5, "0", "min", Outcome.REVIEW),
        (0.5, math.nan, "0", "max", Outcome.FAILED),
        (0.5, math.inf, "0", "max", Outcome.FAILED),
        (math.nan, 0.5, "0", "max", Outcome.REVIEW),
        (0.5, None, "0", "max", Outcome.UNKNOWN),
        (None, 0.5, "0", "max", Outcome.UNKNOWN),
    ],
)
def test_a_metric_rule(best: float | None, new: float | None, margin: str, direction: str, expected: Outcome) -> None:
    assert outcome(best, new, margin, direction) is expected


CURVE = Scalar(last=0.5, low=0.0, high=0.9, points=3)
READINGS = [
    # direction, which value, zero allowed, the best's plain value, outcome
    ("max", "last", False, 0.5, Outcome.PASSED),
    ("max", "last", False, 0.6, Outcome.FAILED),
    ("max", "best", False, 0.9, Outcome.PASSED),
    ("max", "best", False, 0.91, Outcome.FAILED),
    ("min", "last", False, 0.5, Outcome.PASSED),
    ("min", "last", False, 0.4, Outcome.FAILED),
    ("min", "best", False, 0.1, Outcome.UNKNOWN),
    ("min", "best", True, 0.1, Outcome.PASSED),
    ("min", "best", True, 0.0, Outcome.PASSED),
    ("max", "last", False, 0.0, Outcome.PASSED),
]


@pytest.mark.parametrize(("direction", "value", "allow_zero", "best", "expected"), READINGS)
def test_a_rule_reads_the_last_point_or_the_best_one_and_doubts_a_zero_loss(
    direction: str, value: str, allow_zero: bool, best: float, expected: Outcome
) -> None:
    rule = MetricRule("a/b", direction, Margin("0"), value, allow_zero)  # type: ignore[arg-type]
    candidate = replace(run(0.5), scalars={"a/b": CURVE})
    assert rule.judge(Evidence(candidate, run(best))).outcome is expected


def test_a_margin_is_never_narrower_than_either_of_its_parts() -> None:
    assert Margin("", relative=0.1, absolute=0.5).of(-2.0) == 0.5
    assert Margin("", relative=0.1, absolute=0.1).of(-2.0) == 0.2


def test_the_classes_rule_names_the_class_that_lost_most() -> None:
    triples = np.array([(2, 2, 2, 1), (2, 2, 0, 3), (0, 1, 0, 2), (1, 1, 1, 1)])  # truth, best, candidate, how many
    counts = from_triples(("cat", "dog", "owl"), Triples(*triples.T))
    finding = ClassesRule().judge(Evidence(run(0.5), run(0.5), counts))
    assert finding.outcome is Outcome.PASSED
    assert "Largest loss 'owl' 1.000 -> 0.400, which may be chance (n=4)" in finding.message
    assert "3 classes: 0 regressed, 0 improved, 2 too small to tell" in finding.message


def test_a_first_baseline_is_reviewed_by_a_person() -> None:
    rule = MetricRule("a/b", "max", Margin("0"))
    assert rule.judge(Evidence(run(0.5), None)).outcome is Outcome.REVIEW


@given(st.lists(st.sampled_from(list(Outcome)), min_size=1))
def test_a_verdict_is_its_worst_finding(outcomes: list[Outcome]) -> None:
    verdict = Verdict(tuple(Finding("r", each, "m", "f", "q") for each in outcomes))
    assert verdict.outcome.severity == max(each.severity for each in outcomes)


def test_nothing_examined_is_not_a_pass() -> None:
    with pytest.raises(ValueError, match="at least one finding"):
        Verdict(())
    with pytest.raises(ValueError, match="at least one rule"):
        Policy((), "here", "")


@given(st.booleans(), st.booleans(), st.booleans())
def test_missing_evidence_does_not_pass(no_candidate: bool, no_best: bool, no_counts: bool) -> None:
    counts = from_triples(("cat", "owl"), Triples(*(np.array([0, 1]) for _ in range(4))))
    policy = Policy((MetricRule("a/b", "max", Margin("0")), ClassesRule()), "here", "")
    evidence = Evidence(
        None if no_candidate else run(0.5), None if no_best else run(0.5), None if no_counts else counts
    )
    passed = judge(evidence, policy).outcome is Outcome.PASSED
    assert passed == (not (no_candidate or no_best or no_counts))


LABELS = st.sampled_from(["cat", "dog", "owl"])


@given(st.lists(st.tuples(LABELS, LABELS, LABELS), min_size=1, max_size=60))
def test_scores_are_those_of_scikit_learn(rows: list[tuple[str, str, str]]) -> None:
    labels = sorted({label for row in rows for label in row})
    codes = np.array([[labels.index(label) for label in row] for row in rows])
    counts = from_triples(labels, Triples(*codes.T, count=np.ones(len(rows))))
    scores = class_scores(counts)
    for column, ours in ((1, scores.best), (2, scores.candidate)):
        theirs = precision_recall_fscore_support(
            codes[:, 0], codes[:, column], labels=range(len(labels)), zero_division=0
        )
        assert np.allclose((ours.precision, ours.recall, ours.f1), theirs[:3], rtol=0, atol=1e-12)
        assert (scores.support == theirs[3]).all()
        assert ours.accuracy == pytest.approx(accuracy_score(codes[:, 0], codes[:, column]), abs=1e-12)


@pytest.mark.parametrize("text", [3, 3.0, "3", "0.5 percent", "-1%", "", None, "nan%", "inf"])
def test_a_margin_without_a_unit_or_sense_is_refused(text: object) -> None:
    if text == "3":
        assert parse_margin(text) == Margin("3", absolute=3.0)  # metric units, written as text on purpose
    else:
        with pytest.raises(ValueError, match='write "3%" of the best'):
            parse_margin(text)


def test_every_mistake_of_a_policy_is_listed_at_once() -> None:
    text = """
    [[scope]]
    name = "a b"
    project = "Owls"
    task = "train"
    tag = "-best"
    tagg = 1
    [[scope.rule]]
    kind = "metric"
    metric = "accuracy"
    direction = "up"
    allowed_loss = 3
    """
    with pytest.raises(ConfigError) as caught:
        parse(text, "gate.toml")
    said = "\n".join(caught.value.mistakes)
    for word in ("name", "did you mean 'tag'?", "operator", "metric", "direction", "has no unit"):
        assert word in said
    assert len(caught.value.mistakes) == 6
