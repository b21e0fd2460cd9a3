"""A world with one pull request of five thousand classes, some of which have hostile names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.small_world import CLASSES_RULE, POLICY, SmallWorld, small_world
from tests.zipf import predictions

CLASSES, ROWS = 5_000, 200_000
HOSTILE = (
    "=cmd|'/C calc'!A0",
    "<img src=x onerror=alert(1)><b>bold</b>",
    "[link](http://x.invalid) **strong** http://y.invalid",
    "$a^2$ :fire: :red[x] :material/add:",
    "@home `tick` -> -- # 1",
    "\u202egnorw",
    "1e5",
    'q"uote, comma; semicolon',
)
NAMES = (*HOSTILE, *(f"class {number:04d}" for number in range(CLASSES - len(HOSTILE))))
TITLE = "Five $x^2$ thousand :fire: :material/add: <b>classes</b> www.x.invalid http://y.invalid a@z.invalid [z](//z)"
SLICES = '[predictions]\nslices = ["site"]\n'


@dataclass(frozen=True)
class Site:
    """The world, the pull request's number, and the dashboard's address where there is one."""

    world: SmallWorld
    pull: int
    url: str = ""

    def address(self, page: str = "classes", **query: str) -> str:
        return f"{self.url}/{page}?" + urlencode({"pr": self.pull, "scope": "owls", **query})


@contextmanager
def zipf_site(folder: Path) -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch, small_world(folder / "sandbox") as world:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        world.set_policy(POLICY + CLASSES_RULE + SLICES)
        best, candidate = predictions(NAMES, ROWS)
        uploaded(world, world.main(), best, ["best"])
        pull = world.pull(TITLE)
        uploaded(world, pull.head.sha, candidate, [])
        yield Site(world, pull.number)


def uploaded(world: SmallWorld, commit: str, content: bytes, tags: list[str]) -> None:
    task = world.run(commit, {"test/accuracy": [0.9]}, tags=tags, status="in_progress")
    world.upload(task, "predictions", content)
    world.call("tasks.completed", {"task": task})
