"""The README keeps its promises."""

from __future__ import annotations

import re
from pathlib import Path

from gate.config import parse

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_quick_start_has_two_bash_blocks_that_end_in_the_sandbox_and_the_tests() -> None:
    blocks = re.findall(r"```bash\n(.*?)```", README, re.S)
    assert [block.strip().splitlines()[-1] for block in blocks] == [
        "python -m gate sandbox",
        "python -m pytest -n 2 --dist loadfile",
    ]


def test_the_policy_in_the_readme_is_a_policy() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", README, re.S)
    (scope,) = parse(block, "README.md")
    assert [rule.name for rule in scope.policy.rules] == ["metric test/macro_f1", "compare accuracy", "classes"]
