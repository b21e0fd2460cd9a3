"""When a training begins and when not: drawn versions, journals and moments, no service."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.ledger import LedgerDamaged
from gate.origin import Version
from gate.retraining import Event, Held, Journal, Retraining, Sight, Start, Wish, cycles, next_retraining
from gate.retraining.cycle import in_flight
from gate.retraining.journal import read
from gate.retraining.triggers import Begin, spelled

TERMS = Retraining("owls", "Owls")
MANUAL = Wish("the labels were corrected", "n1")
START = 1_000_000


def versions(*rows: int | None) -> tuple[Version, ...]:
    """v1, v2, ... with so many rows each."""
    numbered = enumerate(rows, 1)
    return tuple(Version(f"v{n}", "flights", f"1.{n}.0", status="completed", rows=count) for n, count in numbered)


def sight(*rows: int | None, used: str = "v1", **changed: Any) -> Sight:
    return replace(Sight(versions(*rows), "best", frozenset({used}), "c" * 40, START), **changed)


def began(*known: str, at: int = START) -> Journal:
    return Journal().plus(Event("s", "began", "t", at, versions=known))


def after(journal: Journal, start: Start, at: int = START, ends: str = "asked") -> Journal:
    """The journal in which this training was decided on, and ended so, or not at all."""
    event = Event(
        "s", "triggered", "t", at, start.trigger, start.cause, start.dataset, start.versions, "best", "c" * 40
    )
    event = replace(event, reason=start.reason)
    decided = journal.plus(event)
    return decided.plus(replace(event, kind=ends, versions=())) if ends else decided  # type: ignore[arg-type]


def only(found: object) -> Start:
    assert isinstance(found, Start), found
    return found


def why_not(found: object) -> str:
    assert isinstance(found, Held), found
    assert found.reasons
    return "; ".join(found.reasons)


def test_at_first_all_but_the_newest_version_are_known() -> None:
    assert next_retraining(TERMS, Journal(), sight(1, 2, 3)) == Begin(("v1", "v2"))


def test_at_first_the_newest_version_is_known_too_if_the_best_was_trained_on_it() -> None:
    assert next_retraining(TERMS, Journal(), sight(1, 2, 3, used="v3")) == Begin(("v1", "v2", "v3"))


def test_versions_that_came_while_nobody_looked_are_trained_one_after_another() -> None:
    journal, trained = began("v1"), []
    while isinstance(found := next_retraining(TERMS, journal, sight(1, 2, 3, 4)), Start):
        trained.append(found.dataset)
        journal = after(journal, found)
    assert trained == ["v2", "v3", "v4"]
    assert "no dataset version is new" in why_not(found)


def test_the_newest_alone_can_stand_for_all_that_came() -> None:
    found = only(next_retraining(replace(TERMS, versions="newest"), began("v1"), sight(1, 2, 3, 4)))
    assert (found.dataset, found.versions) == ("v4", ("v2", "v3", "v4"))


def test_a_version_with_too_few_new_rows_waits_for_more_and_is_then_part_of_it() -> None:
    terms = replace(TERMS, min_new_rows=100)
    assert "50 new rows; at least 100" in why_not(next_retraining(terms, began("v1"), sight(1000, 1050)))
    found = only(next_retraining(terms, began("v1"), sight(1000, 1050, 1100)))
    assert (found.dataset, found.versions) == ("v3", ("v2", "v3"))


def test_rows_count_from_what_was_trained_on_last_even_if_that_failed() -> None:
    terms = replace(TERMS, min_new_rows=100)
    journal = after(began("v1"), only(next_retraining(terms, began("v1"), sight(1000, 1200))), ends="failed")
    assert "50 new rows" in why_not(next_retraining(terms, journal, sight(1000, 1200, 1250)))


@pytest.mark.parametrize(("rows", "named"), [((None, 2000), "1.1.0"), ((1000, None), "1.2.0")])
def test_rows_that_are_not_told_are_not_enough(rows: tuple[int | None, ...], named: str) -> None:
    found = next_retraining(replace(TERMS, min_new_rows=1), began("v1"), sight(*rows))
    assert f"version {named} reports no single value 'rows'" in why_not(found)
    assert isinstance(found, Held)
    assert found.unknown


def test_without_a_base_nothing_begins_and_it_is_unknown() -> None:
    found = next_retraining(TERMS, began("v1"), sight(1, 2, base="", trouble="two runs hold the tag"))
    assert (why_not(found), isinstance(found, Held) and found.unknown) == ("two runs hold the tag", True)


def test_at_most_so_many_trainings_are_in_flight() -> None:
    terms = replace(TERMS, max_in_flight=2)
    first = after(began("v1"), only(next_retraining(terms, began("v1"), sight(1, 2, 3, 4))), ends="")
    second = after(first, only(next_retraining(terms, first, sight(1, 2, 3, 4))), ends="")
    assert "2 trainings in flight, and at most 2 may be" in why_not(next_retraining(terms, second, sight(1, 2, 3, 4)))
    assert len(in_flight(cycles(second))) == 2


def test_a_cool_down_is_waited_for_and_then_over() -> None:
    terms = replace(TERMS, cool_down=3600)
    journal = after(began("v1"), only(next_retraining(terms, began("v1"), sight(1, 2, 3))))
    assert "of cool_down" in why_not(next_retraining(terms, journal, sight(1, 2, 3, now=START + 3599)))
    assert only(next_retraining(terms, journal, sight(1, 2, 3, now=START + 3600))).dataset == "v3"


def test_drift_does_not_wait_for_rows() -> None:
    terms = replace(TERMS, on_drift=True, min_new_rows=100)
    seen = sight(1000, 1050, drift="drifted", said="accuracy fell")
    found = only(next_retraining(terms, began("v1"), seen))
    assert (found.cause, found.dataset, found.versions) == ("drift", "v2", ("v2",))
    assert found.reason == "the model has drifted: accuracy fell"


def test_drift_without_newer_data_trains_nothing_twice() -> None:
    terms = replace(TERMS, on_drift=True)
    for used, known in (
        ("v2", began("v1", "v2")),
        ("v1", after(began("v1"), Start("version", "t", "v2", ("v2",), ""))),
    ):
        found = next_retraining(terms, known, sight(1, 2, used=used, drift="drifted"))
        assert "no newer data" in why_not(found)


def test_drift_counts_only_where_the_policy_asks_for_it() -> None:
    found = next_retraining(replace(TERMS, min_new_rows=100), began("v1"), sight(1000, 1050, drift="drifted"))
    assert "new rows" in why_not(found)


def test_a_watch_that_cannot_say_is_unknown() -> None:
    found = next_retraining(replace(TERMS, on_drift=True), began("v1"), sight(1, drift="unknown", said="no rows"))
    assert "not known: no rows" in why_not(found)
    assert isinstance(found, Held)
    assert found.unknown


def test_by_schedule_the_newest_data_are_trained_on_again_once_the_code_has_changed() -> None:
    terms = replace(TERMS, every=86_400)
    assert "due in 12 h" in why_not(next_retraining(terms, began("v1"), sight(1, now=START + 43_200)))
    later = sight(1, now=START + 86_400)
    first = only(next_retraining(terms, began("v1"), later))
    assert (first.cause, first.dataset) == ("schedule", "v1")
    journal = after(began("v1"), first, at=START + 86_400)
    again = replace(later, now=START + 3 * 86_400)
    assert "neither code nor data changed" in why_not(next_retraining(terms, journal, again))
    assert only(next_retraining(terms, journal, replace(again, code="d" * 40))).cause == "schedule"


def test_a_person_may_train_on_what_was_trained_on_before_but_each_wish_once() -> None:
    journal = began("v1", "v2")
    found = only(next_retraining(TERMS, journal, sight(1, 2, used="v2"), MANUAL))
    assert (found.cause, found.dataset, found.versions) == ("manual", "v2", ())
    assert "decided on already" in why_not(next_retraining(TERMS, after(journal, found), sight(1, 2), MANUAL))


def test_a_person_chooses_the_version_and_it_is_handled_by_that() -> None:
    found = only(next_retraining(TERMS, began("v1"), sight(1, 2, 3), replace(MANUAL, dataset="v2")))
    assert (found.dataset, found.versions) == ("v2", ("v2",))
    assert "there is no finished dataset version v9" in why_not(
        next_retraining(TERMS, began("v1"), sight(1, 2), replace(MANUAL, dataset="v9"))
    )


def test_a_person_waits_too_where_enough_is_in_flight() -> None:
    journal = after(began("v1"), only(next_retraining(TERMS, began("v1"), sight(1, 2))), ends="")
    assert "in flight" in why_not(next_retraining(TERMS, journal, sight(1, 2), MANUAL))


@given(
    arrivals=st.lists(st.integers(1, 3), min_size=1, max_size=6),
    minimum=st.sampled_from([0, 150]),
    which=st.sampled_from(["each", "newest"]),
    ends=st.lists(st.sampled_from(["asked", "failed"]), min_size=30, max_size=30),
)
def test_whatever_comes_when_each_version_is_handled_once(
    arrivals: list[int], minimum: int, which: Any, ends: list[str]
) -> None:
    """The oracle counts: every version is in exactly one event, and each training's data are those of its newest."""
    terms = replace(TERMS, min_new_rows=minimum, versions=which)
    count, journal = 1, began("v1")
    for arrived in arrivals:
        count += arrived
        seen = sight(*(100 * n for n in range(1, count + 1)))
        while isinstance(found := next_retraining(terms, journal, seen), Start):
            journal = after(journal, found, ends=ends[len(journal.starts)])
    handled = [version for event in journal.events for version in event.versions]
    assert len(handled) == len(set(handled))
    assert all(event.dataset == event.versions[-1] for event in journal.starts)
    left = {f"v{n}" for n in range(1, count + 1)} - set(handled)
    assert len(left) <= (1 if minimum else 0), "at most the last one lacks rows"
    assert len({event.trigger for event in journal.starts}) == len(journal.starts)


