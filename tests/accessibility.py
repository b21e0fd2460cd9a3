"""What axe-core finds on a page."""

from __future__ import annotations

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, TimeoutError

from tests.browser import PATIENCE

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
GRAVE = ("serious", "critical")
DARK = """wanted => {
    const colour = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor
    return wanted === (colour.match(/\\d+/g).slice(0, 3).every(part => part < 128) ? 'dark' : 'light')
}"""
UNREST = """() => [
    ...[document.querySelector('[data-testid=stApp]')?.dataset.testScriptState].map(String).filter(
        state => state !== 'notRunning'),
    ...[...document.querySelectorAll('[data-testid=stSkeleton], [data-stale=true]')].map(each => each.outerHTML),
    ...['Reading what changed…', 'the others follow, newest first'].filter(
        said => document.body.innerText.includes(said)),
    ...document.getAnimations()
        .filter(each => each instanceof CSSTransition && each.effect.getComputedTiming().duration < 5_000)
        .map(each => `${each.transitionProperty} of ${each.effect.target?.outerHTML}`),
].map(each => each.slice(0, 300))"""


def ready(page: Page) -> None:
    """The script has ended and does not run again by itself; what it shows is drawn, and nothing fades any more."""
    try:
        page.wait_for_function(f"({UNREST})().length === 0", timeout=PATIENCE)
    except TimeoutError as error:
        raise AssertionError(f"no rest: {page.evaluate(UNREST)}") from error


def faults(page: Page) -> list[str]:
    """Every serious or critical violation on the page as it is now: rule, what is wrong, element."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['failureSummary']} {node['html'][:200]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def shaded(page: Page, scheme: Scheme) -> None:
    """Switch as the system does at night; the page follows without being loaded again."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(DARK, arg=scheme, timeout=PATIENCE)
    ready(page)
