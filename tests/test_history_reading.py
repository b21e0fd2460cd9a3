"""How a history is read: all of it once, in pages, and then only what changed; and what is noticed of the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.brief import Chronicle, chronicle_of
from gate.workflow.chronicle import FOLDER, Chronicles, Subject
from gate.workflow.history import Asked, Historian
from gate.workflow.versions import Versions
from tests.chronicles import at, brief, document
from tests.small_world import PROJECT, TASK, SmallWorld

SUBJECT = Subject(PROJECT, TASK, ("test/accuracy",))
MANY = 1_000  # exactly two full pages, so that a third one has to say that there are no more


@pytest.fixture
def filled(owls: SmallWorld) -> SmallWorld:
    owls.stored([document(number, number / MANY) for number in range(MANY)])
    return owls


def asked(owls: SmallWorld, work: Callable[[], object]) -> list[str]:
    """The requests that ClearML got meanwhile."""
    before = len(owls.tracker.heard)
    work()
    return [heard.line.rpartition("/")[2] for heard in owls.tracker.heard[before:]]


def rows(owls: SmallWorld, work: Callable[[], object]) -> int:
    """How many runs ClearML answered meanwhile, ids aside: asked for again, as it answers now."""
    before = len(owls.tracker.heard)
    work()
    bodies = [json.loads(heard.content) for heard in owls.tracker.heard[before:] if "get_all_ex" in heard.line]
    wide = [body for body in bodies if body["only_fields"] != ["id"]]
    return sum(len(owls.call("tasks.get_all_ex", {**body, "only_fields": ["id"]})["tasks"]) for body in wide)


def test_a_first_look_reads_pages_and_a_later_one_asks_three_times(filled: SmallWorld) -> None:
    chronicles = Chronicles(filled.connect())
    first = asked(filled, lambda: chronicles.read(SUBJECT))
    assert first == ["auth.login", "projects.get_all_ex", *["tasks.get_all_ex"] * 3]
    assert len(chronicles.read(SUBJECT).briefs) == MANY
    assert asked(filled, lambda: chronicles.read(SUBJECT)) == ["tasks.get_all_ex"] * 3


def test_another_process_goes_on_from_the_disk_with_three_requests(filled: SmallWorld) -> None:
    known = Chronicles(filled.connect()).read(SUBJECT)
    other = Chronicles(filled.connect())
    assert asked(filled, lambda: other.read(SUBJECT)) == ["auth.login", *["tasks.get_all_ex"] * 2]
    assert other.read(SUBJECT).briefs == known.briefs


def test_a_later_look_reads_only_what_changed(filled: SmallWorld) -> None:
    chronicles = Chronicles(filled.connect())
    known = chronicles.read(SUBJECT)
    chronicles.read(SUBJECT)
    changed, reported = sorted(known.briefs)[7:9]
    filled.call("tasks.update_tags", {"ids": [changed], "add_tags": ["best"]})
    filled.report(reported, "test/accuracy", [0.123])
    added = filled.run("a" * 40, {"test/accuracy": [0.99]})
    assert rows(filled, lambda: chronicles.read(SUBJECT)) <= 6, "three runs, by two kinds of time"
    now = chronicles.read(SUBJECT).briefs
    assert now[changed].tags == ("best",)
    assert now[reported].values["test/accuracy"][0] == 0.123
    assert now[added].values["test/accuracy"] == (0.99, 0.99, 0.99)
    assert len(now) == MANY + 1


def test_a_run_that_was_deleted_moved_or_renamed_is_gone_at_the_next_look(owls: SmallWorld) -> None:
    runs = owls.stored([document(number, 0.5) for number in range(5)])
    chronicles = Chronicles(owls.connect())
    chronicles.read(SUBJECT)
    elsewhere = owls.call("projects.create", {"name": "Elsewhere", "description": ""})["id"]
    owls.call("tasks.edit", {"task": runs[0], "project": elsewhere, "force": True})
    assert set(chronicles.read(SUBJECT).briefs) == set(runs[1:])
    owls.call("tasks.edit", {"task": runs[1], "name": "another name", "force": True})
    assert set(chronicles.read(SUBJECT).briefs) == set(runs[2:])
    delete(owls, max(runs[2:]))
    assert set(chronicles.read(SUBJECT).briefs) == set(runs[2:]) - {max(runs[2:])}


def delete(owls: SmallWorld, run: str) -> None:
    assert owls.store is not None
    documents = owls.store._world.documents
    with documents.transaction():
        documents.delete("tasks", run)


def test_one_that_was_deleted_while_another_was_added_is_noticed_too(owls: SmallWorld) -> None:
    runs = owls.stored([document(number, 0.5) for number in range(5)])
    chronicles = Chronicles(owls.connect())
    chronicles.read(SUBJECT)
    delete(owls, runs[2])
    added = owls.stored([document(9, 0.5)])
    assert set(chronicles.read(SUBJECT).briefs) == {*runs, *added} - {runs[2]}


def test_a_run_that_nobody_told_us_of_is_found(owls: SmallWorld) -> None:
    """Its times are older than all that was seen, as if a clock had been set back."""
    owls.stored([document(number, 0.5) for number in range(100, 105)])
    chronicles = Chronicles(owls.connect())
    chronicles.read(SUBJECT)
    late = owls.stored([document(1, 0.5)])
    assert late[0] in chronicles.read(SUBJECT).briefs


def test_what_changes_while_pages_are_read_is_read_at_the_next_look(filled: SmallWorld) -> None:
    chronicles = Chronicles(filled.connect())
    first = sorted(Chronicles(filled.connect()).read(SUBJECT).briefs)[0]

    def change() -> None:
        filled.call("tasks.update_tags", {"ids": [first], "add_tags": ["late"]})
        filled.run("b" * 40)

    filled.tracker.overtake("tasks.get_all_ex", change, saying='"page": 1')
    chronicles.doubt()
    folder = filled.connect().cache / FOLDER
    for kept in folder.iterdir():
        kept.unlink()
    chronicles.read(SUBJECT)
    assert chronicles.read(SUBJECT).briefs[first].tags == ("late",)


def test_everything_is_read_again_after_a_day_and_when_it_is_doubted(owls: SmallWorld) -> None:
    runs = owls.stored([document(number, 0.5) for number in range(3)])
    clock = datetime.now(UTC)
    world = replace(owls.connect(), now=lambda: clock)
    chronicles = Chronicles(world)
    chronicles.read(SUBJECT)
    clock += timedelta(days=1, minutes=1)
    whole = ["tasks.get_all_ex"]
    assert asked(owls, lambda: chronicles.read(SUBJECT)) == whole
    chronicles.doubt()
    assert asked(owls, lambda: chronicles.read(SUBJECT)) == whole
    assert set(chronicles.read(SUBJECT).briefs) == set(runs)


def test_a_time_from_the_future_is_not_gone_on_from(owls: SmallWorld) -> None:
    runs = owls.stored([document(1, 0.5), {**document(2, 0.5), "last_change": "2999-01-01T00:00:00.000000+00:00"}])
    chronicles = Chronicles(owls.connect())
    chronicles.read(SUBJECT)
    owls.call("tasks.update_tags", {"ids": [runs[0]], "add_tags": ["seen"]})
    assert chronicles.read(SUBJECT).briefs[runs[0]].tags == ("seen",)


def test_a_project_that_does_not_exist_yet_has_no_runs_and_is_asked_for_again(owls: SmallWorld) -> None:
    chronicles = Chronicles(owls.connect())
    assert chronicles.read(SUBJECT).briefs == {}
    run = owls.run("c" * 40)
    assert set(chronicles.read(SUBJECT).briefs) == {run}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 0}', '{"version": 1, "briefs": [[1]], "place": "x"}'])
def test_a_damaged_file_is_read_anew(owls: SmallWorld, text: str) -> None:
    run = owls.run("d" * 40)
    Chronicles(owls.connect()).read(SUBJECT)
    (kept,) = (owls.connect().cache / FOLDER).iterdir()
    kept.write_text(text)
    assert set(Chronicles(owls.connect()).read(SUBJECT).briefs) == {run}


def test_a_chronicle_survives_the_disk(tmp_path: Path) -> None:
    one = brief("a" * 32, 5, 0.25, tags=("x", "y"), archived=True, datasets={"train": "b" * 32}, owner="mira")
    other = brief("b" * 32, 6, None, status="failed")
    chronicle = Chronicle("place", {each.id: each for each in (one, other)}, at(1), at(2), 3.5)
    assert chronicle_of(json.loads(json.dumps(chronicle.as_json()))) == chronicle


def test_metrics_with_several_slashes_and_values_that_are_no_numbers_are_read(owls: SmallWorld) -> None:
    run = owls.run("e" * 40, {"test/accuracy": [0.1, 0.7, 0.4]})
    deep = Subject(PROJECT, TASK, ("test/accuracy", "a/b/c"))
    event = {"type": "training_stats_scalar", "task": run, "metric": "a/b", "variant": "c", "iter": 1, "value": 2.5}
    owls.call("events.add", {**event, "timestamp": 1_700_000_000_000})
    found = Chronicles(owls.connect()).read(deep).briefs[run]
    assert found.values == {"test/accuracy": (0.4, 0.1, 0.7), "a/b/c": (2.5, 2.5, 2.5)}


def test_the_whole_history_of_a_scope_asks_for_the_names_of_datasets_once(owls: SmallWorld) -> None:
    owls.stored([document(1, 0.5, hyperparams=dataset("f" * 32)), document(2, 0.6, hyperparams=dataset("e" * 32))])
    historian = Historian(owls.connect())
    first = asked(owls, lambda: historian.tell(Asked()))
    assert first == ["auth.login", "projects.get_all_ex", "tasks.get_all_ex", "tasks.get_all_ex"]
    assert len(asked(owls, lambda: historian.tell(Asked()))) == 3


def test_names_of_datasets_are_kept_on_disk_and_a_damaged_file_is_as_none(owls: SmallWorld) -> None:
    ident = owls.stored([{"name": "flights 1.0", "runtime": {"version": "1.0.0", "ds_total_size": 5}}])[0]
    known = Versions(owls.connect()).named([ident, "no id", "f" * 32])
    assert {each.id: (each.name, each.version, each.size) for each in known.values()} == {
        ident: ("flights 1.0", "1.0.0", 5)
    }
    other = Versions(owls.connect())
    assert asked(owls, lambda: other.named([ident])) == ["auth.login"]
    assert other.named([ident]) == known
    for kept in (owls.connect().cache / FOLDER).iterdir():
        kept.write_text("[{}]")
    assert Versions(owls.connect()).named([ident]) == known


def dataset(ident: str) -> dict[str, object]:
    return {"Datasets": {"train": {"section": "Datasets", "name": "train", "value": ident}}}


def test_a_deletion_is_noticed_where_the_ids_fill_their_last_page(filled: SmallWorld) -> None:
    chronicles = Chronicles(filled.connect())
    runs = set(chronicles.read(SUBJECT).briefs)
    delete(filled, min(runs))
    assert set(chronicles.read(SUBJECT).briefs) == runs - {min(runs)}