def lines(journal: Journal) -> str:
    return "".join(event.line() for event in journal.events)


def test_a_journal_reads_back_as_it_was_written() -> None:
    journal = after(began("v1"), Start("version", "version:v2", "v2", ("v2",), "new\u2028line"))
    assert read("s", (lines(journal),)) == journal


@pytest.mark.parametrize("change", ["flip", "drop", "swap", "cut", "scope", "kind"])
def test_a_journal_that_was_touched_is_damaged(change: str) -> None:
    text = lines(after(began("v1"), Start("version", "version:v2", "v2", ("v2",), "new")))
    rows = text.split("\n")
    touched = {
        "flip": text.replace('"v2"', '"v3"', 1),
        "drop": "\n".join(rows[1:]),
        "swap": "\n".join([rows[1], rows[0], *rows[2:]]),
        "cut": text[:-20],
        "scope": text,
        "kind": text.replace('"kind":"asked"', '"kind":"kept"'),
    }[change]
    with pytest.raises(LedgerDamaged):
        read("another" if change == "scope" else "s", (touched,))


def test_times_are_spelled_in_the_largest_unit_that_tells_them() -> None:
    assert [spelled(n) for n in (59, 60, 119, 7200, 90_000, 200_000)] == [
        "59 s",
        "1 min",
        "119 s",
        "2 h",
        "25 h",
        "2 d",
    ]
