"""What axe-core finds on a page, less what is Streamlit's own and was looked at by a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import PATIENCE

GRAVE = ("serious", "critical")
MATCHES = "([target, selector]) => document.querySelector(target)?.matches(selector) ?? false"


@dataclass(frozen=True)
class Known:
    """A finding in Streamlit's own frontend that no configuration changes: the rule, the elements, and why it stays."""

    rule: str
    selector: str
    reason: str


KNOWN: tuple[Known, ...] = ()


@dataclass(frozen=True)
class Fault:
    """One element that breaks a rule; ``known`` is the exception it falls under, if one."""

    rule: str
    target: str
    html: str
    message: str
    known: Known | None

    def __str__(self) -> str:
        return f"{self.rule}: {self.message} {self.target} {self.html[:200]}"


def ready(page: Page) -> None:
    """The script has ended, and what it shows is drawn."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE)
    page.wait_for_function("document.querySelectorAll('[data-testid=stSkeleton]').length === 0", timeout=PATIENCE)


def faults(page: Page) -> list[Fault]:
    """Every serious or critical violation on the page as it is now."""
    found = Axe().run(page).response["violations"]
    return [fault for rule in found if rule["impact"] in GRAVE for fault in _faults(page, rule)]


def _faults(page: Page, rule: dict[str, Any]) -> list[Fault]:
    return [
        Fault(rule["id"], target, node["html"], node["failureSummary"], _known(page, rule["id"], target))
        for node in rule["nodes"]
        for target in [str(node["target"][0])]
    ]


def _known(page: Page, rule: str, target: str) -> Known | None:
    return next((k for k in KNOWN if k.rule == rule and page.evaluate(MATCHES, [target, k.selector])), None)
