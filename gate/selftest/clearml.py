"""The calls to ClearML. All is made in one project, which is removed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from gate.evidence import Run
from gate.ports import Absent, ServiceError, Setup, Untrusted
from gate.selftest.step import Broken, Stage, Step, hold

T = TypeVar("T")
COMMIT, OTHER = "5e1f" * 10, "7e57" * 10
TASK, TAG, KEPT = "gate selftest", "gate-selftest-best", "gate-selftest-kept"
MARK = "gate-selftest-mark"
TITLE, SERIES, VALUES = "selftest", "loss", [0.75, 0.5, 0.125]
METRIC = f"{TITLE}/{SERIES}"
CELLS = [[3.0, 1.0], [0.0, 2.0]]
CONTENT = json.dumps({"rows": 1}).encode()
WAIT, STEPS_OF_WAIT = 0.5, 12  # events are searched in an index, which is behind by a second or more


def vitals(stage: Stage) -> str:
    found = stage.scratch.tracker.vitals()
    return f"server {found.server_version}, API {found.api_version}"


def reach_files(stage: Stage) -> str:
    found = stage.scratch.tracker.reach_files()
    hold(found < 500, found)
    return f"HTTP {found}"


def knows(stage: Stage) -> str:
    scratch = stage.scratch
    hold(not scratch.tracker.knows(scratch.name), "a project before it was made")
    scratch.runs.make_project()
    found = scratch.tracker.knows(scratch.name), scratch.tracker.knows(scratch.name.upper())
    hold(found == (True, False), found)
    stage["project"] = scratch.name
    return scratch.name


def runs(stage: Stage) -> str:
    """Makes two runs; the second is complete and has everything."""
    project, make = stage["project"], stage.scratch.runs
    first = make.make_run(TASK, COMMIT, KEPT)
    make.complete(first)
    second = make.make_run(TASK, OTHER, KEPT)
    make.report(second, TITLE, SERIES, VALUES)
    heatmap = {"data": [{"type": "heatmap", "z": CELLS, "x": ["cat", "owl"], "y": ["cat", "owl"]}], "layout": {}}
    make.plot(second, "confusion", "test", heatmap)
    stage["file"] = make.upload(second, "selftest", CONTENT)
    make.complete(second)
    found = stage.scratch.tracker.runs([first, second, "0" * 32])
    by_id = {run.id: run for run in found}
    hold(set(by_id) == {first, second} and by_id[second].project == project, by_id)
    hold(by_id[second].scalars[METRIC].last == VALUES[-1], by_id[second].scalars)
    stage["first"], stage["second"] = by_id[first], by_id[second]
    return f"{first}, {second}"


def runs_of(stage: Stage) -> str:
    tracker, project = stage.scratch.tracker, stage["project"]
    found = [[run.id for run in tracker.runs_of([commit], project)] for commit in (COMMIT, OTHER, "0" * 40)]
    hold(found == [[stage["first"].id], [stage["second"].id], []], found)
    return "exactly the runs of a commit"


def recent(stage: Stage) -> str:
    tracker, project = stage.scratch.tracker, stage["project"]
    found = [run.id for run in tracker.recent(project, TASK, 2)]
    hold(found == [stage["second"].id, stage["first"].id], found)
    hold(tracker.recent(project, TASK.upper(), 2) == [], "runs of a name in another case")
    return "newest first"


def add_tag(stage: Stage) -> str:
    tracker, run = stage.scratch.tracker, stage["second"].id
    for _ in range(2):
        tracker.add_tag(run, TAG)
    found = _holders(stage)
    hold([each.id for each in found] == [run] and set(found[0].tags) == {TAG, KEPT}, found)
    return "once, beside the others"


def remove_tag(stage: Stage) -> str:
    tracker, run = stage.scratch.tracker, stage["second"].id
    for _ in range(2):
        tracker.remove_tag(run, TAG)
    hold(_holders(stage) == [], "a holder of a tag that was removed")
    (left,) = tracker.runs([run])
    hold(left.tags == (KEPT,), left.tags)
    return "and no other"


def _holders(stage: Stage) -> list[Run]:
    return stage.scratch.tracker.holders(TAG, stage["project"], TASK)


def unknown(stage: Stage) -> str:
    try:
        stage.scratch.tracker.add_tag("0" * 32, TAG)
    except Absent as error:
        return str(error)
    raise Broken("a tag was given to a run that is not there")


def curve(stage: Stage) -> str:
    found = _patiently(lambda: stage.scratch.tracker.curve(stage["second"], METRIC), lambda each: len(each.values) == 3)
    hold((found.values, found.iterations) == (tuple(VALUES), (0, 1, 2)), found)
    return ", ".join(map(str, found.values))


def matrices(stage: Stage) -> str:
    found = _patiently(lambda: stage.scratch.tracker.matrices(stage["second"], "confusion/test"), bool)
    hold([matrix.cells.tolist() for matrix in found] == [CELLS], found)
    return f"{found[0].name}, rows {', '.join(found[0].rows)}"


def _patiently(ask: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """The last answer, if none is enough."""
    for _ in range(STEPS_OF_WAIT):
        if enough(found := ask()):
            return found
        time.sleep(WAIT)
    return found


def curves(stage: Stage) -> str:
    found = _patiently(lambda: stage.scratch.tracker.curves(stage["second"].id, 10), lambda each: METRIC in each)
    hold(METRIC in found, sorted(found))
    return ", ".join(sorted(found))


def briefs(stage: Stage) -> str:
    tracker, project = stage.scratch.tracker, stage["project"]
    place = tracker.place(project)
    hold(place is not None, f"no id of the project {project}")
    wanted = sorted([stage["first"].id, stage["second"].id])
    found = [brief.id for page in tracker.briefs(place or "", TASK, [METRIC]) for brief in page]
    hold((found, tracker.ids(place or "", TASK, 0, 10)) == (wanted, wanted), found)
    return "all runs of the name, in the order of their ids"


def origins(stage: Stage) -> str:
    found = stage.scratch.tracker.origins([stage["second"].id, "0" * 32])
    hold([each.run.id for each in found] == [stage["second"].id], found)
    return "of the run that is there"


def clone(stage: Stage) -> str:
    tracker, project, run = stage.scratch.tracker, stage["project"], stage["second"].id
    tracker.clone(run, f"{TASK} clone", MARK)
    found = tracker.marked(MARK, project)
    hold([each.tags for each in found] == [(MARK,)], found)
    (stage["draft"],) = (each.id for each in found)
    return "with the one tag that was asked for"


def set_up(stage: Stage) -> str:
    tracker, draft = stage.scratch.tracker, stage["draft"]
    tracker.set_up(draft, Setup(f"{TASK} draft", (MARK,), COMMIT, "main", "General/dataset_id", "7"))
    (found,) = tracker.runs([draft])
    said = (found.name, found.commit, found.diff, dict(found.parameters).get("General/dataset_id"))
    hold(said == (f"{TASK} draft", COMMIT, "", "7"), found)
    return "name, commit and parameter"


def enqueue(stage: Stage) -> str:
    """A queue that is there would let an agent run the draft."""
    try:
        stage.scratch.tracker.enqueue(stage["draft"], stage.scratch.name)
    except ServiceError as error:
        return str(error)
    raise Broken("a draft was put on a queue that is not there")


def datasets(stage: Stage) -> str:
    tracker, nobody = stage.scratch.tracker, ["0" * 32]
    found = [*tracker.datasets(nobody), *tracker.versions(nobody), *tracker.versions_of(stage["project"], "no data")]
    hold(found == [], found)
    return "none of what is not there"


def fetch(stage: Stage) -> str:
    artifact = stage["second"].artifacts["selftest"]
    found = stage.scratch.tracker.fetch(artifact, len(CONTENT)).read_bytes()
    hold(found == CONTENT, found)
    try:
        stage.scratch.tracker.fetch(artifact, len(CONTENT) - 1)
    except Untrusted:
        return f"{len(found)} bytes, sha256 as recorded"
    raise Broken("a file larger than allowed was read")


def link(stage: Stage) -> str:
    found = stage.scratch.tracker.link(stage["second"])
    hold(stage["second"].id in found, found)
    return found


def remove_file(stage: Stage) -> str:
    stage.scratch.runs.remove_file(stage["file"])
    return "removed"


def remove_all(stage: Stage) -> str:
    stage.scratch.runs.remove_all()
    hold(stage.scratch.tracker.runs_of([COMMIT, OTHER], stage.scratch.name) == [], "runs that were removed")
    return f"{stage.scratch.name} and its runs"


_step = partial(Step, "ClearML")
STEPS = (
    _step("vitals", "the login's token names the versions", vitals),
    _step("reach_files", "the file server answers with the same token", reach_files),
    _step("knows", "a project's name is found exactly, in its case", knows),
    _step("runs", "the newest value of a metric is there as soon as a run is completed", runs),
    _step("runs_of", "a pattern on the commit finds all its runs; what else it finds is told apart", runs_of),
    _step("recent", "completed runs, newest first", recent),
    _step("add_tag, holders", "tasks.update_tags adds one tag, twice is once", add_tag),
    _step("remove_tag", "tasks.update_tags removes one tag, twice is once", remove_tag),
    _step("add_tag: unknown run", "400/101 for a run that is not there", unknown),
    _step("curve", "every point of a metric, exactly", curve),
    _step("matrices", "a heatmap's cells come back as they were reported", matrices),
    _step("curves", "all curves of a run at once", curves),
    _step("place, briefs, ids", "pages of runs in the order of their ids", briefs),
    _step("origins", "an unknown run is left out", origins),
    _step("clone, marked", "new_task_tags replaces the tags of the run that is cloned", clone),
    _step("set_up", "tasks.edit changes a draft", set_up),
    _step("enqueue: unknown queue", "a queue is known by its exact name", enqueue),
    _step("datasets, versions, versions_of", "an unknown dataset is left out", datasets),
    _step("fetch", "an artifact is what its sha256 says, and no larger than allowed", fetch),
    _step("link", "the web application's address is known", link),
)
CLEANUP = (
    _step("clean up: file", "the file server removes it", remove_file),
    _step("clean up: runs", "the project and its runs can be removed", remove_all),
)
