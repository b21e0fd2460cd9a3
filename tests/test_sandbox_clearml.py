"""The ClearML sandbox keeps the quirks of the real server that the gate relies on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from gate.sandbox.clearml import ClearmlSandbox
from gate.sandbox.serve import serve
from tests.clearml_wire import KEY, NO_ID, SECRET, T0, Wire, hashed, running, scalar

SHA_A, SHA_B = "a1b2c3d4" * 5, "C3D4E5F6" * 5


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with running(tmp_path_factory.mktemp("clearml")) as wire:
        yield wire


@pytest.fixture(scope="module")
def zoo(wire: Wire) -> str:
    """A project with four tasks that differ in commit, tags and status."""
    project = wire.project("zoo")
    wire.task(project, "alpha one", script={"version_num": SHA_A}, tags=["red", "blue"], comment="first")
    wire.task(project, "alpha two", tags=["red"], system_tags=["archived"])
    running_one = wire.task(project, "beta", script={"version_num": SHA_B}, tags=["green", "blue"])
    wire.task(project, "bare")
    wire.call("tasks.started", task=running_one)
    return project


EVERYTHING = ["alpha one", "alpha two", "bare", "beta"]


# -- envelope and credentials


def test_every_answer_has_its_envelope(wire: Wire) -> None:
    answer = wire.http.get(f"{wire.api}/v2.23/tasks.get_all_ex", json={"id": [NO_ID]}, timeout=20).json()
    assert answer["data"] == {"tasks": []}
    meta = answer["meta"]
    assert meta["endpoint"] == {"name": "tasks.get_all_ex", "requested_version": "2.23", "actual_version": "1.0"}
    assert (meta["result_code"], meta["result_subcode"], meta["result_msg"]) == (200, 0, "OK")
    assert len(meta["id"]) == len(meta["trx"]) == 32
    assert meta["error_data"] == {}
    assert meta["error_stack"] is None


@pytest.mark.parametrize(
    ("authorization", "subcode"),
    [(None, 20), ("Basic bm86bm8=", 22), ("Basic !!!", 22), ("Bearer junk", 30), ("Digest x", 10)],
)
def test_a_caller_without_valid_credentials_is_told_why(wire: Wire, authorization: str | None, subcode: int) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = requests.post(f"{wire.api}/tasks.get_all_ex", json={}, headers=headers, timeout=20)
    assert (answer.status_code, answer.json()["meta"]["result_subcode"]) == (401, subcode)


def test_a_token_expires(wire: Wire) -> None:
    token = wire.call("auth.login", expiration_sec=-10)["token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.post(f"{wire.api}/tasks.get_all_ex", json={}, headers=headers, timeout=20)
    assert (answer.status_code, answer.json()["meta"]["result_subcode"]) == (401, 30)


def test_secrets_stay_out_of_sight(wire: Wire) -> None:
    assert SECRET not in repr(wire.sandbox._world)


@pytest.mark.parametrize(
    ("endpoint", "body", "expected"),
    [
        ("tasks.get_by_id", {"task": NO_ID}, (400, 101)),
        ("tasks.get_by_id", {}, (400, 12)),
        ("tasks.get_all_ex", {"only_fields": ["no_such.field"]}, (400, 14)),
        ("tasks.get_all_ex", {"only_fields": ["script.nope"]}, (400, 14)),
        ("tasks.get_all_ex", {"_any_": {"fields": ["script.version_num"], "pattern": "("}}, (400, 21)),
        ("tasks.get_all_ex", {"page": 0, "page_size": 0}, (400, 12)),
        ("tasks.get_all_ex", {"page": 0, "page_size": "many"}, (500, 0)),
        ("tasks.create", {"name": "run", "type": "training", "project": NO_ID}, (400, 16)),
        ("tasks.create", {"name": "run", "type": "nope"}, (400, 12)),
        ("tasks.create", {"name": "ab", "type": "training"}, (400, 800)),
        ("tasks.started", {"task": NO_ID}, (400, 10)),
        ("projects.get_by_id", {"project": NO_ID}, (400, 401)),
        ("projects.create", {"name": "zoo"}, (400, 801)),
        ("queues.create", {"name": "default"}, (400, 801)),
        ("models.get_by_id", {"model": NO_ID}, (400, 201)),
        ("tasks.nope", {}, (404, 0)),
    ],
)
def test_a_bad_request_gets_the_subcode_of_the_real_server(
    wire: Wire, zoo: str, endpoint: str, body: dict, expected: tuple[int, int]
) -> None:
    assert wire.refused(endpoint, **body) == expected


def test_unknown_fields_of_a_body_are_ignored(wire: Wire, zoo: str) -> None:
    assert wire.found(zoo, bogus=[1], method="get") == EVERYTHING


# -- finding tasks


def test_a_top_level_commit_filter_is_silently_ignored(wire: Wire, zoo: str) -> None:
    assert wire.found(zoo, **{"script.version_num": [SHA_A]}) == EVERYTHING


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        (f"^{SHA_A}$", ["alpha one"]),
        (f"^{SHA_A.upper()}$", ["alpha one"]),
        (f"^{SHA_B.lower()}$", ["beta"]),
        ("^a1b2", ["alpha one"]),
        ("c3d4", ["alpha one", "beta"]),
        ("", ["alpha one", "beta"]),
        ("^deadbeef$", []),
    ],
)
def test_a_commit_pattern_ignores_case_and_matches_where_the_field_exists(
    wire: Wire, zoo: str, pattern: str, names: list[str]
) -> None:
    assert wire.found(zoo, _any_={"fields": ["script.version_num"], "pattern": pattern}) == names


def test_any_needs_one_field_and_all_needs_each(wire: Wire, zoo: str) -> None:
    query = {"fields": ["name", "comment"], "pattern": "alpha|first"}
    assert wire.found(zoo, _any_=query) == ["alpha one", "alpha two"]
    assert wire.found(zoo, _all_=query) == ["alpha one"]


@pytest.mark.parametrize(
    ("name", "names"), [("alpha", ["alpha one", "alpha two"]), ("^bare$", ["bare"]), ("ALPHA", [])]
)
def test_a_name_is_an_unanchored_pattern_that_minds_case(wire: Wire, zoo: str, name: str, names: list[str]) -> None:
    assert wire.found(zoo, name=name) == names


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        (["red", "green"], ["alpha one", "alpha two", "beta"]),
        (["__$all", "red", "blue"], ["alpha one"]),
        (["__$and", "red", "blue"], ["alpha one"]),
        (["-red"], ["bare", "beta"]),
        (["blue", "-red"], ["beta"]),
        (["__$all", "blue", "-red"], []),
        (["__$not", "red"], ["bare", "beta"]),
        (["__$not", "red", "blue"], ["beta"]),
        (["__$all", "blue", "__$not", "red"], ["beta"]),
        ([], EVERYTHING),
        ([None], ["bare"]),
        (["nobody has it"], []),
    ],
)
def test_tags_filter_by_the_little_language(wire: Wire, zoo: str, tags: list, names: list[str]) -> None:
    assert wire.found(zoo, tags=tags) == names


def test_archived_tasks_are_found_unless_excluded(wire: Wire, zoo: str) -> None:
    assert "alpha two" in wire.found(zoo)
    assert wire.found(zoo, system_tags=["-archived"]) == ["alpha one", "bare", "beta"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"status": ["in_progress"]}, ["beta"]),
        ({"status": ["-created"]}, ["beta"]),
        ({"status": ["bogus"]}, []),
        ({"type": ["testing"]}, []),
        ({"last_update": [">=2020-01-01T00:00:00"]}, EVERYTHING),
        ({"last_update": [">=2120-01-01T00:00:00"]}, []),
        ({"filters": {"tags": {"all": {"include": ["blue"]}, "any": {"exclude": ["red"]}}}}, ["beta"]),
        ({"order_by": ["-name"]}, EVERYTHING[::-1]),
        ({"order_by": ["status", "-name"]}, ["bare", "alpha two", "alpha one", "beta"]),
        ({"order_by": ["comment", "name"]}, EVERYTHING),
    ],
)
def test_other_filters_and_orders(wire: Wire, zoo: str, query: dict, names: list[str]) -> None:
    assert wire.found(zoo, **query) == names


def test_a_page_is_silently_cut_to_500(wire: Wire) -> None:
    project = wire.project("many")
    wire.sandbox.add_tasks({"name": f"t{i:04}", "project": project} for i in range(525))
    expected = [f"t{i:04}" for i in range(525)]
    assert wire.found(project) == expected[:500]
    assert wire.found(project, page=0, page_size=1000) == expected[:500]
    assert wire.found(project, page=1, page_size=1000) == expected[500:]
    assert wire.found(project, page=2, page_size=500) == []
    assert wire.found(project, page=2, page_size=200) == expected[400:]


def test_an_unknown_scroll_id_begins_at_the_start(wire: Wire, zoo: str) -> None:
    query = {"project": [zoo], "only_fields": ["name"], "order_by": ["name"], "size": 3}
    first = wire.call("tasks.get_all_ex", **query, scroll_id="made up")
    rest = wire.call("tasks.get_all_ex", **query, scroll_id=first["scroll_id"])
    assert [task["name"] for task in first["tasks"] + rest["tasks"]] == EVERYTHING


def test_references_are_objects_in_one_listing_and_ids_in_the_other(wire: Wire, zoo: str) -> None:
    query = {"project": [zoo], "name": "^bare$"}
    extended = wire.call("tasks.get_all_ex", **query, only_fields=["project.name"])["tasks"][0]
    plain = wire.call("tasks.get_all", **query, only_fields=["project"])["tasks"][0]
    assert extended["project"] == {"id": zoo, "name": "zoo"}
    assert plain == {"project": zoo}


def test_a_projection_keeps_empty_containers(wire: Wire, zoo: str) -> None:
    fields = ["script.version_num", "execution.artifacts", "last_metrics.a.b.value", "runtime.version", "parent"]
    found = wire.call("tasks.get_all_ex", project=[zoo], name="^bare$", only_fields=fields)["tasks"][0]
    found.pop("id")
    assert found == {"script": {}, "execution": {"artifacts": []}, "last_metrics": {}, "runtime": {}}


def test_hidden_projects_are_found_only_by_who_looks_for_them(wire: Wire) -> None:
    hidden = wire.call("projects.create", name="zoo/.datasets/months", system_tags=["hidden", "dataset"])["id"]
    query = {"name": "months", "only_fields": ["id"]}
    assert wire.call("projects.get_all", **query) == {"projects": []}
    assert wire.call("projects.get_all", **query, search_hidden=True) == {"projects": [{"id": hidden}]}


# -- tags


@pytest.fixture
def tagged(wire: Wire) -> str:
    return wire.task(wire.call("projects.get_all", name="^zoo$")["projects"][0]["id"], tags=["alpha", "u"])


def test_adding_a_tag_twice_keeps_it_once_and_counts_both(wire: Wire, zoo: str, tagged: str) -> None:
    for _ in range(2):
        assert wire.call("tasks.update_tags", ids=[tagged], add_tags=["best"]) == {"updated": 1}
    assert wire.read(tagged)["tags"] == ["alpha", "best", "u"]


def test_adding_and_removing_are_two_updates_and_removing_comes_last(wire: Wire, zoo: str, tagged: str) -> None:
    assert wire.call("tasks.update_tags", ids=[tagged], add_tags=["b"], remove_tags=["b", "u"]) == {"updated": 2}
    assert wire.read(tagged)["tags"] == ["alpha"]


def test_one_bad_id_changes_no_task(wire: Wire, zoo: str, tagged: str) -> None:
    assert wire.refused("tasks.update_tags", ids=[tagged, NO_ID], add_tags=["mixed"]) == (400, 101)
    assert wire.read(tagged)["tags"] == ["alpha", "u"]


def test_update_tags_needs_ids_and_tags(wire: Wire, zoo: str, tagged: str) -> None:
    assert wire.refused("tasks.update_tags", ids=[tagged]) == (400, 12)
    assert wire.refused("tasks.update_tags", ids=[], add_tags=["x"]) == (400, 12)


def test_an_edit_replaces_all_tags_and_needs_force_once_started(wire: Wire, zoo: str, tagged: str) -> None:
    wire.call("tasks.edit", task=tagged, tags=["z", "a"])
    assert wire.read(tagged)["tags"] == ["a", "z"]
    wire.call("tasks.started", task=tagged)
    assert wire.refused("tasks.edit", task=tagged, tags=["x"]) == (400, 110)
    wire.call("tasks.edit", task=tagged, tags=["x"], force=True)
    assert wire.read(tagged)["tags"] == ["x"]


def test_tags_of_a_published_task_still_change(wire: Wire, zoo: str, tagged: str) -> None:
    for action in ("started", "completed", "publish"):
        wire.call(f"tasks.{action}", task=tagged)
    wire.call("tasks.update", task=tagged, tags=["p"])
    wire.call("tasks.update_tags", ids=[tagged], add_tags=["best"])
    assert wire.read(tagged)["tags"] == ["best", "p"]


def test_tags_that_look_like_operators_pass_only_update_tags(wire: Wire, zoo: str, tagged: str) -> None:
    assert wire.refused("tasks.update", task=tagged, tags=["__$all"]) == (400, 16)
    wire.call("tasks.update_tags", ids=[tagged], add_tags=["__$all", ""])
    assert {"__$all", ""} <= {*wire.read(tagged)["tags"]}


# -- the life of a task


def test_a_task_moves_only_to_statuses_that_may_follow(wire: Wire, zoo: str) -> None:
    task = wire.task(zoo)
    for action in ("completed", "publish", "failed"):
        assert wire.refused(f"tasks.{action}", task=task) == (400, 110)
    wire.call("tasks.started", task=task)
    assert wire.refused("tasks.publish", task=task) == (400, 110)
    for action in ("started", "completed", "completed", "publish"):
        wire.call(f"tasks.{action}", task=task)
    assert wire.read(task)["status"] == "published"
    assert wire.refused("tasks.reset", task=task) == (400, 110)


def test_a_clone_keeps_tags_and_code_and_drops_what_the_run_wrote(wire: Wire, zoo: str) -> None:
    source = wire.task(zoo, "source", script={"version_num": SHA_A, "diff": "d"}, tags=["best"])
    wire.call("tasks.started", task=source)
    wire.scalars(source, "loss", "train", [(0, 1.0)])
    kept, written = {"key": "in", "type": "custom", "mode": "input"}, {"key": "out", "type": "custom"}
    wire.call("tasks.add_or_update_artifacts", task=source, artifacts=[kept, written])
    clone = wire.read(wire.call("tasks.clone", task=source, new_task_name="copy")["id"])
    assert (clone["name"], clone["tags"], clone["status"], clone["parent"]) == ("copy", ["best"], "created", source)
    assert (clone["script"]["version_num"], clone["script"]["diff"]) == (SHA_A, "d")
    assert clone["last_metrics"] == {}
    assert [artifact["key"] for artifact in clone["execution"]["artifacts"]] == ["in"]
    retagged = wire.read(wire.call("tasks.clone", task=source, new_task_tags=["n"])["id"])
    uncleared = wire.read(wire.call("tasks.clone", task=source, new_task_tags=[])["id"])
    assert (retagged["tags"], uncleared["tags"]) == (["n"], ["best"])


def test_a_reset_task_is_a_draft_again_without_its_metrics(wire: Wire, zoo: str) -> None:
    task = wire.task(zoo, script={"version_num": SHA_A})
    wire.call("tasks.started", task=task)
    wire.scalars(task, "loss", "train", [(3, 1.0)])
    wire.call("tasks.reset", task=task)
    found = wire.read(task)
    assert (found["status"], found["last_metrics"], found["last_iteration"]) == ("created", {}, 0)
    assert found["script"]["version_num"] == SHA_A
    assert "started" not in found
    assert wire.call("events.scalar_metrics_iter_histogram", task=task) == {}


def test_artifacts_are_refused_once_a_task_has_ended_even_with_force(wire: Wire, zoo: str) -> None:
    task = wire.task(zoo)
    wire.call("tasks.started", task=task)
    artifact = {"key": "predictions", "type": "custom", "hash": "51" * 32}
    wire.call("tasks.add_or_update_artifacts", task=task, artifacts=[artifact])
    wire.call("tasks.add_or_update_artifacts", task=task, artifacts=[artifact | {"hash": "52" * 32}])
    wire.call("tasks.completed", task=task)
    late = {"task": task, "artifacts": [artifact], "force": True}
    assert wire.refused("tasks.add_or_update_artifacts", **late) == (400, 110)
    assert [found["hash"] for found in wire.read(task)["execution"]["artifacts"]] == ["52" * 32]
    parts = wire.call("tasks.get_all_ex", id=[task], only_fields=["execution.artifacts.key"])["tasks"][0]
    assert parts["execution"] == {"artifacts": []}


def test_a_queued_task_waits_until_it_is_taken(wire: Wire, zoo: str) -> None:
    task = wire.task(zoo)
    queue = wire.call("queues.create", name="night")["id"]
    wire.call("tasks.enqueue", task=task, queue=queue)
    assert wire.refused("tasks.enqueue", task=task, queue=queue) == (400, 706)
    assert wire.read(task)["status"] == "queued"
    assert wire.call("queues.get_next_task", queue=queue)["entry"]["task"] == task
    assert wire.call("queues.get_next_task", queue=queue) == {}


def test_a_dequeued_task_is_a_draft_again(wire: Wire, zoo: str) -> None:
    task = wire.task(zoo)
    wire.call("tasks.enqueue", task=task, queue_name="default")
    assert wire.call("tasks.dequeue", task=task)["updated"] == 1
    assert wire.read(task)["status"] == "created"
    assert wire.call("tasks.dequeue", task=task)["updated"] == 0


def test_properties_change_without_force_and_other_parameters_do_not(wire: Wire, zoo: str) -> None:
    task = wire.task(zoo)
    wire.call("tasks.started", task=task)
    items = {section: [{"section": section, "name": "a.b", "value": "1"}] for section in ("properties", "Args")}
    wire.call("tasks.edit_hyper_params", task=task, hyperparams=items["properties"])
    assert wire.refused("tasks.edit_hyper_params", task=task, hyperparams=items["Args"]) == (400, 110)
    assert list(wire.read(task)["hyperparams"]) == ["properties"]


# -- metrics


@pytest.fixture
def measured(wire: Wire, zoo: str) -> str:
    task = wire.task(zoo, "measured")
    wire.call("tasks.started", task=task)
    return task


def test_the_last_value_is_that_of_the_last_batch(wire: Wire, measured: str) -> None:
    wire.scalars(measured, "loss", "train", [(0, 0.5)])
    wire.scalars(measured, "loss", "train", [(5, 4.0), (9, -2.5), (7, 1.25)])
    assert wire.summary(measured, "loss", "train")["value"] == -2.5
    wire.scalars(measured, "loss", "train", [(2, 100.0)])
    assert wire.summary(measured, "loss", "train") == {
        "metric": "loss",
        "variant": "train",
        "value": 100.0,
        "min_value": -2.5,
        "min_value_iteration": 9,
        "max_value": 100.0,
        "max_value_iteration": 2,
        "first_value": 0.5,
        "first_value_iteration": 0,
        "count": 5,
        "mean_value": 20.65,
    }
    assert wire.read(measured)["last_iteration"] == 9


def test_the_mean_is_rounded_to_two_decimals(wire: Wire, measured: str) -> None:
    wire.scalars(measured, "loss", "train", [(0, 0.0), (1, 0.0), (2, 1.0)])
    assert wire.summary(measured, "loss", "train")["mean_value"] == 0.33


def test_a_metric_filters_and_orders_tasks(wire: Wire) -> None:
    project = wire.project("ranked")
    for name, value in (("good", 0.9), ("bad", 0.1)):
        task = wire.task(project, name)
        wire.call("tasks.started", task=task)
        wire.scalars(task, "acc", "val", [(0, value)])
    wire.task(project, "unmeasured")
    field = f"last_metrics.{hashed('acc')}.{hashed('val')}.value"
    assert wire.found(project, **{field: [0.5, 1]}) == ["good"]
    assert wire.found(project, order_by=[field]) == ["bad", "good", "unmeasured"]
    assert wire.found(project, order_by=["-" + field]) == ["good", "bad", "unmeasured"]


def test_a_summary_holds_at_most_2000_variants(wire: Wire, measured: str) -> None:
    wire.report(*(scalar(measured, "recall", f"class {i}", 0, 1.0) for i in range(2005)))
    assert len(wire.read(measured)["last_metrics"][hashed("recall")]) == 2000


def test_single_values_stay_out_of_curves(wire: Wire, measured: str) -> None:
    wire.scalars(measured, "Summary", "auc", [(-(2**31), 0.1)])
    assert wire.call("events.scalar_metrics_iter_histogram", task=measured) == {}
    (found,) = wire.call("events.get_task_single_value_metrics", tasks=[measured])["tasks"]
    assert found["values"] == [{"metric": "Summary", "variant": "auc", "value": 0.1, "timestamp": T0}]
    assert wire.read(measured)["last_iteration"] == 0


def test_a_long_curve_is_averaged_and_the_raw_one_is_exact(wire: Wire, measured: str) -> None:
    wire.scalars(measured, "long", "v", [(i, i + 0.1) for i in range(5000)])
    curve = wire.call("events.scalar_metrics_iter_histogram", task=measured, samples=10)["long"]["v"]
    assert curve["x"] == [500 * i for i in range(10)]
    assert curve["y"] == pytest.approx([500 * i + 249.6 for i in range(10)], rel=1e-6)
    assert len(wire.call("events.scalar_metrics_iter_histogram", task=measured)["long"]["v"]["x"]) == 1667
    query = {"task": measured, "metric": {"metric": "long"}, "batch_size": 3000, "count_total": True}
    first = wire.call("events.scalar_metrics_iter_raw", **query)
    rest = wire.call("events.scalar_metrics_iter_raw", **query, scroll_id=first["scroll_id"])
    assert (first["total"], first["returned"], rest["returned"]) == (5000, 3000, 2000)
    assert first["variants"]["v"]["y"] + rest["variants"]["v"]["y"] == [i + 0.1 for i in range(5000)]


def test_curves_pass_through_single_precision_and_raw_events_do_not(wire: Wire, measured: str) -> None:
    wire.scalars(measured, "p", "v", [(0, 0.1)])
    curve = wire.call("events.scalar_metrics_iter_histogram", task=measured)["p"]["v"]
    raw = wire.call("events.scalar_metrics_iter_raw", task=measured, metric={"metric": "p", "variants": ["v"]})
    assert curve["y"] == [0.10000000149011612]
    assert raw["variants"]["v"] == {"iter": [0], "y": [0.1]}


def test_a_scalar_of_the_same_iteration_replaces_the_earlier_one(wire: Wire, measured: str) -> None:
    wire.scalars(measured, "dup", "v", [(1, 1.0), (1, 2.0)])
    assert wire.call("events.scalar_metrics_iter_histogram", task=measured)["dup"]["v"]["y"] == [2.0]
    assert wire.summary(measured, "dup", "v")["count"] == 2


def test_good_events_of_a_batch_are_kept_and_bad_ones_counted(wire: Wire, measured: str) -> None:
    answer = wire.report(scalar(measured, "m", "v", 0, 1.0), scalar(NO_ID, "m", "v", 0, 1.0)).json()["data"]
    assert (answer["added"], answer["errors"]) == (1, 1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [({"task": NO_ID}, (400, 131)), ({"type": "bogus"}, (400, 131)), ({"value": "abc"}, (500, 0))]
    + [({"value": value}, (400, 131)) for value in (float("nan"), float("inf"))],
)
def test_a_batch_without_a_good_event_is_refused(
    wire: Wire, measured: str, change: dict, expected: tuple[int, int]
) -> None:
    meta = wire.report(scalar(measured, "m", "v", 0, 1.0) | change).json()["meta"]
    assert (meta["result_code"], meta["result_subcode"]) == expected
    assert wire.read(measured)["last_metrics"] == {}


def test_a_published_task_takes_events_only_with_allow_locked(wire: Wire, measured: str) -> None:
    wire.call("tasks.completed", task=measured)
    wire.scalars(measured, "late", "v", [(1, 1.0)])
    wire.call("tasks.publish", task=measured)
    assert wire.report(scalar(measured, "late", "v", 2, 2.0)).status_code == 400
    assert wire.report(scalar(measured, "late", "v", 3, 3.0, allow_locked=True)).status_code == 200
    assert wire.summary(measured, "late", "v")["count"] == 2


def test_plots_come_back_as_they_were_sent_by_last_iteration(wire: Wire, measured: str) -> None:
    plot = {"type": "plot", "task": measured, "metric": "confusion", "variant": "val", "timestamp": T0}
    sent = [plot | {"iter": i, "plot_str": f'{{"data": [{{"z": [[{i}]]}}]}}'} for i in range(3)]
    wire.report(*sent)
    last = wire.call("events.get_task_plots", task=measured, iters=2)["plots"]
    assert [found["plot_str"] for found in last] == [event["plot_str"] for event in sent[1:]]


# -- files


def headers(wire: Wire) -> dict[str, str]:
    return {"Authorization": f"Bearer {wire.call('auth.login')['token']}"}


def test_files_come_back_whole_and_in_ranges(wire: Wire) -> None:
    bearer, path = headers(wire), "zoo/run.1/artifacts/a/a.txt"
    sent = requests.post(wire.files, files={path: ("a.txt", b"abcdefghij")}, headers=bearer, timeout=20)
    assert sent.json() == [path]
    url = f"{wire.files}/{path}"
    assert requests.get(url, headers=bearer, timeout=20).content == b"abcdefghij"
    part = requests.get(url, headers=bearer | {"Range": "bytes=2-5"}, timeout=20)
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"cdef", "bytes 2-5/10")
    cookie = {"clearml_token_basic": bearer["Authorization"].removeprefix("Bearer ")}
    assert requests.get(url, cookies=cookie, timeout=20).content == b"abcdefghij"


def test_files_need_a_token_and_keys_are_not_enough(wire: Wire) -> None:
    for auth in (None, (KEY, SECRET)):
        assert requests.get(f"{wire.files}/zoo/x", auth=auth, timeout=20).status_code == 401
        assert requests.post(wire.files, files={"zoo/x": b"x"}, auth=auth, timeout=20).status_code == 401


@pytest.mark.parametrize("path", ["../signature", "../../escaped", "a/../../signature"])
def test_no_path_leads_out_of_the_folder_of_files(wire: Wire, path: str) -> None:
    answer = requests.post(wire.files, files={path: ("x", b"owned")}, headers=headers(wire), timeout=20)
    assert answer.status_code == 404
    encoded = path.replace("..", "%2e%2e").replace("/", "%2f")
    assert requests.get(f"{wire.files}/{encoded}", headers=headers(wire), timeout=20).status_code == 404


# -- pages


def test_a_task_page_shows_what_a_reviewer_looks_for(wire: Wire, zoo: str) -> None:
    task = wire.task(zoo, "shown", script={"version_num": SHA_A}, tags=["best"])
    wire.call("tasks.edit_hyper_params", task=task, hyperparams=[{"section": "Args", "name": "depth", "value": "13"}])
    wire.call("tasks.started", task=task)
    wire.scalars(task, "accuracy", "val", [(0, 0.625)])
    artifact = {"key": "predictions", "type": "custom", "uri": f"{wire.files}/p.parquet"}
    wire.call("tasks.add_or_update_artifacts", task=task, artifacts=[artifact])
    for kind in ("experiments", "tasks"):
        page = requests.get(f"{wire.web}/projects/{zoo}/{kind}/{task}/output/log", timeout=20).text
        for text in ("shown", "in_progress", SHA_A, "best", "accuracy", "0.625", "depth", "13"):
            assert text in page
        assert f'href="{wire.files}/p.parquet"' in page


def test_pages_escape_what_clients_sent_and_link_only_to_web_addresses(wire: Wire, zoo: str) -> None:
    task = wire.task(zoo, "<script>alert(1)</script>")
    artifact = {"key": "bad", "type": "custom", "uri": "javascript:alert(1)"}
    wire.call("tasks.add_or_update_artifacts", task=task, artifacts=[artifact])
    for url in (wire.web, f"{wire.web}/projects/{zoo}/experiments/{task}"):
        page = requests.get(url, timeout=20).text
        assert "&lt;script&gt;" in page
        assert "<script>" not in page
        assert 'href="javascript' not in page


def test_the_first_page_lists_the_latest_50_tasks_of_each_project(wire: Wire) -> None:
    project = wire.project("fifty")
    wire.sandbox.add_tasks({"name": f"numbered-{i:02}", "project": project} for i in range(52))
    page = requests.get(wire.web, timeout=20).text
    assert [i for i in range(52) if f"numbered-{i:02}" in page] == list(range(2, 52))


def test_the_page_of_an_unknown_task_is_not_found(wire: Wire, zoo: str) -> None:
    assert requests.get(f"{wire.web}/projects/{zoo}/experiments/{NO_ID}", timeout=20).status_code == 404


# -- what is kept


def test_bulk_loaded_tasks_are_full_tasks(wire: Wire) -> None:
    project = wire.project("bulk")
    (id,) = wire.sandbox.add_tasks([{"name": "bulk", "project": project, "tags": ["b", "a"], "status": "completed"}])
    created = wire.read(wire.task(project, "wire"))
    loaded = wire.read(id)
    assert loaded.keys() == created.keys()
    assert (loaded["tags"], loaded["status"]) == (["a", "b"], "completed")


def test_a_bulk_load_that_fails_leaves_nothing_behind(wire: Wire) -> None:
    project = wire.project("broken")
    with pytest.raises(TypeError):
        wire.sandbox.add_tasks([{"name": "good", "project": project}, {"name": "bad", "comment": object()}])
    assert wire.found(project) == []
    wire.task(project, "after")
    assert wire.found(project) == ["after"]


SERVER = """
import sys, time
from pathlib import Path
from gate.sandbox.clearml import ClearmlSandbox
from gate.sandbox.serve import serve

