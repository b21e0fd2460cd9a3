"""Both services in memory, behind the gate's own ports: each request passes a line that may hold or lose it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from gate.evidence import Artifact, Curve, Dataset, Matrix, Run, Scalar
from gate.ledger import Scope
from gate.ports import Absent, Account, Makers, Moved, Pull, Repository, Text
from tests.small_world import POLICY, PROJECT, REPOSITORY, TAG, TASK

Answer = TypeVar("Answer")
Line = Callable[[str, Callable[[], Any]], Any]
CLONE = f"https://owls.example/{REPOSITORY}.git"
MAIN = "0" * 40
PEOPLE = {"tomas": 1, "noor": 2, "mira": 3}
PLACE = Scope("owls.example", PROJECT, TASK, TAG)


@dataclass
class Owls:
    """What the services know. ``said`` hears of everything that changed, the moment it has."""

    runs: dict[str, Run] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    files: dict[tuple[str, str], Text] = field(default_factory=dict)
    posted: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    policy: str = POLICY
    said: Callable[[str, str], None] = lambda what, of: None

    def run(self, commit: str, accuracy: float, *tags: str) -> str:
        ident = f"{len(self.runs) + 1:032x}"
        scalars = {"test/accuracy": Scalar(accuracy, accuracy, accuracy)}
        self.runs[ident] = Run(ident, TASK, PROJECT, "completed", commit, CLONE, tags=tags, scalars=scalars)
        return ident

    def open(self, number: int, head: str) -> None:
        numbers = (number, "Try", "mira", PEOPLE["mira"], head, "main", MAIN)
        self.pulls[number] = Pull(*numbers, open=True, fork=False, url="", created="", repositories=(CLONE,))

    def holders(self) -> list[str]:
        return [run.id for run in self.runs.values() if TAG in run.tags]

    def tag(self, task: str, *, adds: bool) -> None:
        kept = tuple(tag for tag in self.runs[task].tags if tag != TAG)
        self.runs[task] = replace(self.runs[task], tags=(*kept, TAG) if adds else kept)

    def state(self, commit: str) -> str | None:
        return self.posted[commit][0][0] if self.posted[commit] else None

    def ledger(self) -> str:
        """All lines, of all segments."""
        kept = {path: text.content for (_, path), text in self.files.items() if path.startswith("scopes/")}
        return "".join(kept[path] for path in sorted(kept))


@dataclass(frozen=True)
class MemoryTracker:
    owls: Owls
    line: Line
    server: str = PLACE.server

    def runs_of(self, commits: Sequence[str], project: str) -> list[Run]:
        return list(self.line("runs", lambda: [run for run in self.owls.runs.values() if run.commit in commits]))

    def holders(self, tag: str, project: str, task: str) -> list[Run]:
        return list(self.line("holders", lambda: [run for run in self.owls.runs.values() if tag in run.tags]))

    def runs(self, ids: Sequence[str]) -> list[Run]:
        return [self.owls.runs[ident] for ident in ids if ident in self.owls.runs]

    def recent(self, project: str, task: str, most: int) -> list[Run]:
        return list(self.owls.runs.values())[-most:]

    def datasets(self, ids: Sequence[str]) -> list[Dataset]:
        return []

    def curve(self, run: Run, metric: str) -> Curve:
        return Curve((run.scalars[metric].last,))

    def matrices(self, run: Run, name: str = "") -> list[Matrix]:
        return []

    def add_tag(self, run: str, tag: str) -> None:
        self.line("write add", lambda: self._tag(run, adds=True))

    def remove_tag(self, run: str, tag: str) -> None:
        self.line("write remove", lambda: self._tag(run, adds=False))

    def _tag(self, run: str, *, adds: bool) -> None:
        self.owls.tag(run, adds=adds)
        self.owls.said("add" if adds else "remove", run)

    def fetch(self, artifact: Artifact, limit: int, told: Callable[[str], None] = lambda _: None) -> Path:
        raise Absent(artifact.name)

    def link(self, run: Run) -> str:
        return ""


@dataclass(frozen=True)
class MemoryForge:
    owls: Owls
    line: Line

    def repository(self) -> Repository:
        return Repository(REPOSITORY, "main", "", (CLONE,))

    def pull(self, number: int) -> Pull:
        found = self.line("pull", lambda: self.owls.pulls[number])
        assert isinstance(found, Pull)
        return found

    def pulls(self) -> list[Pull]:
        return [pull for pull in self.owls.pulls.values() if pull.open]

    def pulls_of(self, commit: str) -> list[Pull]:
        return [pull for pull in self.owls.pulls.values() if pull.head == commit]

    def read(self, path: str, ref: str) -> Text | None:
        if path == "gate.toml":
            return Text(self.owls.policy, "policy")
        found = self.line("read", lambda: self.owls.files.get((ref, path)))
        return found if isinstance(found, Text) else None

    def names(self, folder: str, ref: str) -> list[str]:
        return sorted(path.split("/")[-1] for branch, path in self.owls.files if branch == ref and folder in path)

    def write(self, path: str, content: str, branch: str, message: str, previous: str | None) -> None:
        self.line("write ledger", lambda: self._write(path, content, branch, previous))

    def _write(self, path: str, content: str, branch: str, previous: str | None) -> None:
        before = self.owls.files.get((branch, path))
        if (before.sha if before else None) != previous:
            raise Moved(path)
        self.owls.files[branch, path] = Text(content, f"{len(content)}-{hash(content)}")
        self.owls.said("record", content.rstrip("\n").split("\n")[-1])

    def start_branch(self, branch: str, readme: str) -> None:
        pass

    def reaches(self, branch: str, commit: str) -> bool:
        return True

    def status(self, commit: str, context: str) -> str | None:
        found = self.line("status", lambda: self.owls.state(commit))
        return found if found is None else str(found)

    def statuses(self, commit: str, context: str) -> list[tuple[str, str]]:
        return list(self.owls.posted[commit])

    def post_status(self, commit: str, context: str, state: str, description: str, url: str) -> None:
        self.line(f"write {state}", lambda: self._post(commit, state, description))

    def _post(self, commit: str, state: str, description: str) -> None:
        self.owls.posted[commit].insert(0, (state, description))
        self.owls.said(state, commit)

    def account(self, login: str) -> Account:
        return Account(login, PEOPLE[login], "write")

    def whoami(self) -> Account:
        raise Absent("a token of nobody")

    def in_team(self, team: str, login: str) -> bool:
        return False

    def makers(self, pull: int) -> Makers:
        return Makers(frozenset({PEOPLE["mira"]}))

    def comment(self, pull: int, marker: str, body: str) -> str:
        return ""
