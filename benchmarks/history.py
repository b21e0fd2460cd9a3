"""A project with a long history: thousands of runs of one task name, a best one, and pull requests with candidates."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from benchmarks.runs import SERIES, TASK, TITLE, Trainer
from gate.sandbox.clearml import ClearmlSandbox
from gate.sandbox.flights.hosting import make_repository
from gate.sandbox.flights.seed import after_seeding
from gate.sandbox.flights.wire import clearml, of_repository
from gate.sandbox.home import Home
from gate.sandbox.launch import servers

PROJECT, TAG = "Owls", "best"
BEST_TAGS = (TAG, "reviewed")
POLICY = f"""
[[scope]]
name = "owls"
project = "{PROJECT}"
task = "{TASK}"
tag = "{TAG}"
[[scope.rule]]
kind = "metric"
metric = "{TITLE}/{SERIES}"
direction = "max"
allowed_loss = "1pp"
[[scope.rule]]
kind = "classes"
"""
AUTHOR = "tomas"
RERUNS = 4  # runs of each commit of the past
UNCOMMITTED = 9  # runs of each candidate's commit that are no candidates: they had uncommitted changes
BATCH = 500  # tasks stored in one transaction
DIFF = "diff --git a/train.py b/train.py\n" + "".join(f"-rate = {n}\n+rate = 0.{n}\n" for n in range(60))


@dataclass(frozen=True)
class Candidate:
    """A pull request that waits for its verdict, with its commit and its run."""

    pull: int
    commit: str
    run: str


@dataclass(frozen=True)
class Founded:
    """The best run, its whole document, and the candidates, each better than the best."""

    best: str
    document: Mapping[str, Any]
    candidates: tuple[Candidate, ...]


def found(home: Home, pulls: int) -> Founded:
    """Make the repository, the best run, ``pulls`` candidates and the ledger. The servers must not run yet."""
    with servers(home):
        make_repository(home)
        main = commit(home, "Begin", {"gate.toml": POLICY})
        of_repository(home, AUTHOR, "POST", "/git/refs", ref="refs/heads/main", sha=main)
        trainer = Trainer(home, clearml(home, "projects.create", name=PROJECT, description="")["id"])
        best = trainer.run(main, accuracy=0.8, wrong_every=5)
        clearml(home, "tasks.update_tags", ids=[best], add_tags=BEST_TAGS)
        after_seeding(home)
        document = clearml(home, "tasks.get_by_id", task=best)["task"]
        return Founded(best, document, tuple(_candidate(home, trainer, main, n) for n in range(pulls)))


def _candidate(home: Home, trainer: Trainer, main: str, number: int) -> Candidate:
    pull, head = opened(home, main, number)
    return Candidate(pull, head, trainer.run(head, accuracy=0.9, wrong_every=10 + number))


def opened(home: Home, main: str, number: int) -> tuple[int, str]:
    """A pull request with one commit of its own: its number, and the commit."""
    branch = f"try-{number}"
    head = commit(home, f"Try {number}", {"train.py": f"print({number})\n"}, main)
    of_repository(home, AUTHOR, "POST", "/git/refs", ref=f"refs/heads/{branch}", sha=head)
    pull = of_repository(home, AUTHOR, "POST", "/pulls", title=branch, body="", head=branch, base="main")
    return int(pull["number"]), head


def commit(home: Home, message: str, files: Mapping[str, str], parent: str = "") -> str:
    def made(kind: str, **body: object) -> str:
        return str(of_repository(home, AUTHOR, "POST", f"/git/{kind}", **body)["sha"])

    entries = [{"path": path, "mode": "100644", "type": "blob", "content": text} for path, text in files.items()]
    tree = made("trees", tree=entries, **({"base_tree": parent} if parent else {}))
    return made("commits", message=message, tree=tree, parents=[parent] if parent else [])


def fill(
    home: Home,
    founded: Founded,
    size: int,
    progress: Callable[[int], object],
    drawn: Iterator[dict[str, Any]] | None = None,
) -> None:
    """Store ``size`` more runs: those ``drawn``, or each like the best but for its commit, changes, tags and end."""
    with closing(ClearmlSandbox(home.world / "clearml", home.access_key, home.secret_key)) as sandbox:
        documents = islice(drawn or chain(_uncommitted(founded), _past(founded)), size)
        while part := list(islice(documents, BATCH)):
            progress(len(sandbox.add_tasks(part)))


def _uncommitted(founded: Founded) -> Iterator[dict[str, Any]]:
    for candidate in founded.candidates:
        for _ in range(UNCOMMITTED):
            yield _like(founded.document, candidate.commit, DIFF)


def _past(founded: Founded) -> Iterator[dict[str, Any]]:
    number = 0
    while True:
        commit = hashlib.sha1(f"commit {number // RERUNS}".encode()).hexdigest()
        yield _like(founded.document, commit, DIFF if number % 3 else "") | {
            "status": "completed" if number % 10 else "failed",
            "tags": [f"sweep-{number % 50}", f"{TAG}-of-week-{number // 50}", "baseline"],
            "system_tags": [] if number % 20 else ["archived"],
        }
        number += 1


def scattered(founded: Founded, size: int, until: datetime, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Runs of two years, slowly better, whose datasets change every quarter; some failed, some diverged."""
    chance = random.Random(seed)
    for number, document in enumerate(islice(_past(founded), size)):
        share = number / size
        ended = (until - (1 - share) * timedelta(days=730)).isoformat(timespec="microseconds")
        value = 0.0 if number % 97 == 0 else min(1.0, 0.55 + 0.3 * share + chance.gauss(0, 0.04))
        dataset = hashlib.md5(f"quarter {int(8 * share)}".encode()).hexdigest()
        used = {"Datasets": {"train": {"section": "Datasets", "name": "train", "value": dataset}}}
        times = dict.fromkeys(("created", "started", "completed", "last_change", "last_update"), ended)
        yield document | times | {"last_metrics": _reported(document, value), "hyperparams": used}


def _reported(document: Mapping[str, Any], value: float) -> dict[str, Any]:
    """The same curves with another end of the one that counts."""
    facts = dict.fromkeys(("value", "min_value", "max_value"), value)
    return {
        title: {
            name: entry | (facts if (entry["metric"], entry["variant"]) == (TITLE, SERIES) else {})
            for name, entry in variants.items()
        }
        for title, variants in document["last_metrics"].items()
    }


def _like(document: Mapping[str, Any], commit: str, diff: str) -> dict[str, Any]:
    copied = {name: value for name, value in document.items() if name != "id"}
    return copied | {"script": document["script"] | {"version_num": commit, "diff": diff}, "tags": []}
