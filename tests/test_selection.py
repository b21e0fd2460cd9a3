"""Which run is the candidate, and the sentence for every run that is not; who is best, in a finding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gate.evidence import Run
from gate.ledger import Ledger
from gate.selection import Choice, Wanted, choose_candidate, is_sha, refusal, repository_key
from gate.standing import best_finding, candidate_finding
from gate.verdict import Outcome
from tests.records import NEW, OLD, ledger

SHA = "a" * 40
HERE = "https://hub.example/owls/eyes.git"
GOOD = Run("1", "train", "Owls", "completed", SHA, HERE, completed="2026-01-01T00:00:00Z")
WANTED = Wanted(SHA, "Owls", "train", (HERE, "git@hub.example:mira/eyes.git"))

REFUSED = [
    ({"project": "Owls 2"}, "its project is 'Owls 2', not 'Owls'"),
    ({"name": "train more"}, "its name is 'train more', not 'train'"),
    ({"archived": True}, "it is archived"),
    ({"status": "failed"}, "its status is failed, not completed"),
    ({"status": "in_progress"}, "its status is in_progress, not completed"),
    ({"status": "stopped"}, "its status is stopped, not completed"),
    ({"diff": "5e1f"}, "it ran with uncommitted changes"),
    (
        {"repository": "https://hub.example/else/eyes"},
        "it ran from hub.example/else/eyes, not from hub.example/owls/eyes or hub.example/mira/eyes",
    ),
    (
        {"repository": "https://other.example/owls/eyes"},
        "it ran from other.example/owls/eyes, not from hub.example/owls/eyes or hub.example/mira/eyes",
    ),
    ({"repository": ""}, "it ran from no known repository, not from hub.example/owls/eyes or hub.example/mira/eyes"),
]


def test_a_finished_run_of_the_commit_from_the_repository_or_the_fork_is_the_candidate() -> None:
    assert refusal(GOOD, WANTED) == ""
    assert refusal(replace(GOOD, status="published"), WANTED) == ""
    assert refusal(replace(GOOD, repository="ssh://git@HUB.example:22/Mira/eyes"), WANTED) == ""


@pytest.mark.parametrize(("changed", "why"), REFUSED)
def test_a_run_that_differs_is_refused_with_the_reason(changed: dict[str, object], why: str) -> None:
    run = replace(GOOD, **changed)
    assert refusal(run, WANTED) == why
    assert choose_candidate([run], WANTED) == Choice(None, (), ((run, why),))


def test_every_reason_is_given_at_once() -> None:
    assert refusal(replace(GOOD, archived=True, diff="5e1f"), WANTED) == (
        "it is archived; it ran with uncommitted changes"
    )


def test_the_newest_good_run_is_chosen_and_the_others_are_named() -> None:
    newer = replace(GOOD, id="2", completed="2026-02-01T00:00:00Z")
    twin = replace(newer, id="3")
    unclean = replace(newer, id="4", completed="2026-03-01T00:00:00Z", diff="5e1f")
    choice = choose_candidate([GOOD, unclean, newer, twin], WANTED)
    assert (choice.run, choice.others) == (twin, (newer, GOOD))
    assert [run.id for run, _ in choice.refused] == ["4"]


def test_a_run_of_another_commit_is_not_even_looked_at() -> None:
    assert choose_candidate([replace(GOOD, commit="b" * 40)], WANTED) == Choice(None)


@pytest.mark.parametrize("text", ["", SHA[1:], f"{SHA}a", SHA.upper(), f"{SHA}\n", f" {SHA}", ".*", "g" * 40])
def test_only_forty_lower_case_digits_are_a_commit(text: str) -> None:
    assert is_sha(SHA)
    assert not is_sha(text)


SPELLINGS = [
    "https://hub.example/owls/eyes",
    "https://hub.example/owls/eyes.git",
    "https://hub.example:8443/owls/eyes/",
    "https://user:secret@hub.example/Owls/Eyes.git",
    "ssh://git@hub.example:22/owls/eyes.git",
    "git@hub.example:owls/eyes.git",
    "hub.example:owls/eyes",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_repository_is_the_same_in_every_spelling(spelling: str) -> None:
    assert repository_key(spelling) == "hub.example/owls/eyes"


@pytest.mark.parametrize("text", ["", "eyes", "/home/mira/eyes", "http://[bad", "C:/eyes"])
def test_what_is_no_address_of_a_repository_has_no_key(text: str) -> None:
    assert repository_key(text) == ""


def test_without_a_candidate_the_finding_names_each_run_and_its_reason() -> None:
    finding = candidate_finding(choose_candidate([replace(GOOD, archived=True)], WANTED), WANTED)
    assert (finding.outcome, finding.found) == (Outcome.UNKNOWN, "run 1: it is archived")
    assert candidate_finding(Choice(None), WANTED).found == "no run of this commit"


@pytest.mark.parametrize(
    ("changed", "remedy"),
    [
        ({"status": "in_progress"}, "It is under way: judge again when it has ended"),
        ({"status": "queued"}, "It is under way: judge again when it has ended"),
        ({"status": "in_progress", "diff": "-1"}, "Run the training from a clean clone at this commit"),
        ({"status": "failed"}, "Look into its log in ClearML, then run the training from a clean clone at this commit"),
        ({"archived": True}, "Run the training from a clean clone at this commit"),
    ],
    ids=["runs", "waits", "runs other code", "failed", "archived"],
)
def test_what_to_do_depends_on_what_is_wrong(changed: dict[str, Any], remedy: str) -> None:
    finding = candidate_finding(choose_candidate([replace(GOOD, **changed)], WANTED), WANTED)
    assert finding.message.rpartition(". ")[2] == remedy
    assert candidate_finding(Choice(None), WANTED).message.endswith(
        "Run the training from a clean clone at this commit"
    )


def test_the_finding_of_a_candidate_names_the_other_runs_of_the_commit() -> None:
    older = replace(GOOD, id="0", completed="2025-01-01T00:00:00Z")
    finding = candidate_finding(Choice(GOOD, (older,)), WANTED)
    assert finding.outcome is Outcome.PASSED
    assert finding.found == ("run 1, completed 2026-01-01T00:00:00Z; also 0, completed 2025-01-01T00:00:00Z")


def holder(**changed: object) -> Run:
    return replace(GOOD, id=OLD.task, **changed)


HOLDERS = [
    # who holds the tag, the ledger's records, the outcome, is it a conflict, words of the message
    ([holder()], (), "passed", False, "best is run old, commit aaaaaaaaaaaa, on main"),
    ([holder()], ("bootstrap",), "passed", False, "on main"),
    ([holder(diff="5e1f")], (), "passed", False, "with uncommitted changes, on main"),
    ([], (), "review", False, "this would be the first best, a person must review it"),
    ([], ("bootstrap",), "unknown", True, "the ledger's best is old, but nobody holds the tag"),
    ([holder(), GOOD], (), "unknown", True, "2 runs hold the tag"),
    ([holder(), GOOD], ("bootstrap",), "unknown", True, "1 and old holds the tag"),
    ([GOOD], ("bootstrap",), "unknown", True, "the ledger's best is old, but 1 holds the tag"),
    ([holder()], ("bootstrap", "approve"), "unknown", True, "in flight: finish it with `gate reconcile`"),
    ([holder()], ("bootstrap", "approve", "conflict"), "unknown", True, "ended in a conflict"),
    ([holder(archived=True)], (), "unknown", False, "run old (archived)"),
    ([holder(status="failed")], (), "unknown", False, "run old (failed)"),
    ([holder(parent="9")], (), "passed", False, "run old (a clone of 9)"),
]


@pytest.mark.parametrize(("holders", "kinds", "outcome", "conflict", "words"), HOLDERS)
def test_exactly_one_finished_run_must_hold_the_tag_and_be_the_ledgers_best(
    holders: list[Run], kinds: tuple[str, ...], outcome: str, conflict: bool, words: str
) -> None:
    finding = best_finding(tuple(holders), ledger(*kinds), "best", True, "main")  # type: ignore[arg-type]
    assert (finding.outcome.value, finding.conflict) == (outcome, conflict)
    assert words in finding.message


@pytest.mark.parametrize(
    ("on_base", "words"), [(True, ", on main"), (False, ", not on main"), (None, "which the repository does not know")]
)
def test_the_finding_says_whether_the_bests_commit_is_on_the_base(on_base: bool | None, words: str) -> None:
    assert best_finding((holder(),), Ledger(), "best", on_base, "main").message.endswith(words)


def test_a_promoted_best_is_the_one_that_must_hold_the_tag() -> None:
    promoted = ledger("bootstrap", "approve", "promoted")
    assert best_finding((replace(GOOD, id=NEW.task),), promoted, "best", True, "main").outcome is Outcome.PASSED
