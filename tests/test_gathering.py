"""Evidence is gathered as the rules ask for it, and what is missing says why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gate.config import parse
from gate.connect import connect
from gate.evidence import Curve, Evidence, Reuse
from gate.ledger import Model
from gate.selection import Wanted, choose_candidate
from gate.workflow import World, check, publish
from gate.workflow.book import BRANCH, append, open_book
from gate.workflow.check import Question, find_subject
from gate.workflow.evaluations import path_of
from gate.workflow.evidence import gather
from gate.workflow.inbox import waiting
from gate.workflow.incumbent import incumbent
from tests.small_world import POLICY, SmallWorld

ROWS = [(f"row {number}", "owl", "owl") for number in range(9)]
HOLDOUT = '[[rule]]\nkind = "testset"\n'
CURVE = '[[rule]]\nkind = "curve"\nmetric = "train/loss"\n'
BEST_EVER = '[gate]\nanchor = "best_ever"\nagainst = "anchor"\n'
COMPARE = '[[rule]]\nkind = "compare"\nmetric = "accuracy"\nmargin = "1pp"\n'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def gathered(world: World, pull: int, policy: str) -> Evidence:
    subject, (scope,) = find_subject(world, Question(pull=pull)), parse(policy, "gate.toml")
    wanted = Wanted(subject.commit, scope.project, scope.task, subject.repositories)
    choice = choose_candidate(world.tracker.runs_of([subject.commit], scope.project), wanted)
    return gather(world, scope, choice.run, incumbent(world, subject.base_ref, scope), lambda _: None)


def reviewed(owls: SmallWorld, scalars: Mapping[str, list[float]] | None = None) -> int:
    """A best and a candidate with predictions; the number of the pull request."""
    owls.run(owls.main(), tags=["best"], rows=ROWS)
    pull = owls.pull("Try harder")
    owls.run(pull.head.sha, {"test/accuracy": [0.9], **(scalars or {})}, rows=ROWS)
    return pull.number


def test_nothing_is_read_that_no_rule_asks_for(owls: SmallWorld) -> None:
    number = reviewed(owls)
    evidence = gathered(owls.connect(), number, POLICY)
    assert evidence.counts is None
    assert evidence.counts_missing == "no rule asks for predictions"
    assert not evidence.curves
    assert evidence.why("reuse") == "no rule asks how often the test set was used"
    assert evidence.why("anchor") == "the policy names no anchor"


def test_a_curve_has_every_point_in_the_order_of_its_iterations(owls: SmallWorld) -> None:
    number = reviewed(owls, {"train/loss": [3.0, 2.0, 1.5]})
    evidence = gathered(owls.connect(), number, CURVE + POLICY)
    assert evidence.curves == {"train/loss": Curve((3.0, 2.0, 1.5), (0, 1, 2))}


def test_a_test_set_counts_every_candidate_once(owls: SmallWorld) -> None:
    number, world = reviewed(owls), owls.connect()
    policy = HOLDOUT + POLICY
    first = gathered(world, number, policy).reuse
    assert first is not None
    assert (first.evaluations, first.promotions) == (1, 0)
    (place,) = [scope.place(world.tracker.server) for scope in parse(policy, "gate.toml")]
    lines = "".join(f'{{"candidate": "{number:032x}"}}\n' for number in range(3))
    world.forge.start_branch(BRANCH, "# Ledger")
    world.forge.write(path_of(place, first.fingerprint), lines, BRANCH, "three others", None)
    best = Model(f"{1:032x}", "1" * 40)
    book = open_book(world.forge, place)
    append(world, place, book, book.sequel("promoted", 1, best, candidate=best))
    assert gathered(world, number, policy).reuse == Reuse(first.fingerprint, 4, 1)


def test_a_damaged_tally_is_missing_evidence(owls: SmallWorld) -> None:
    number, world = reviewed(owls), owls.connect()
    found = gathered(world, number, HOLDOUT + POLICY).reuse
    assert found is not None
    (place,) = [scope.place(world.tracker.server) for scope in parse(POLICY, "gate.toml")]
    world.forge.start_branch(BRANCH, "# Ledger")
    world.forge.write(path_of(place, found.fingerprint), "not JSON\n", BRANCH, "by hand", None)
    evidence = gathered(world, number, HOLDOUT + POLICY)
    assert evidence.reuse is None
    assert "is damaged" in evidence.why("reuse")


def test_rows_without_an_id_cannot_tell_a_test_set_from_others(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["best"])
    number = owls.pull("No predictions")
    owls.run(number.head.sha)
    evidence = gathered(owls.connect(), number.number, HOLDOUT + POLICY)
    assert evidence.reuse is None
    assert "cannot be told from others" in evidence.why("reuse")


def test_the_best_ever_is_the_best_of_all_that_were(owls: SmallWorld) -> None:
    world = owls.connect()
    runs = [owls.run(f"{number:040x}", {"test/accuracy": [value]}) for number, value in enumerate((0.5, 0.97, 0.9))]
    number = reviewed(owls)
    (scope,) = parse(BEST_EVER + POLICY, "gate.toml")
    place = scope.place(world.tracker.server)
    for run in runs:
        book, best = open_book(world.forge, place), Model(run, "1" * 40)
        append(world, place, book, book.sequel("promoted", 1, best, candidate=best))
    anchor = gathered(world, number, BEST_EVER + POLICY).anchor
    assert anchor is not None
    assert anchor.id == runs[1]


def test_an_anchor_by_id_is_compared_by_its_predictions_too(owls: SmallWorld) -> None:
    pinned = owls.run("1" * 40, rows=[(ident, truth, "cat") for ident, truth, _ in ROWS])
    number = reviewed(owls)
    policy = f'[gate]\nanchor = "task:{pinned}"\nagainst = "anchor"\n' + COMPARE + POLICY
    evidence = gathered(owls.connect(), number, policy)
    assert evidence.anchor_counts is not None
    assert evidence.anchor_counts.per_class.best.hits.sum() == 0
    assert evidence.counts is not None
    assert evidence.counts.per_class.best.hits.sum() == 9


@pytest.mark.parametrize("status", ["failed", "absent"])
def test_an_anchor_that_did_not_finish_is_missing(owls: SmallWorld, status: str) -> None:
    ident = "a" * 32 if status == "absent" else owls.run("1" * 40, status="failed")
    evidence = gathered(
        owls.connect(), reviewed(owls), f'[gate]\nanchor = "task:{ident}"\nagainst = "anchor"\n' + POLICY
    )
    assert evidence.anchor is None
    assert "does not exist or did not finish" in evidence.why("anchor")


def test_a_curve_that_two_rules_ask_for_is_read_once(owls: SmallWorld) -> None:
    number = reviewed(owls, {"train/loss": [3.0, 2.0, 1.5]})
    metric = '[[rule]]\nkind = "metric"\nmetric = "train/loss"\ndirection = "min"\nallowed_loss = "3%"\n'
    requests: list[str] = []
    world = connect(owls.environment, journal=lambda _, request: requests.append(request))
    evidence = gathered(world, number, CURVE + metric + POLICY)
    assert evidence.candidate is not None
    assert evidence.candidate.scalars["train/loss"].last == 1.5
    assert sum("scalar_metrics_iter_raw" in request for request in requests) == 1


def test_an_evaluation_is_counted_once_however_often_it_is_posted(owls: SmallWorld) -> None:
    owls.set_policy(HOLDOUT + POLICY)
    number, world = reviewed(owls), owls.connect()
    other = owls.pull("Another way")
    owls.run(other.head.sha, rows=ROWS)
    for pull in (number, number, other.number):
        assert publish(world, check(world, Question(pull=pull))) == []
    (place,) = [scope.place(world.tracker.server) for scope in parse(POLICY, "gate.toml")]
    found = check(world, Question(pull=number)).evidence.reuse
    assert found is not None
    tally = world.forge.read(path_of(place, found.fingerprint), BRANCH)
    assert tally is not None
    assert len(tally.content.splitlines()) == found.evaluations == 2


def test_a_tally_is_read_once_for_the_whole_inbox(owls: SmallWorld) -> None:
    owls.set_policy(HOLDOUT + POLICY)
    reviewed(owls)
    for number in range(3):
        owls.run(owls.pull(f"Way {number}").head.sha, rows=ROWS)
    requests: list[str] = []
    entries = waiting(connect(owls.environment, journal=lambda _, request: requests.append(request)))
    assert sum(bool(entry.review and entry.review.evidence.reuse) for entry in entries) == 4
    assert sum("evaluations/" in request for request in requests) == 1
