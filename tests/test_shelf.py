"""Answers that take long are worked out once, in a thread, and kept while they are fresh."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from gate.crew import Crew
from gate.shelf import AT_ONCE, Shelf

LONG = 3_600.0
Note = Callable[[str], None]


class Kitchen:
    """Work that waits until it is let go, and counts how often it was begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go = threading.Event()
        self.fails = False

    def work(self, key: str, note: Note) -> str:
        self.begun.append(key)
        note("washing")
        assert self.go.wait(20)
        note("cooking")
        if self.fails:
            raise ValueError("burnt")
        return f"soup for {key}"


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


def test_many_who_ask_at_once_get_one_answer_worked_out_once(kitchen: Kitchen) -> None:
    shelf = Shelf(kitchen.work, LONG)
    readings = [shelf.ask("noor") for _ in range(5)]
    kitchen.go.set()
    assert {reading.answer() for reading in readings} == {"soup for noor"}
    assert shelf.ask("noor").answer() == "soup for noor"
    assert kitchen.begun == ["noor"]


def test_who_waits_gets_turns_and_sees_the_steps(kitchen: Kitchen) -> None:
    reading = Shelf(kitchen.work, LONG).ask("noor")
    seen = []
    for _ in reading.turns(every=0.01):
        seen.append(list(reading.steps))
        if seen[-1]:
            kitchen.go.set()
    assert ["washing"] in seen
    assert reading.steps == ["washing", "cooking"]
    assert 0 < reading.seconds < 20


def test_an_answer_that_is_there_takes_no_turn(kitchen: Kitchen) -> None:
    kitchen.go.set()
    reading = Shelf(kitchen.work, LONG).ask("noor")
    reading.answer()
    assert list(reading.turns()) == []


def test_a_failure_reaches_all_who_ask_soon_and_is_then_tried_again(kitchen: Kitchen) -> None:
    shelf, kitchen.fails = Shelf(kitchen.work, LONG, sore=0.2), True
    kitchen.go.set()
    for _ in range(2):
        with pytest.raises(ValueError, match="burnt"):
            shelf.ask("noor").answer()
    assert kitchen.begun == ["noor"]
    kitchen.fails = False
    time.sleep(0.25)
    assert shelf.ask("noor").answer() == "soup for noor"


def test_an_older_answer_can_be_seen_while_the_new_one_is_worked_out(kitchen: Kitchen) -> None:
    kitchen.go.set()
    shelf = Shelf(kitchen.work, fresh=0.0)
    first = shelf.ask("noor")
    first.answer()
    kitchen.go.clear()
    seen = shelf.see("noor")
    assert seen.stale
    assert seen.older is first
    assert not seen.reading.future.done()
    kitchen.go.set()


def test_an_older_answer_can_be_seen_when_there_is_no_new_one(kitchen: Kitchen) -> None:
    kitchen.go.set()
    shelf = Shelf(kitchen.work, LONG)
    shelf.ask("noor").answer()
    shelf.expire()
    kitchen.fails = True
    with pytest.raises(ValueError, match="burnt"):
        shelf.ask("noor").answer()
    seen = shelf.see("noor")
    assert seen.reading.failed
    assert seen.older is not None
    assert seen.older.answer() == "soup for noor"


def test_what_was_cleared_is_not_shown_again(kitchen: Kitchen) -> None:
    kitchen.go.set()
    shelf = Shelf(kitchen.work, LONG)
    shelf.ask("noor").answer()
    shelf.clear()
    assert shelf.see("noor").older is None


def test_what_was_under_way_when_things_expired_is_not_shown_to_later_askers(kitchen: Kitchen) -> None:
    shelf = Shelf(kitchen.work, LONG)
    before = shelf.ask("noor")
    shelf.expire()
    kitchen.go.set()
    before.answer()
    seen = shelf.see("noor")
    assert seen.reading is not before
    assert seen.older is None


def test_a_stale_answer_is_worked_out_anew(kitchen: Kitchen) -> None:
    kitchen.go.set()
    shelf = Shelf(kitchen.work, fresh=0.05)
    shelf.ask("noor").answer()
    time.sleep(0.06)
    shelf.ask("noor").answer()
    assert kitchen.begun == ["noor", "noor"]


def test_clearing_forgets_answers_under_way_but_not_who_waits_for_them(kitchen: Kitchen) -> None:
    shelf = Shelf(kitchen.work, LONG)
    first = shelf.ask("noor")
    shelf.clear()
    second = shelf.ask("noor")
    assert second is not first
    kitchen.go.set()
    assert (first.answer(), second.answer()) == ("soup for noor",) * 2


def test_only_a_few_are_worked_out_at_the_same_time(kitchen: Kitchen) -> None:
    shelf = Shelf(kitchen.work, LONG)
    readings = [shelf.ask(f"guest {number}") for number in range(AT_ONCE + 2)]
    end = time.monotonic() + 10
    while len(kitchen.begun) < AT_ONCE and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.1)
    assert len(kitchen.begun) == AT_ONCE
    kitchen.go.set()
    assert len({reading.answer() for reading in readings}) == AT_ONCE + 2


def test_the_shelf_holds_no_more_than_it_may(kitchen: Kitchen) -> None:
    kitchen.go.set()
    shelf = Shelf(kitchen.work, LONG, most=2)
    for guest in ("noor", "mira", "lena", "mira", "noor"):
        shelf.ask(guest).answer()
    assert kitchen.begun == ["noor", "mira", "lena", "noor"]


def test_a_crew_works_in_few_threads_that_stay(kitchen: Kitchen) -> None:
    kitchen.go.set()
    crew = Crew(2, "cooks")
    names = {crew.submit(lambda: threading.current_thread().name).result() for _ in range(20)}
    assert names <= {"cooks 1", "cooks 2"}
    many = [crew.submit(lambda: time.sleep(0.02)) for _ in range(10)]
    assert all(each.result() is None for each in many)
    assert sum(thread.name.startswith("cooks") for thread in threading.enumerate()) == 2
