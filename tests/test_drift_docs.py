"""What docs/drift.md promises of [drift] and of the nightly job."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from gate.config import parse
from gate.drift import State, Watch
from tests.small_world import POLICY

DOCS = Path(__file__).parents[1] / "docs"


def test_the_keys_it_shows_are_the_defaults() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", (DOCS / "drift.md").read_text(encoding="utf-8"), re.S)
    (scope,) = parse(block + POLICY, "gate.toml")
    assert scope.watch == replace(Watch(), logs="/data/predictions/{task}", last=28 * 86_400)


def test_the_nightly_job_knows_every_exit_code() -> None:
    job = (DOCS / "workflows" / "drift.yml").read_text(encoding="utf-8")
    (known,) = re.findall(r"case \$code in ([\d|]+)\)", job)
    assert {int(code) for code in known.split("|")} == {state.exit_code for state in State}
    told = re.findall(r"\| (\d) \|", (DOCS / "drift.md").read_text(encoding="utf-8"))
    assert [int(code) for code in told] == [0, 1, 2, 3, 4]