with serve(lambda url: ClearmlSandbox(Path(sys.argv[1]), sys.argv[2], sys.argv[3]).api) as url:
    print(url, flush=True)
    time.sleep(60)
"""


def test_a_killed_server_loses_nothing_it_acknowledged_and_tokens_stay_valid(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SERVER, str(tmp_path), KEY, SECRET]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        api = server.stdout.readline().strip()
        with requests.Session() as http:
            http.auth = (KEY, SECRET)
            token = http.post(f"{api}/auth.login", json={}, timeout=20).json()["data"]["token"]
            body = {"name": "kept", "type": "training"}
            task = http.post(f"{api}/tasks.create", json=body, timeout=20).json()["data"]["id"]
            http.post(f"{api}/tasks.update_tags", json={"ids": [task], "add_tags": ["best"]}, timeout=20)
            http.post(f"{api}/events.add", json=scalar(task, "loss", "v", 0, 0.5), timeout=20)
        os.kill(server.pid, signal.SIGKILL)
    sandbox = ClearmlSandbox(tmp_path, KEY, SECRET)
    with serve(lambda url: sandbox.api) as again:
        bearer = {"Authorization": f"Bearer {token}"}

        def read(endpoint: str) -> dict:
            return requests.post(f"{again}/{endpoint}", json={"task": task}, headers=bearer, timeout=20).json()["data"]

        assert read("tasks.get_by_id")["task"]["tags"] == ["best"]
        assert read("events.scalar_metrics_iter_histogram")["loss"]["v"]["y"] == [0.5]
    sandbox.close()
