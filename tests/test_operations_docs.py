"""docs/operations.md, docs/notifications.md and docs/architecture.md keep their promises."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

from gate.config import parse
from gate.desk import Pulse
from gate.logs import LEVELS
from gate.metrics import Metrics
from gate.notice import EVENTS, Notice, plain_json
from gate.operation import OVERDUE, STOPPING, Operation
from gate.workflow.notices import REMINDED
from tests.test_architecture import DOORS, ORDER, product_files

ROOT = Path(__file__).parents[1]
OPERATIONS, NOTIFICATIONS, ARCHITECTURE = (
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("operations", "notifications", "architecture")
)
PULSE = Pulse(True, False, 1.0, "", 0, 0.0, 1.0)


def block(text: str, language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", text, re.S)
    return str(found)


def table(text: str, head: str) -> list[list[str]]:
    """The rows of the table whose head begins so, cell by cell."""
    _, _, rest = text.partition(f"| {head} |")
    rows = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


# -- operations


def test_every_metric_is_in_the_table_and_no_other() -> None:
    families = text_string_to_metric_families(Metrics(lambda: PULSE).text().decode())
    made = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in families
        if family.name.startswith("gate_")
    }
    assert {name for row in table(OPERATIONS, "metric") for name in names(row[0])} == made


def test_every_event_that_is_told_is_in_the_table_and_no_other() -> None:
    assert {name for row in table(OPERATIONS, "event") for name in names(row[0])} == set(told())


def told() -> Iterator[str]:
    """What the code tells of, by its first argument."""
    for path in product_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tell" and node.args:
                event = node.args[0]
                if isinstance(event, ast.Constant):
                    yield str(event.value)


def test_every_path_and_number_is_as_it_says() -> None:
    paths = [name for row in table(OPERATIONS, "path") for name in names(row[0])]
    served = [route.path for route in Operation(lambda: None, {}).routes]  # type: ignore[arg-type,return-value]
    assert paths == [*served, "/_stcore/health"]
    assert f"has ended for {OVERDUE:.0f} s" in OPERATIONS
    assert f"| `GATE_STOP_SECONDS` | `{STOPPING:.0f}` |" in OPERATIONS
    assert "info" in LEVELS


def test_every_alarm_watches_metrics_there_are_and_has_a_remedy() -> None:
    (group,) = yaml.safe_load(block(OPERATIONS, "yaml"))["groups"]
    known = {name for row in table(OPERATIONS, "metric") for name in names(row[0])}
    assert all(set(re.findall(r"gate_\w+", rule["expr"])) <= known for rule in group["rules"])
    assert [rule["alert"] for rule in group["rules"]] == re.findall(r"^### (\w+)$", OPERATIONS, re.M)


def test_every_setting_it_names_is_read_somewhere() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in product_files())
    settings = set(re.findall(r"`(GATE_[A-Z_]+)", OPERATIONS + NOTIFICATIONS))
    assert [name for name in settings if name not in sources] == []


# -- notifications


def test_every_event_of_the_chat_is_in_the_table() -> None:
    assert [name for row in table(NOTIFICATIONS, "event") for name in names(row[0])] == list(EVENTS)
    assert f"once {'a week' if REMINDED == 7 * 86_400 else '?'}" in NOTIFICATIONS


def test_the_policy_it_shows_is_one() -> None:
    (scope,) = parse(block(NOTIFICATIONS, "toml"), "docs/notifications.md")
    assert scope.told == set(tomllib.loads(block(NOTIFICATIONS, "toml"))["notify"]["events"])


def test_the_form_for_programs_is_the_one_it_shows() -> None:
    shown = json.loads(block(NOTIFICATIONS, "json"))
    given = {name: shown[name] for name in ("event", "repository", "scope", "said", "at", "facts", "url")}
    made = plain_json(Notice(**given, key="hash"))
    assert list(made) == list(shown)
    assert {**made, "id": shown["id"]} == shown
    assert len(made["id"]) == len(shown["id"])


# -- architecture


def test_the_rooms_are_those_that_the_tests_hold() -> None:
    assert [tuple(names(row[0])) for row in table(ARCHITECTURE, "modules of `gate`")] == ORDER


def test_the_doors_are_those_that_the_tests_hold() -> None:
    shown = {name: set(names(row[1])) for row in table(ARCHITECTURE, "package") for name in names(row[0])}
    assert {name: doors for name, doors in shown.items() if name not in ("streamlit", "numpy")} == {
        name: DOORS[name] for name in shown if name not in ("streamlit", "numpy")
    }


def test_every_module_it_names_exists() -> None:
    for name in re.findall(r"`gate\.(?!toml)([a-z_.]+)`", ARCHITECTURE):
        parts = name.split(".")
        places = [ROOT / "gate" / "/".join(parts[:length]) for length in (len(parts), len(parts) - 1) if length]
        assert any(place.is_dir() or place.with_suffix(".py").is_file() for place in places), name


def test_links_between_the_documents_lead_somewhere() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
