"""Who waits is read in a few requests; each is judged in the background, and again only when its grounds change."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gate.adapters.clearml_session import ClearmlSession
from gate.connect import connect
from gate.lately import lately
from gate.verdict import Outcome
from gate.workflow import decide
from gate.workflow.inbox import Queue, Waiting, queue, waiting
from gate.workflow.judging import LASTING, Bench
from gate.workflow.remembering import remembering
from pages import _desk
from pages._reading import AWAITED
from tests.browser import ROOT
from tests.patient import Patient
from tests.reviewer import decision
from tests.small_world import SmallWorld

PATIENCE = 60.0
CURVE = "scalar_metrics_iter_raw"


@pytest.fixture
def three(owls: SmallWorld) -> SmallWorld:
    """A best, a better and a worse candidate, and a pull request without a run."""
    owls.run(owls.main(), {"test/accuracy": [0.7, 0.8]}, tags=["best"])
    for title, accuracy in (("Better", 0.85), ("Worse", 0.5)):
        owls.run(owls.pull(title).head.sha, {"test/accuracy": [0.4, accuracy]})
    owls.pull("No run")
    return owls


def outcomes(entries: list[Waiting]) -> dict[str, Outcome | None]:
    return {entry.pull.title: entry.review.verdict.outcome if entry.review else None for entry in entries}


def judged(bench: Bench, found: Queue) -> list[Waiting]:
    bench.take(found)
    assert bench.within(PATIENCE)
    return bench.list(found)


ALL = {"Better": Outcome.PASSED, "Worse": Outcome.FAILED, "No run": Outcome.UNKNOWN}


def test_the_bench_says_what_judging_at_once_says(three: SmallWorld) -> None:
    world = three.connect()
    entries = judged(Bench(world), queue(world))
    assert outcomes(entries) == outcomes(waiting(world)) == ALL
    assert [entry.pull.number for entry in entries] == sorted((e.pull.number for e in entries), reverse=True)


def test_before_anybody_is_judged_all_are_listed(three: SmallWorld) -> None:
    world = three.connect()
    found, bench = queue(world), Bench(world)
    entries = bench.list(found)
    assert [entry.judging for entry in entries] == [True] * 3
    assert set(outcomes(entries)) == set(ALL)


def test_who_waits_is_read_in_as_many_requests_however_many_there_are(three: SmallWorld) -> None:
    requests: list[tuple[str, str]] = []
    world = connect(three.environment, journal=lambda *request: requests.append(request))
    queue(world)
    few = len(requests)
    for number in range(3):
        three.run(three.pull(f"Way {number}").head.sha)
    requests.clear()
    queue(world)
    assert len(requests) <= few


def test_nobody_is_judged_again_for_the_same_grounds(three: SmallWorld) -> None:
    world = three.connect()
    bench = Bench(world)
    judged(bench, queue(world))
    read = len(three.tracker.bodies(CURVE))
    again = queue(world)  # it reads the best's curve itself
    between = len(three.tracker.bodies(CURVE))
    assert outcomes(judged(bench, again)) == ALL
    assert len(three.tracker.bodies(CURVE)) == between == read + 1


def test_a_rejection_is_known_at_once_and_lets_nobody_be_judged_again(three: SmallWorld) -> None:
    world = three.connect()
    bench = Bench(world)
    entries = judged(bench, queue(world))
    worse = next(entry.pull for entry in entries if entry.pull.title == "Worse")
    decide(world, decision(three, worse.number, kind="reject"))
    found = queue(world)
    bench.take(found)
    assert bench.left == 0
    review = next(entry.review for entry in bench.list(found) if entry.pull == worse)
    assert review is not None
    assert [record.kind for record in review.ledger.about(worse.head)] == ["reject"]


def test_another_best_has_all_judged_again_and_shows_what_was_until_then(three: SmallWorld) -> None:
    world = three.connect()
    bench = Bench(world)
    entries = judged(bench, queue(world))
    better = next(entry.pull for entry in entries if entry.pull.title == "Better")
    decide(world, decision(three, better.number))
    found = queue(world)
    hold = threading.Event()
    three.tracker.overtake("", lambda: hold.wait(PATIENCE))
    bench.take(found)
    assert bench.left
    while_judged = bench.list(found)
    hold.set()
    assert all(entry.judging and entry.review for entry in while_judged if entry.review is None or entry.judging)
    assert bench.within(PATIENCE)
    assert outcomes(bench.list(found)) == ALL


def test_a_verdict_does_not_stand_for_ever(three: SmallWorld) -> None:
    world = three.connect()
    clock = [world.now()]
    bench = Bench(replace(world, now=lambda: clock[0]))
    judged(bench, queue(world))
    clock[0] += LASTING
    bench.take(queue(world))
    assert bench.left == 3


def test_what_a_service_failed_at_is_said_and_tried_again(three: SmallWorld) -> None:
    world = three.connect()
    bench, found = Bench(world), queue(world)
    three.tracker.fail(CURVE, status=400)
    entries = judged(bench, found)
    assert sum(entry.review is None and "ClearML" in entry.trouble for entry in entries) == 1
    assert outcomes(judged(bench, queue(world))) == ALL


def test_who_waits_no_more_is_forgotten(three: SmallWorld) -> None:
    world = three.connect()
    bench = Bench(world)
    judged(bench, queue(world))
    for pull in three.as_user("tomas").get_pulls():
        pull.edit(state="closed")
    assert judged(bench, queue(world)) == []
    assert bench._known == {}


def test_the_list_holds_no_counts(three: SmallWorld) -> None:
    world = three.connect()
    for entry in judged(Bench(world), queue(world)):
        assert entry.review is not None
        assert entry.review.evidence.counts is None
        assert not entry.review.evidence.curves


def test_the_curve_of_a_run_that_goes_on_is_read_each_time(three: SmallWorld) -> None:
    world, _ = remembering(three.connect())
    commit = three.main()
    three.run(commit, {"test/accuracy": [0.1, 0.2]}, name="goes on", status="in_progress")
    runs = {run.name: run for run in world.tracker.runs_of([commit], "Owls")}
    for name, times in (("goes on", 2), ("train", 1)):
        before = len(three.tracker.bodies(CURVE))
        assert world.tracker.curve(runs[name], "test/accuracy") == world.tracker.curve(runs[name], "test/accuracy")
        assert len(three.tracker.bodies(CURVE)) - before == times


def test_requests_to_clearml_do_not_wait_for_each_other(owls: SmallWorld) -> None:
    session = ClearmlSession(lambda: 20.0, lambda request: None)
    assert session.sdk
    both = threading.Barrier(2, timeout=10)
    for _ in range(2):
        owls.tracker.overtake("debug.ping", both.wait)
    threads = [threading.Thread(target=lambda: session.call("debug.ping", {}, attempts=1)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not both.broken


def test_a_page_ends_its_script_while_it_reads_and_shows_the_steps(owls: SmallWorld, opened: Any) -> None:
    owls.pull("Look at both eyes")
    opened(owls, "ledger")
    _desk.shelves().queue.clear()
    hold = threading.Event()
    owls.tracker.overtake("get_all_ex", lambda: hold.wait(PATIENCE))
    at = AppTest.from_file(str(ROOT / "pages" / "_frame.py"), default_timeout=90)
    begun = time.monotonic()
    at.run()
    spent = time.monotonic() - begun
    hold.set()
    assert [title.value for title in at.title] == ["Inbox"]
    assert AWAITED in at.session_state
    assert spent < 20


def test_many_are_narrowed_by_what_stands_in_the_address(owls: SmallWorld, opened: Any) -> None:
    owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best"])
    for number in range(9):
        pull = owls.pull(f"Way {number}")
        if number < 2:
            owls.run(pull.head.sha, {"test/accuracy": [0.9]})
    assert "Way 8" in shown(opened(owls, "inbox"))
    assert titles(verdict="passed") == {"Way 0", "Way 1"}
    assert titles(find="way 4") == {"Way 4"}
    assert titles(find="nowhere") == set()


def titles(**query: str) -> set[str]:
    """On the inbox of a visitor who comes by this address."""
    at = Patient(ROOT / "pages" / "_frame.py", default_timeout=90)
    for name, value in query.items():
        at.query_params[name] = value
    return set(re.findall(r"Way \d", shown(at.run())))


def shown(at: AppTest) -> str:
    return "\n".join(each.value for each in at.markdown)


def test_a_field_stays_where_it_is_while_candidates_are_judged(owls: SmallWorld, opened: Any) -> None:
    """A browser makes anew what is not where it was, and forgets what was being typed."""
    owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best"])
    pulls, hold = [owls.pull(f"Way {number}") for number in range(9)], threading.Event()
    at = opened(owls, "inbox")
    before = placed(at)
    owls.tracker.overtake(CURVE, lambda: hold.wait(PATIENCE))
    owls.run(pulls[0].head.sha, {"test/accuracy": [0.7, 0.9]})
    _desk.forget()
    _desk.shelves().queue.ask(()).answer()
    AppTest._run(at)  # without patience
    during, seen = placed(at), len(at.get("progress"))
    hold.set()
    assert seen == 1
    assert during == before != []


def placed(at: AppTest) -> list[int]:
    return [index for index, each in at.main.children.items() if any(True for _ in getattr(each, "text_input", []))]


def test_what_was_worked_out_lately_is_shared_and_goes_with_its_thing() -> None:
    begun: list[int] = []

    class Thing:
        pass

    @lately(2)
    def times(thing: Thing, factor: int) -> list[int]:
        begun.append(factor)
        return [factor]

    thing = Thing()
    assert times(thing, 1) is times(thing, 1)
    assert times(thing, 1) is not times(Thing(), 1)
    for factor in (2, 3, 1):
        times(thing, factor)
    assert begun == [1, 1, 2, 3, 1]
