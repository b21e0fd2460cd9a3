"""The worker behind the pages, and what it relies on: the lease, looking before writing again, pauses, threads."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from benchmarks.promotion.long_ledger import measured
from gate.desk import MOST, REMEMBERED, Progress, Worker
from gate.identity import Person
from gate.lease import TAKEOVER, Lease, Wait, next_step
from gate.ledger import Ledger
from gate.ports import ServiceError
from gate.promotion import AddTag, Observed
from gate.workflow import Decision, Question, check, decide, reconcile
from gate.workflow.book import history
from tests.records import ledger
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld


def ended(progress: Progress, patience: float = 60.0) -> Progress:
    end = time.monotonic() + patience
    while not progress.ended and time.monotonic() < end:
        time.sleep(0.05)
    return progress


def working(owls: SmallWorld) -> Worker:
    worker = Worker(owls.connect)
    worker.start()
    return worker


# -- the lease


@pytest.mark.parametrize(
    ("worker", "age", "step"),
    [
        ("me", 1.0, AddTag("new")),
        ("me", 30.0, TAKEOVER),
        ("another", 1.0, Wait("me", 44.0)),
        ("another", 46.0, TAKEOVER),
    ],
)
def test_one_worker_at_a_time_carries_a_decision_out(worker: str, age: float, step: object) -> None:
    found = next_step(ledger("approve", worker="me"), Observed(frozenset({"old"})), worker, age, Lease(45.0, 20.0))
    assert found == step


def test_a_takeover_goes_on_where_its_predecessor_stopped() -> None:
    taken: Ledger = ledger("takeover", resumes="approve", worker="another")
    assert taken.in_flight
    assert next_step(taken, Observed(frozenset({"old"})), "another", 0.0, Lease()) == AddTag("new")


def test_another_worker_waits_for_the_lease_and_then_finishes(owls: SmallWorld) -> None:
    number, _, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    place = check(owls.connect(), Question(pull=number)).scope
    for _ in range(3):
        owls.tracker.fail("tasks.update_tags", status=502)
    with pytest.raises(ServiceError):
        decide(owls.connect(), click)
    told: list[object] = []
    other = replace(owls.connect(), worker="another", lease=Lease(3.0, 1.0))
    reconcile(other, place, told.append)
    assert owls.holders() == [candidate]
    assert [type(step).__name__ for step in told if not isinstance(step, Wait)][:2] == ["Append", "AddTag"]
    assert "takeover" in [record.kind for record in history(other.forge, place)]


# -- looking before writing again


@pytest.mark.parametrize("state", ["pending", "success"])
def test_a_status_whose_answer_was_lost_is_not_posted_twice(owls: SmallWorld, state: str) -> None:
    number, *_ = a_better_candidate(owls)
    click = decision(owls, number)
    owls.forge.fail("/statuses/", saying=f'"{state}"', status=502, applied=True)
    assert decide(owls.connect(), click).kind == "promoted"
    assert [body["state"] for body in owls.forge.bodies("POST /api/v3/repos/skyline/owls/statuses")] == [
        "pending",
        "success",
    ]


def test_a_pause_that_a_service_asks_for_is_kept_and_told(owls: SmallWorld) -> None:
    from starlette.responses import JSONResponse

    number, *_ = a_better_candidate(owls)
    click, slept, told = decision(owls, number), [], []
    limited = JSONResponse({"message": "You have exceeded a secondary rate limit"}, 403, {"Retry-After": "42"})
    owls.forge.answer("/statuses/", '"success"', limited)
    decide(replace(owls.connect(), sleep=slept.append), click, told.append)
    assert slept == [42.0]
    assert [line.split(":")[0] for line in told if line.startswith("Waiting")] == ["Waiting 42 s"]


def test_a_pause_beyond_all_patience_is_an_error_and_heals_later(owls: SmallWorld) -> None:
    from starlette.responses import JSONResponse

    number, _, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    owls.forge.answer("/statuses/", '"success"', JSONResponse({"message": "rate limit"}, 429, {"Retry-After": "3600"}))
    with pytest.raises(ServiceError, match="it asks to wait 3600 s"):
        decide(owls.connect(), click)
    reconcile(owls.connect(), check(owls.connect(), Question(pull=number)).scope)
    assert owls.holders() == [candidate]


# -- the worker


def refusals(owls: SmallWorld, number: int) -> dict[str, Callable[[], Decision]]:
    return {
        "lena has read permission": lambda: decision(owls, number, login="lena"),
        "mira wrote this pull request": lambda: decision(owls, number, login="mira"),
        "what you saw has changed": lambda: decision(owls, number, packet="0" * 64),
        "needs a comment": lambda: decision(owls, number, comment=" "),
        "belongs to another account now": lambda: decision(owls, number, person=Person("noor", "test", 1)),
    }


def test_every_refusal_is_a_sentence_and_stands_in_the_log(owls: SmallWorld, caplog: pytest.LogCaptureFixture) -> None:
    number, best, _ = a_better_candidate(owls)
    worker = working(owls)
    with caplog.at_level(logging.WARNING):
        for why, click in refusals(owls, number).items():
            progress = ended(worker.submit(click()))
            assert why in "; ".join(progress.refused)
            assert why in caplog.records[-1].getMessage()
    assert owls.holders() == [best]


def test_a_nonce_that_is_sent_again_gets_the_first_one_s_progress(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    worker, click = working(owls), decision(owls, number, kind="reject")
    first = ended(worker.submit(click))
    assert worker.submit(replace(click, comment="something else")) is first
    assert first.record is not None


def test_nobody_decides_more_often_than_a_person_can(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    worker, click = Worker(owls.connect), decision(owls, number, kind="reject")
    clicks = [worker.submit(replace(click, nonce=f"click {place}")) for place in range(MOST + 1)]
    assert [bool(each.refused) for each in clicks] == [False] * MOST + [True]
    assert re.fullmatch(r"noor made 10 decisions within a minute: wait (60|59) s", clicks[-1].refused[0])
    assert not worker.submit(replace(click, nonce="mira's", person=Person("mira", "test"))).refused
    assert worker.submit(replace(click, nonce="signed in again", person=Person("Noor", "test"))).refused


def test_the_worker_forgets_the_oldest_that_ended_and_no_other(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    click, worker = decision(owls, number, kind="reject"), Worker(owls.connect)
    waiting = worker.submit(click)
    for place in range(REMEMBERED + 10):
        worker.submit(replace(click, nonce=f"late {place}", person=Person(f"guest {place}", "test"))).failed = "ended"
    assert worker.progress(click.nonce) is waiting
    assert worker.progress("late 0") is None
    assert worker.progress(f"late {REMEMBERED + 9}") is not None


def test_what_another_process_left_is_finished_on_the_timer(owls: SmallWorld) -> None:
    number, _, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    worker = Worker(owls.connect, interval=0.2)
    worker.start()
    for _ in range(3):
        owls.tracker.fail("tasks.update_tags", status=502)
    with suppress(ServiceError):  # unless the worker was faster
        decide(owls.connect(), click)
    end = time.monotonic() + 30
    while owls.holders() != [candidate] and time.monotonic() < end:
        time.sleep(0.2)
    assert worker.stop(30)
    assert owls.holders() == [candidate]


def test_threads_do_not_mix_up_each_other_s_requests(owls: SmallWorld) -> None:
    world, main = owls.connect(), owls.main()
    names = [f"file-{number}" for number in range(8)]
    sha = owls.commit("Many", {name: name for name in names}, main)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            found = list(pool.map(lambda name: world.forge.read(name, sha), names))
            assert [text and text.content for text in found] == names


def test_a_long_ledger_is_appended_to_with_three_requests(owls: SmallWorld) -> None:
    assert measured(owls, 1_200).requests == 3
