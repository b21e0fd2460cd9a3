"""The README keeps its promises."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from gate.config import parse

ROOT = Path(__file__).parents[1]
TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PICTURE = re.compile(r"!\[(.*?)\]\((.*?)\)")
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


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_every_picture_is_there_is_small_and_is_told_in_words(text: Path) -> None:
    for words, path in PICTURE.findall(text.read_text(encoding="utf-8")):
        content = (text.parent / path).read_bytes()
        width, _ = struct.unpack(">II", content[16:24])  # of a PNG's first chunk
        assert content.startswith(b"\x89PNG")
        assert len(content) < 200_000
        assert width <= 1_440
        assert len(words.split()) > 4, path


def test_every_page_has_its_picture_in_the_readme_or_the_docs() -> None:
    shown = {Path(path).name for text in TEXTS for _, path in PICTURE.findall(text.read_text(encoding="utf-8"))}
    kept = {path.name: path.stat().st_size for path in (ROOT / "docs" / "screenshots").iterdir()}
    assert shown == set(kept)
    assert {f"{page.stem}.png" for page in (ROOT / "pages").glob("[a-z]*.py")} <= shown
    assert sum(kept.values()) < 1_500_000
