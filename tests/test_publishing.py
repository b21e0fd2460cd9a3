"""What a pull request is told: one status, one comment, and never something old over something new."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.responses import PlainTextResponse

from gate.report.mark import start
from gate.review import Review
from gate.workflow import Question, World, check, publish
from tests.reviewer import a_better_candidate
from tests.small_world import SmallWorld

SAY = "POST /api/v3/repos/skyline/owls/issues/"


def judged(world: SmallWorld, number: int, seconds: float = 0) -> Review:
    """A review that is later by so many seconds than it is."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return check(replace(world.connect(), now=lambda: moment), Question(pull=number))


def bodies(world: SmallWorld, number: int) -> list[str]:
    return [comment.body for comment in world.as_user("noor").get_issue(number).get_comments()]


def statuses(world: SmallWorld, commit: str) -> list[tuple[str, str]]:
    return world.connect().forge.statuses(commit, "model-gate")


def quick(world: SmallWorld) -> World:
    return replace(world.connect(), sleep=lambda seconds: None)


def turned_worse(world: SmallWorld, commit: str) -> None:
    """A later run of the same commit, which the next review takes for its candidate."""
    world.run(commit, {"test/accuracy": [0.1]})


@pytest.mark.parametrize("applied", [True, False], ids=["its answer was lost", "it was refused"])
def test_a_comment_is_tried_again_but_never_posted_twice(owls: SmallWorld, applied: bool) -> None:
    number, *_ = a_better_candidate(owls)
    owls.forge.fail(f"{SAY}{number}/comments", status=502, applied=applied)
    assert publish(quick(owls), judged(owls, number)) == []
    assert len(bodies(owls, number)) == 1


def test_an_edit_is_tried_again(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    assert publish(quick(owls), judged(owls, number)) == []
    owls.forge.fail("PATCH ", status=503)
    newer = judged(owls, number, 1)
    assert publish(quick(owls), newer) == []
    assert [newer.at in body for body in bodies(owls, number)] == [True]


def test_what_goes_on_failing_is_said_and_the_status_stands(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    for _ in range(3):
        owls.forge.fail(f"{SAY}{number}/comments", status=502)
    review = judged(owls, number)
    (said,) = publish(quick(owls), review)
    assert "502" in said
    assert [state for state, _ in statuses(owls, review.commit)] == ["success"]


def test_a_service_that_asks_for_a_long_pause_is_not_waited_for(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    busy = PlainTextResponse('{"message": "slow down"}', 429, {"Retry-After": "50"}, "application/json")
    owls.forge.answer(f"{SAY}{number}/comments", "", busy)
    waits: list[float] = []
    (said,) = publish(replace(owls.connect(), sleep=waits.append), judged(owls, number))
    assert "50 s" in said
    assert waits == []


def test_a_redirect_is_no_posted_comment(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    for _ in range(3):
        moved = PlainTextResponse("", 307, {"Location": "/elsewhere"})
        owls.forge.answer(f"{SAY}{number}/comments", "", moved)
    assert publish(quick(owls), judged(owls, number)) != []
    assert bodies(owls, number) == []


def test_an_older_judgement_of_the_same_commit_that_ends_later_says_nothing(owls: SmallWorld) -> None:
    number, _, candidate = a_better_candidate(owls)
    older = judged(owls, number)
    turned_worse(owls, older.commit)
    newer = judged(owls, number, 2)
    assert newer.candidate is not None
    assert newer.candidate.id != candidate
    assert publish(owls.connect(), newer) == []
    assert publish(owls.connect(), older) == ["a newer judgement of this commit is already there"]
    (body,) = bodies(owls, number)
    assert newer.packet_digest in body
    assert [state for state, _ in statuses(owls, newer.commit)] == ["failure"]


def test_an_older_commit_keeps_its_status_and_leaves_the_comment_to_the_newer(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    older = judged(owls, number)
    assert older.pull is not None
    sha = owls.commit("Again", {"train.py": "print(2)\n"}, older.commit)
    branch = owls.as_user("mira").get_pull(number).head.ref
    owls.as_user("mira").get_git_ref(f"heads/{branch}").edit(sha)
    owls.run(sha, {"test/accuracy": [0.1]})
    newer = judged(owls, number, 2)
    assert newer.commit == sha
    assert publish(owls.connect(), newer) == []
    assert publish(owls.connect(), older) == [f"the comment is about a newer commit, {sha[:12]}"]
    assert newer.packet_digest in bodies(owls, number)[0]
    assert [state for state, _ in statuses(owls, older.commit)] == ["success"]
    assert [state for state, _ in statuses(owls, sha)] == ["failure"]


def test_a_judgement_that_was_overtaken_just_before_it_wrote_writes_nothing(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    older = judged(owls, number)
    newer = judged(owls, number, 2)
    owls.forge.overtake("/comments", lambda: publish(owls.connect(), newer))
    publish(owls.connect(), older)
    (body,) = bodies(owls, number)
    assert newer.at in body


def test_a_newer_judgement_takes_the_place_of_an_older_one(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    older, newer = judged(owls, number), judged(owls, number, 2)
    for review in (older, newer, newer):
        assert publish(owls.connect(), review) == []
    assert [newer.at in body for body in bodies(owls, number)] == [True]
    assert len(statuses(owls, newer.commit)) == 1
    assert len(owls.forge.bodies("PATCH ")) == 1, "what is there already is not written again"


def test_a_clock_that_ran_ahead_does_not_silence_those_after_it(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    assert publish(owls.connect(), judged(owls, number, 24 * 3600)) == []
    now = judged(owls, number)
    assert publish(owls.connect(), now) == []
    assert now.at in bodies(owls, number)[0]


def test_of_two_comments_made_at_the_same_moment_one_remains(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    review = judged(owls, number)
    for _ in range(2):
        owls.as_user("gate-bot").get_issue(number).create_comment(f"{start('owls')}-->\nold")
    assert publish(owls.connect(), review) == []
    (body,) = bodies(owls, number)
    assert review.packet_digest in body


def test_a_quotation_of_our_comment_is_not_ours(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    quoted = f"> {start('owls')}-->\n> said the gate"
    owls.as_user("gate-bot").get_issue(number).create_comment(quoted)
    assert publish(owls.connect(), judged(owls, number)) == []
    assert [body.startswith("> ") for body in bodies(owls, number)] == [True, False]


def test_without_the_comment_there_is_only_the_status(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    review = judged(owls, number)
    assert publish(owls.connect(), review, comment=False) == []
    assert bodies(owls, number) == []
    assert [state for state, _ in statuses(owls, review.commit)] == ["success"]


def test_the_status_is_posted_anew_where_its_words_changed(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    review = judged(owls, number)
    owls.connect().forge.post_status(review.commit, "model-gate", "success", "something else", "")
    assert publish(owls.connect(), review) == []
    assert len(statuses(owls, review.commit)) == 2


def test_the_status_leads_to_the_review_and_the_approval_is_left_to_the_dashboard(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    review = judged(owls, number)
    assert publish(owls.connect(GATE_DASHBOARD_URL="https://gate.example/"), review) == []
    (posted,) = owls.forge.bodies("/statuses/")
    assert posted["target_url"] == f"https://gate.example/review?pr={number}&scope=owls"
    assert posted["context"] == "model-gate"
    assert len(posted["description"]) <= 140
