"""The ledger's chain and the pure next action of a promotion."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.canonical import canonical
from gate.ledger import (
    GENESIS,
    SEGMENT_RECORDS,
    Kind,
    Ledger,
    LedgerDamaged,
    Model,
    Record,
    Reviewer,
    Scope,
    read,
    segment_of,
)
from gate.promotion import AddTag, Append, Effect, Observed, PostStatus, RemoveTag, alarm, next_action

OLD, NEW, THIRD = Model("old", "0" * 40), Model("new", "1" * 40, 7), Model("third", "2" * 40)
SCOPE = Scope("127.0.0.1:8008", "Owls", "train", "best")
ANNA = Reviewer("anna", 7, "test")


def chain(*kinds: Kind, start: int = 1, comment: str = "") -> list[Record]:
    records, previous = [], GENESIS if start == 1 else "f" * 64
    for seq, kind in enumerate(kinds, start):
        best = NEW if kind == "promoted" else OLD
        record = Record(
            SCOPE.key, seq, 1, kind, NEW, OLD, best, "p" * 64, ANNA, comment, "2026-01-01T00:00:00Z", previous
        ).sealed()
        records.append(record)
        previous = record.hash
    return records


def text(records: list[Record]) -> str:
    return "".join(record.line() for record in records)


def ledger(*kinds: Kind) -> Ledger:
    return Ledger(tuple(chain(*kinds)))


TABLE = [
    # tail, holders, status, next
    ("approve", {"old"}, "pending", AddTag("new")),
    ("approve", {"old", "new"}, "pending", RemoveTag("old")),
    ("approve", {"new"}, "pending", Append("promoted")),
    ("promoted", {"new"}, "pending", PostStatus("1" * 40, "success")),
    ("promoted", {"new"}, None, PostStatus("1" * 40, "success")),
    ("promoted", {"new"}, "success", None),
    ("promoted", {"old"}, "success", None),  # moved by hand at rest: an alarm, never a fight
    ("reject", {"old"}, None, PostStatus("1" * 40, "failure")),
    ("reject", {"old"}, "failure", None),
    ("conflict", {"third"}, "pending", PostStatus("1" * 40, "error")),
    ("conflict", {"third"}, "error", None),
]


@pytest.mark.parametrize(("kind", "holders", "status", "expected"), TABLE)
def test_the_next_action(kind: Kind, holders: set[str], status: str | None, expected: Effect | None) -> None:
    assert next_action(ledger(kind), Observed(frozenset(holders), status)) == expected


@pytest.mark.parametrize("holders", [set(), {"third"}, {"old", "third"}, {"new", "third"}])
def test_a_stranger_or_nobody_with_the_tag_is_a_conflict(holders: set[str]) -> None:
    effect = next_action(ledger("approve"), Observed(frozenset(holders), "pending"))
    assert isinstance(effect, Append)
    assert effect.kind == "conflict"


def test_before_the_first_decision_nothing_is_done() -> None:
    assert next_action(Ledger(), Observed(frozenset({"old"}), None)) is None


def test_a_promotion_never_passes_through_a_moment_without_a_best() -> None:
    holders, status, records = {"old"}, "pending", chain("approve")
    seen: list[Effect] = []
    while effect := next_action(Ledger(tuple(records)), Observed(frozenset(holders), status)):
        seen.append(effect)
        match effect:
            case AddTag(task):
                holders.add(task)
            case RemoveTag(task):
                holders.remove(task)
            case Append(kind):
                records = chain("approve", kind)
            case PostStatus(_, state):
                status = state
        assert holders
    assert [type(effect) for effect in seen] == [AddTag, RemoveTag, Append, PostStatus]
    assert (holders, status) == ({"new"}, "success")


def test_an_alarm_names_who_holds_the_tag_and_who_should() -> None:
    assert alarm(ledger("promoted"), frozenset({"new"})) == ""
    assert alarm(ledger("promoted"), frozenset({"old"})) == "the ledger's best is new, but old holds the tag"
    assert alarm(ledger("promoted"), frozenset()) == "the ledger's best is new, but nobody holds the tag"


@given(st.text(max_size=80))
def test_a_ledger_reads_back_whatever_the_comment(comment: str) -> None:
    comment = comment.encode("utf-8", "replace").decode()
    records = chain("bootstrap", "approve", "promoted", comment=comment)
    assert list(read(text(records)).records) == records


@given(st.integers(0, 2), st.integers(0, 10_000))
def test_any_changed_character_is_found(line: int, place: int) -> None:
    lines = text(chain("bootstrap", "approve", "promoted")).split("\n")
    position = place % len(lines[line])
    old = lines[line][position]
    lines[line] = lines[line][:position] + ("x" if old != "x" else "y") + lines[line][position + 1 :]
    with pytest.raises(LedgerDamaged, match=f"line {line + 1}"):
        read("\n".join(lines))


@pytest.mark.parametrize("order", [(0, 2), (1, 2), (1, 0, 2), (0, 0, 1), (0, 2, 1)])
def test_a_dropped_repeated_or_moved_line_is_found(order: tuple[int, ...]) -> None:
    records = chain("bootstrap", "approve", "promoted")
    with pytest.raises(LedgerDamaged):
        read(text([records[index] for index in order]))


def test_a_segment_begins_where_it_should() -> None:
    assert [segment_of(seq) for seq in (1, SEGMENT_RECORDS, SEGMENT_RECORDS + 1)] == [1, 1, 2]
    assert read(text(chain("approve", start=SEGMENT_RECORDS + 1))).epoch == 1
    with pytest.raises(LedgerDamaged, match="does not begin a segment"):
        read(text(chain("approve", start=2)))


def test_a_record_that_was_recomputed_but_not_chained_is_found() -> None:
    first, second, third = chain("bootstrap", "approve", "promoted")
    forged = replace(second, comment="forged").sealed()
    with pytest.raises(LedgerDamaged, match="does not follow"):
        read(text([first, forged, third]))


def test_canonical_json_refuses_floats() -> None:
    with pytest.raises(TypeError, match="decimal string"):
        canonical({"a": [1, {"b": 0.1}]})
