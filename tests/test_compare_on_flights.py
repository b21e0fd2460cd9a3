"""Real runs side by side: what is named is exactly what git and the tasks themselves say, seen from both sides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from gate.compare import as_json
from gate.connect import connect
from gate.workflow import World
from gate.workflow.compare import compare
from gate.workflow.lineage import trace
from tests.flights_world import FlightsWorld, metrics

pytest_plugins = ("tests.sandbox_world",)

BRANCHES = ("second-quarter", "smaller-leaves", "hour-feature", "regular-carriers", "another-seed")


def compared(world: World, a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    """As a program reads it."""
    found: dict[str, Any] = json.loads(as_json(compare(world, a["id"], b["id"])))
    return found


def gate(world: FlightsWorld, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gate", "compare", *arguments]
    given = {**os.environ, **world.environment}
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


def named(found: dict[str, Any], section: str) -> set[str]:
    return {line["name"] for line in found["sections"][section]["lines"]}


def git(world: FlightsWorld, *arguments: str) -> str:
    folder = world.home.world / "github" / "repositories" / "1.git"  # the first one that was made
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def settings(task: dict[str, Any]) -> dict[str, str]:
    """Every hyperparameter of the document itself."""
    return {
        f"{section}/{name}": entry["value"]
        for section, entries in task["hyperparams"].items()
        for name, entry in entries.items()
    }


def pins(task: dict[str, Any]) -> dict[str, str]:
    lines = [line.split(" == ") for line in task["script"]["requirements"]["pip"].splitlines() if " == " in line]
    return {name.replace("_", "-").lower(): version for name, version in lines}


def patched(task: dict[str, Any]) -> dict[str, str]:
    """The files of a run's uncommitted changes; each run's patch is its own."""
    heads = [line for line in (task["script"]["diff"] or "").splitlines() if line.startswith("diff ")]
    return {line.split()[-1].removeprefix("b/"): task["id"] for line in heads}


def differing(a: dict[str, str], b: dict[str, str]) -> set[str]:
    return {name for name in a.keys() | b.keys() if a.get(name) != b.get(name)}


@pytest.fixture(scope="module")
def connected(world: FlightsWorld) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in world.environment.items():
            patch.setenv(name, value)
        yield connect(world.environment)


@pytest.fixture(scope="module")
def tasks(world: FlightsWorld) -> list[dict[str, Any]]:
    return [world.best(), *(world.run(branch) for branch in BRANCHES)]


@pytest.mark.parametrize("pair", range(len(BRANCHES)), ids=BRANCHES)
def test_two_runs_differ_in_what_git_and_their_tasks_say(
    world: FlightsWorld, connected: World, tasks: list[dict[str, Any]], pair: int
) -> None:
    """Neighbours on the list: the first is ahead of the best, all others diverged from each other."""
    a, b = list(pairwise(tasks))[pair]
    found = compared(connected, a, b)
    commits = [task["script"]["version_num"] for task in (a, b)]
    assert named(found, "files") == set(git(world, "diff", "--name-only", "--no-renames", *commits).split())
    one, other = settings(a), settings(b)
    assert named(found, "parameters") == {name for name in differing(one, other) if not name.startswith("Datasets/")}
    used = [{name[9:]: value for name, value in each.items() if name.startswith("Datasets/")} for each in (one, other)]
    assert named(found, "datasets") == differing(*used)
    assert named(found, "packages") == differing(pins(a), pins(b))
    results = [{name: f"{value:.6g}" for name, value in metrics(task).items()} for task in (a, b)]
    assert named(found, "results") == differing(*results)
    assert found["commits"]["status"] == ("ahead" if pair == 0 else "diverged")
    assert named(found, "uncommitted files") == differing(*(patched(task) for task in (a, b)))


def test_seen_from_the_other_side_the_same_differs(connected: World, tasks: list[dict[str, Any]]) -> None:
    there, back = compared(connected, tasks[0], tasks[1]), compared(connected, tasks[1], tasks[0])
    assert (there["commits"]["status"], back["commits"]["status"]) == ("ahead", "behind")
    for section in there["sections"]:
        assert named(there, section) == named(back, section)
    assert named(back, "files") == {"train.py"}, "GitHub's own comparison names none for an older commit"


def test_the_lineage_of_a_run_has_its_dataset_s_ancestors(connected: World, tasks: list[dict[str, Any]]) -> None:
    found = trace(connected, tasks[1]["id"])
    train, parent = found.data()[:2]
    assert train.text.startswith("flights 2013 1.1.0 · 1.43 MB · 5 files")
    assert (parent.name, parent.indent) == ("made from", 1)
    assert parent.text.startswith("flights 2013 1.0.0 · 838 kB")
    assert found.origin.python
    assert found.origin.entry_point == "train.py"


def test_the_command_says_it_in_words_and_names_a_run_that_does_not_exist(
    world: FlightsWorld, tasks: list[dict[str, Any]]
) -> None:
    said = gate(world, tasks[0]["id"], tasks[1]["id"])
    assert said.returncode == 0
    assert "  ~ General/dataset_version: 1.0.0 -> 1.1.0" in said.stdout
    done = gate(world, tasks[0]["id"], "f" * 32)
    assert done.returncode == 4
    assert f"ClearML has no run {'f' * 32}" in done.stderr
