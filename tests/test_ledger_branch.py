"""The ledger on its branch: started once, appended to by compare-and-swap, verified from the first record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gate import ledger as books
from gate.config import ConfigError
from gate.ledger import SEGMENT_RECORDS, LedgerDamaged, Model, Record, Scope
from gate.ports import Moved
from gate.workflow import Question, World, check
from gate.workflow.book import BRANCH, README, append, open_book, verify
from gate.workflow.scopes import places, scopes_of_default_branch
from gate.workflow.start import start
from tests.records import chain, text
from tests.small_world import POLICY, SmallWorld


def place_of(owls: SmallWorld) -> Scope:
    (place,) = places(owls.connect())
    return place


def write(world: World, place: Scope, segment: int, records: list[Record]) -> None:
    world.forge.start_branch(BRANCH, README)
    path = books.segment_path(place, segment)
    known = world.forge.read(path, BRANCH)
    world.forge.write(path, text(records), BRANCH, "by hand", known.sha if known else None)


def long_chain(place: Scope) -> list[Record]:
    """One record more than fits into a segment."""
    return chain("bootstrap", *["reject"] * SEGMENT_RECORDS, scope=place.key)


def test_a_full_segment_is_followed_by_another_that_verifies_with_it(owls: SmallWorld) -> None:
    world, place = owls.connect(), place_of(owls)
    *full, more = long_chain(place)
    write(world, place, 1, full)
    book = append(world, place, open_book(world.forge, place), more)
    assert book.ledger.records == (*full, more)
    assert world.forge.names(books.folder(place), BRANCH) == ["000001.jsonl", "000002.jsonl"]
    assert verify(world.forge, place) == SEGMENT_RECORDS + 1
    (third,) = chain("reject", start=SEGMENT_RECORDS + 2, previous=more.hash, scope=place.key)
    assert append(world, place, book, third).ledger.records == (*full, more, third)


def test_readers_of_the_same_text_share_its_records(owls: SmallWorld) -> None:
    world, place = owls.connect(), place_of(owls)
    *full, more = long_chain(place)
    write(world, place, 1, full)
    append(world, place, open_book(world.forge, place), more)
    one, other = (open_book(world.forge, place).ledger.records for _ in range(2))
    assert len(one) == len(full) + 1
    assert all(mine is theirs for mine, theirs in zip(one, other, strict=True))


def cut_first(world: World, place: Scope) -> None:
    write(world, place, 1, long_chain(place)[: SEGMENT_RECORDS - 1])


def change_first(world: World, place: Scope) -> None:
    first, *rest = long_chain(place)[:-1]
    write(world, place, 1, [replace(first, comment="forged"), *rest])


def forge_first(world: World, place: Scope) -> None:
    write(world, place, 1, chain(*["reject"] * SEGMENT_RECORDS, scope=place.key))


DAMAGES = [
    (cut_first, r"000002.jsonl: line 1 \(record 501\) does not follow record 499"),
    (change_first, r"000001.jsonl: line 1 \(record 1\) was changed"),
    (forge_first, r"000002.jsonl: line 1 \(record 501\) does not follow record 500"),
]


@pytest.mark.parametrize(("damage", "why"), DAMAGES, ids=[row[0].__name__ for row in DAMAGES])
def test_verifying_names_the_segment_and_the_first_bad_line(
    owls: SmallWorld, damage: Callable[[World, Scope], None], why: str
) -> None:
    world, place = owls.connect(), place_of(owls)
    *full, more = long_chain(place)
    write(world, place, 1, full)
    write(world, place, 2, [more])
    damage(world, place)
    with pytest.raises(LedgerDamaged, match=why):
        verify(world.forge, place)


def test_a_lost_segment_is_named(owls: SmallWorld) -> None:
    world, place = owls.connect(), place_of(owls)
    write(world, place, 2, [long_chain(place)[-1]])
    with pytest.raises(LedgerDamaged, match=r"segment 000001.jsonl is missing"):
        verify(world.forge, place)


def test_a_segment_of_another_scope_or_without_a_record_is_not_believed(owls: SmallWorld) -> None:
    world, place = owls.connect(), place_of(owls)
    write(world, place, 1, chain("bootstrap", scope="another"))
    with pytest.raises(LedgerDamaged, match="is not of the scope"):
        open_book(world.forge, place)
    write(world, place, 1, [])
    with pytest.raises(LedgerDamaged, match="is not of the scope"):
        open_book(world.forge, place)


def test_a_ledger_that_was_never_begun_has_no_records(owls: SmallWorld) -> None:
    world, place = owls.connect(), place_of(owls)
    assert (open_book(world.forge, place).started, verify(world.forge, place)) == (False, 0)


def test_of_two_appends_to_one_state_the_second_writes_nothing(owls: SmallWorld) -> None:
    world, place = owls.connect(), place_of(owls)
    write(world, place, 1, chain("bootstrap", scope=place.key))
    book = open_book(world.forge, place)
    mine, theirs = (book.sequel("reject", 0, None, at=at, comment="c") for at in ("2026", "2027"))
    append(world, place, book, mine)
    with pytest.raises(Moved, match="same moment"):
        append(world, place, book, theirs)
    assert [record.at for record in open_book(world.forge, place).ledger.records][1:] == ["2026"]


def test_of_two_ledgers_begun_at_once_one_is_the_ledger(owls: SmallWorld) -> None:
    world, place = owls.connect(), place_of(owls)
    nothing = open_book(world.forge, place)
    first, second = (nothing.sequel("bootstrap", 0, Model(task, "a" * 40), at="2026") for task in ("1", "2"))
    append(world, place, nothing, first)
    with pytest.raises(Moved, match="same moment"):
        append(world, place, nothing, second)
    assert open_book(world.forge, place).ledger.best == Model("1", "a" * 40)


def test_starting_records_the_one_holder_and_starting_again_changes_nothing(owls: SmallWorld) -> None:
    world, place = owls.connect(), place_of(owls)
    with pytest.raises(ConfigError, match="found: none"):
        start(world, place)
    best = owls.run(owls.main(), tags=["best"])
    assert start(world, place) == best
    owls.run(owls.main(), tags=["best"])
    assert start(world, place) == best
    assert verify(world.forge, place) == 1


def test_starting_with_several_holders_is_refused_with_their_names(owls: SmallWorld) -> None:
    holders = sorted(owls.run(owls.main(), tags=["best"]) for _ in range(2))
    with pytest.raises(ConfigError, match=f"found: {holders[0]}, {holders[1]}"):
        start(owls.connect(), place_of(owls))


def test_starting_amid_a_first_promotion_changes_nothing(owls: SmallWorld) -> None:
    world, place = owls.connect(), place_of(owls)
    write(world, place, 1, chain("approve", scope=place.key, previous_best=None, best=None))
    owls.run(owls.main(), tags=["best"])
    assert start(world, place) == "not decided yet"
    assert verify(world.forge, place) == 1


def test_scopes_are_chosen_by_name_and_an_unknown_name_lists_them(owls: SmallWorld) -> None:
    owls.set_policy(POLICY + POLICY.replace('"owls"', '"bats"').replace('"train"', '"train bats"'))
    world = owls.connect()
    assert [scope.name for scope in scopes_of_default_branch(world)] == ["owls", "bats"]
    assert [scope.name for scope in scopes_of_default_branch(world, "bats")] == ["bats"]
    with pytest.raises(ConfigError, match="there is no scope 'cats'; the policy has: owls, bats"):
        scopes_of_default_branch(world, "cats")


def test_without_a_policy_there_is_nothing_to_reconcile_or_judge(owls: SmallWorld) -> None:
    repo = owls.as_user("tomas")
    repo.delete_file("gate.toml", "Remove", repo.get_contents("gate.toml", ref="main").sha, branch="main")
    with pytest.raises(ConfigError, match=r"has no gate.toml on main"):
        scopes_of_default_branch(owls.connect())
    with pytest.raises(ConfigError, match="there is nothing to judge by"):
        check(owls.connect(), Question(commit=owls.main()))
