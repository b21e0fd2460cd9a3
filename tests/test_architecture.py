"""The house's import table: what lives where, and what may import what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = (
    "brief",
    "canonical",
    "classes",
    "compare",
    "confusion",
    "consequences",
    "counts",
    "drift",
    "drift_report",
    "effects",
    "evaluation",
    "evidence",
    "figures",
    "formulas",
    "history",
    "lease",
    "ledger",
    "lineage",
    "markdown",
    "notice",
    "observed",
    "origin",
    "pace",
    "patch",
    "policy",
    "portrait",
    "promotion",
    "record",
    "report",
    "reported",
    "retraining",
    "review",
    "rules",
    "scores",
    "secrecy",
    "selection",
    "slices",
    "sources",
    "spreadsheet",
    "staleness",
    "standing",
    "stats",
    "stretches",
    "summary",
    "trend",
    "verdict",
)
DOORS = {
    "clearml": {"gate/adapters/clearml_session.py"},
    "github": {"gate/adapters/github_client.py", "gate/adapters/github_forge.py", "gate/adapters/github_scratch.py"},
    "duckdb": {"gate/late.py"},
    "gate.late.duckdb": {"gate/predictions/embedded.py"},
    "numpy": {"gate/late.py", "gate/charts/", "pages/"},
    "scipy": {"gate/late.py"},
    "ibis": {"gate/predictions/connection.py"},
    "sqlglot": set(),
    "pyspark": set(),
    "plotly": {"gate/charts/"},
    "tenacity": {"gate/adapters/clearml_session.py", "gate/adapters/webhook.py"},
    "packaging": {"gate/compare/packages.py"},
    "prometheus_client": {"gate/metrics.py"},
    "pydantic": {"gate/config/"},
    "tree_sitter": {"gate/config/places.py"},
    "tree_sitter_toml": {"gate/config/places.py"},
}
CLOSED_TO_PAGES = ("cli", "adapters", "counts", "scores", "policy")
OUTSIDE = {
    "requests",
    "clearml",
    "github",
    "streamlit",
    "socket",
    "urllib.request",
    "http",
    "datetime",
    "time",
    "random",
}
# Lower rooms first: a file imports only from files before it (the sandbox and the command line come last).
ORDER = [
    ("__version__", "late", "lately", "telemetry", "launcher"),
    ("cache", "crew", "counts", "observed", "stretches", "canonical", "figures", "formulas", "markdown", "verdict"),
    ("brief", "evidence", "patch", "predictions", "secrecy", "slices", "spreadsheet", "shelf"),
    ("origin",),
    ("scores", "selection", "confusion", "stats"),
    ("rules", "classes", "effects", "sides", "portrait", "summary", "reported", "trend", "window", "drift"),
    ("policy",),
    ("record", "approval", "identity", "staleness", "notice"),
    ("vitals",),
    ("ports", "ledger"),
    ("promotion", "scratch", "history", "lineage"),
    ("compare",),
    ("lease", "pace"),
    ("retraining",),
    ("standing", "review"),
    ("consequences", "sources"),
    ("report", "drift_report", "charts", "evaluation"),
    ("config",),
    ("adapters", "workflow"),
    ("logs", "trail", "connect", "desk", "event", "access"),
    ("surface", "checkup", "selftest", "metrics"),
    ("operation",),
    ("cli",),
    ("__main__",),
]


def product_files() -> list[Path]:
    found = [path for path in (ROOT / "gate").rglob("*.py") if "project" not in path.parts]
    return [*found, *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def room(module: str) -> str:
    return module.split(".")[1] if module.count(".") else ""


@pytest.mark.parametrize("path", product_files(), ids=name_of)
def test_the_gate_knows_no_screen(path: Path) -> None:
    if name_of(path).startswith("gate/"):
        assert not [module for module in imports(path) if within(module, "streamlit") or within(module, "pages")]


@pytest.mark.parametrize("path", product_files(), ids=name_of)
def test_every_dependency_has_one_door(path: Path) -> None:
    if name_of(path).startswith("gate/sandbox/"):
        return  # a server of its own, which shares no door with the gate
    for dependency, doors in DOORS.items():
        if not name_of(path).startswith(tuple(doors)):
            assert not [module for module in imports(path) if within(module, dependency)], dependency


@pytest.mark.parametrize("path", product_files(), ids=name_of)
def test_only_connect_chooses_the_world(path: Path) -> None:
    if not name_of(path).startswith("gate/adapters/") and name_of(path) != "gate/connect.py":
        assert not [module for module in imports(path) if within(module, "gate.adapters")]


@pytest.mark.parametrize("name", CORE)
def test_the_core_is_arithmetic(name: str) -> None:
    place = ROOT / "gate" / name
    files = list(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    found = {module for file in files for module in imports(file)}
    assert not [module for module in found if any(within(module, outside) for outside in OUTSIDE)]


@pytest.mark.parametrize("path", product_files(), ids=name_of)
def test_rooms_import_only_from_below(path: Path) -> None:
    heights = {name: height for height, names in enumerate(ORDER) for name in names}
    own = path.relative_to(ROOT).parts
    if own[0] != "gate" or own[1] in ("sandbox", "__init__.py"):
        return
    here = own[1].removesuffix(".py")
    above = [
        module
        for module in imports(path)
        if within(module, "gate")
        and (there := room(module)) not in ("", here)
        and heights.get(there, 99) > heights[here]
    ]
    assert [module for module in above if not within(module, "gate.sandbox.commands")] == []


def test_pages_show_and_do_not_compute() -> None:
    for path in (ROOT / "pages").glob("*.py"):
        forbidden = [m for m in imports(path) for room in CLOSED_TO_PAGES if within(m, f"gate.{room}")]
        assert forbidden == [], path


def test_there_is_no_room_for_leftovers() -> None:
    names = {path.stem for path in product_files()}
    assert not names & {"utils", "helpers", "common", "types", "constants"}
