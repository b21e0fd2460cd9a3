"""The ledger's chain and the pure next action of a promotion."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.canonical import canonical
from gate.ledger import SEGMENT_RECORDS, Kind, Ledger, LedgerDamaged, read, segment_of
from gate.promotion import AddTag, Append, Effect, Observed, PostStatus, RemoveTag, alarm, next_action
from tests.records import NEW, SCOPE, chain, ledger, text


def seen(holders: set[str], status: str | None) -> Observed:
    return Observed(frozenset(holders), {NEW.commit: status})


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
    assert next_action(ledger(kind), seen(holders, status)) == expected


@pytest.mark.parametrize("holders", [set(), {"third"}, {"old", "third"}, {"new", "third"}])
def test_a_stranger_or_nobody_with_the_tag_is_a_conflict(holders: set[str]) -> None:
    effect = next_action(ledger("approve"), seen(holders, "pending"))
    assert isinstance(effect, Append)
    assert effect.kind == "conflict"


@pytest.mark.parametrize("status", [None, "pending", "failure"])
def test_a_tag_moved_before_success_was_posted_is_a_conflict(status: str | None) -> None:
    effect = next_action(ledger("promoted"), seen({"old"}, status))
    assert effect == Append("conflict", "the tag moved by hand before success was posted: old holds it")


FIRST = [
    (set(), AddTag("new")),
    ({"new"}, Append("promoted")),
    ({"third"}, Append("conflict", "third holds the tag and no record explains it")),
]


@pytest.mark.parametrize(("holders", "expected"), FIRST)
def test_the_first_best_of_all_has_nobody_to_take_the_tag_from(holders: set[str], expected: Effect) -> None:
    first = ledger("approve", previous_best=None, best=None)
    assert next_action(first, seen(holders, "pending")) == expected


def test_a_decision_about_no_run_needs_no_effect() -> None:
    assert next_action(ledger("bootstrap", candidate=None), seen({"old"}, None)) is None


def test_before_the_first_decision_nothing_is_done() -> None:
    assert next_action(Ledger(), seen({"old"}, None)) is None


def test_a_promotion_never_passes_through_a_moment_without_a_best() -> None:
    holders, status, records = {"old"}, "pending", chain("approve")
    done: list[Effect] = []
    while effect := next_action(Ledger(tuple(records)), seen(holders, status)):
        done.append(effect)
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
    assert [type(effect) for effect in done] == [AddTag, RemoveTag, Append, PostStatus]
    assert (holders, status) == ({"new"}, "success")


def test_an_alarm_names_who_holds_the_tag_and_who_should() -> None:
    assert alarm(ledger("promoted"), frozenset({"new"})) == ""
    assert alarm(ledger("promoted"), frozenset({"old"})) == "the ledger's best is new, but old holds the tag"
    assert alarm(ledger("promoted"), frozenset()) == "the ledger's best is new, but nobody holds the tag"
    assert (
        alarm(ledger("promoted"), frozenset({"new", "old"}))
        == "the ledger's best is new, but new and old holds the tag"
    )
    ended = alarm(ledger("conflict", comment="third holds it"), frozenset({"old"}))
    assert ended == "the last promotion ended in a conflict: third holds it"


@pytest.mark.parametrize("known", [Ledger(), ledger("reject", best=None)])
def test_before_a_best_is_recorded_one_run_may_hold_the_tag_but_not_two(known: Ledger) -> None:
    assert [alarm(known, frozenset(holders)) for holders in ([], ["old"])] == ["", ""]
    assert alarm(known, frozenset({"old", "new"})) == "2 runs hold the tag: new and old"


def test_a_first_best_is_awaited_until_there_is_one_but_never_amid_a_promotion() -> None:
    assert Ledger().awaits_best
    assert ledger("reject", best=None).awaits_best
    assert not ledger("approve", best=None).awaits_best
    assert not ledger("conflict", best=None).awaits_best
    assert not ledger("bootstrap").awaits_best


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


def test_a_segment_that_follows_is_read_after_the_one_before_it() -> None:
    first = chain(*["reject"] * SEGMENT_RECORDS)
    second = chain("approve", start=SEGMENT_RECORDS + 1, previous=first[-1].hash)
    assert read(text(second), first[-1]).tail == second[0]
    assert Ledger(tuple(second)).holds(first[-1])
    assert not Ledger(tuple(second)).holds(first[-2])
    with pytest.raises(LedgerDamaged, match="does not follow"):
        read(text(second), first[-2])
    with pytest.raises(LedgerDamaged, match="does not follow"):
        read(text(chain("approve", start=SEGMENT_RECORDS + 1)), first[-1])


BEGINNINGS = [
    # not a first record: the number, or what came before it
    {"start": 2},
    {"previous": "e" * 64},
    {"schema": 2},
]


@pytest.mark.parametrize("changed", BEGINNINGS)
def test_a_ledger_that_begins_otherwise_is_damaged(changed: dict[str, object]) -> None:
    with pytest.raises(LedgerDamaged, match=r"does not begin a segment|reads schema 1"):
        read(text(chain("bootstrap", **changed)))


def test_a_record_with_a_right_number_and_hash_of_another_chain_is_found() -> None:
    first, second = chain("bootstrap", "approve")
    for stranger in (replace(second, seq=3), replace(second, previous_hash="e" * 64), replace(second, scope="bats")):
        with pytest.raises(LedgerDamaged, match=r"does not follow|another scope"):
            read(text([first, stranger.sealed()]))


def test_a_line_that_is_no_record_is_found() -> None:
    (record,) = chain("bootstrap")
    for line in ("", "{", "[]", "null", record.line().replace('{"at"', '{"more":1,"at"'), '{"seq": 1}'):
        with pytest.raises(LedgerDamaged, match="line 2 is no record"):
            read(record.line() + line + "\n")


def test_each_part_of_a_scope_makes_another_ledger_and_its_name_does_not() -> None:
    others = [replace(SCOPE, **{part: "other"}) for part in ("server", "project", "task", "tag")]
    assert len({SCOPE.key, *(other.key for other in others)}) == 5
    assert replace(SCOPE, name="owls").key == SCOPE.key


def test_a_record_that_was_recomputed_but_not_chained_is_found() -> None:
    first, second, third = chain("bootstrap", "approve", "promoted")
    forged = replace(second, comment="forged").sealed()
    with pytest.raises(LedgerDamaged, match="does not follow"):
        read(text([first, forged, third]))


def test_canonical_json_refuses_floats() -> None:
    with pytest.raises(TypeError, match="decimal string"):
        canonical({"a": [1, {"b": 0.1}]})
