"""Every package that is imported is declared, in the part that imports it, and each is said once."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from benchmarks.drifting.methods import PACKAGES
from benchmarks.evaluation.peers import EVIDENTLY

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PARTS = {"base": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
APART = {"evidently": EVIDENTLY, "nannyml": PACKAGES["nannyml"]}  # environments that benchmarks make for themselves
OWN = {"gate", "pages", "app", "tests", "benchmarks"}
# Which parts somebody has who runs a file; the first line that fits counts.
HAS = {
    "gate/sandbox": ("base", "predictions", "sandbox"),
    "gate/metrics.py": ("base", "predictions", "dashboard"),
    "gate/operation.py": ("base", "predictions", "dashboard"),
    "gate/charts": ("base", "predictions", "dashboard"),
    "gate/predictions/connection.py": ("base", "predictions", "warehouse"),
    "gate/late.py": ("base", "predictions"),
    "gate": ("base",),
    "pages": ("base", "predictions", "dashboard"),
    "app.py": ("base", "predictions", "dashboard"),
    "tests": tuple(PARTS),
    "benchmarks/evaluation/evidently_presets.py": ("evidently",),
    "benchmarks/drifting/evidently_preset.py": ("evidently",),
    "benchmarks/pages/evidently_page.py": ("evidently",),
    "benchmarks/drifting/nannyml_univariate.py": ("nannyml",),
    "benchmarks": tuple(PARTS),
}


def files() -> list[Path]:
    found = [path for folder in OWN for path in (ROOT / folder).rglob("*.py")]
    return sorted([*found, ROOT / "app.py"])


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def declared(*parts: str) -> set[str]:
    """The packages of these parts."""
    return provided([re.split(r"[<>=!\[ ]", line)[0] for part in parts for line in (PARTS | APART)[part]])


def provided(names: Iterable[str]) -> set[str]:
    """Names of packages as the index compares them."""
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_what_a_file_imports_is_declared_for_those_who_run_it() -> None:
    providers = packages_distributions()
    undeclared = []
    for path in files():
        has = declared(*next(parts for place, parts in HAS.items() if name_of(path).startswith(place)))
        foreign = set(imported(path)) - OWN - sys.stdlib_module_names
        undeclared += [
            f"{name_of(path)}: {name}" for name in foreign if not has & provided(providers.get(name, [name]))
        ]
    assert undeclared == []


def test_requirements_are_those_of_the_project_and_each_is_explained() -> None:
    parts = ("base", "predictions", "dashboard", "sandbox")
    wanted = {line for part in parts for line in PARTS[part] if not line.startswith(PROJECT["name"])}
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    assert {line.split("#")[0].strip() for line in lines} == wanted
    assert all(len(line.split("#")) == 2 for line in lines)
