"""Signing in, in a real browser: single sign-on with a local provider, and a local reverse proxy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import oidc_provider_mock
import pytest
from playwright.sync_api import Page, expect

from tests.browser import PATIENCE, chromium, dashboard, free_port, needs_chromium
from tests.reverse_proxy import proxy
from tests.reviewer import a_better_candidate
from tests.small_world import SmallWorld

pytestmark = needs_chromium
HEADER = "X-Forwarded-User"


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


@contextmanager
def signed_on(owls: SmallWorld, folder: Path) -> Iterator[str]:
    """The dashboard behind a provider."""
    with provided(owls, folder) as (port, settings), dashboard(owls, acting="", port=port, **settings) as url:
        yield url


@contextmanager
def provided(owls: SmallWorld, folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """A provider that knows two people, of whom the list of people names one: a dashboard's port and settings."""
    noor = owls.connect().forge.account("noor")
    users = [oidc_provider_mock.User(sub=sub) for sub in ("subject-of-noor", "stranger")]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        issuer, port = f"http://localhost:{server.server_port}", free_port()
        people = folder / "people.toml"
        entry = f'issuer = "{issuer}"\nsubject = "subject-of-noor"\nlogin = "noor"\nid = {noor.id}\n'
        people.write_text(f"[[person]]\n{entry}", encoding="utf-8")
        settings = {
            "GATE_IDENTITY": "oidc",
            "GATE_OIDC_METADATA_URL": f"{issuer}/.well-known/openid-configuration",
            "GATE_OIDC_CLIENT_ID": "gate",
            "GATE_OIDC_CLIENT_SECRET": "secret of the client",
            "GATE_COOKIE_SECRET": "a cookie secret of thirty-two characters",
            "GATE_DASHBOARD_URL": f"http://127.0.0.1:{port}",
            "GATE_PEOPLE": str(people),
        }
        yield port, settings


def sign_in(page: Page, subject: str) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=subject).click(timeout=PATIENCE)


def test_a_cold_deep_link_leads_through_the_sign_in_to_a_decision(owls: SmallWorld, page: Page, tmp_path: Path) -> None:
    number, *_ = a_better_candidate(owls)
    with signed_on(owls, tmp_path) as url:
        page.goto(f"{url}/review?pr={number}&scope=owls")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=PATIENCE)
        assert page.get_by_text("Look at both eyes").count() == 0, "nothing is shown before"
        sign_in(page, "subject-of-noor")
        expect(page.get_by_text("Look at both eyes").first).to_be_visible(timeout=PATIENCE)
        assert f"/review?pr={number}&scope=owls" in page.url
        page.get_by_role("button", name="Reject…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Comment").fill("too slow")
        dialog.get_by_role("button", name="Reject as noor").click()
        expect(page.get_by_text("Rejected; no tag moved.")).to_be_visible(timeout=PATIENCE)


def test_a_sign_in_holds_at_every_replica_that_has_the_same_secret(
    owls: SmallWorld, page: Page, tmp_path: Path
) -> None:
    """As a proxy in front of them would see it: one address, behind it one process after another."""
    number, *_ = a_better_candidate(owls)
    title = page.get_by_text("Look at both eyes").first
    with provided(owls, tmp_path) as (port, settings):
        with dashboard(owls, acting="", port=port, **settings) as url:
            page.goto(f"{url}/review?pr={number}&scope=owls")
            sign_in(page, "subject-of-noor")
            expect(title).to_be_visible(timeout=PATIENCE)
        with dashboard(owls, acting="", port=port, **settings):
            page.goto(f"{url}/review?pr={number}&scope=owls")
            expect(title).to_be_visible(timeout=PATIENCE)


def test_who_is_signed_in_but_not_on_the_list_only_reads(owls: SmallWorld, page: Page, tmp_path: Path) -> None:
    number, *_ = a_better_candidate(owls)
    with signed_on(owls, tmp_path) as url:
        page.goto(f"{url}/review?pr={number}&scope=owls")
        sign_in(page, "stranger")
        expect(page.get_by_text("the list of people in GATE_PEOPLE does not name you")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("subject stranger")).to_be_visible()
        expect(page.get_by_role("button", name="Reject…")).to_be_disabled()


def test_a_reverse_proxy_says_who_it_is_and_nobody_else_can(owls: SmallWorld, page: Page) -> None:
    number, *_ = a_better_candidate(owls)
    port = free_port()
    with (
        dashboard(owls, acting="", port=port, GATE_IDENTITY="proxy", GATE_PROXY_HEADER=HEADER),
        proxy(port, HEADER, "noor") as url,
    ):
        page.set_extra_http_headers({HEADER: "tomas"})  # a visitor who would rather be somebody else
        page.goto(f"{url}/review?pr={number}&scope=owls")
        expect(page.get_by_role("button", name="Reject…")).to_be_enabled(timeout=PATIENCE)
        page.get_by_role("button", name="Reject…").click()
        expect(page.get_by_role("dialog").get_by_role("button", name="Reject as noor")).to_be_visible(timeout=PATIENCE)


def test_a_header_from_elsewhere_than_the_declared_proxy_counts_for_nothing(owls: SmallWorld, page: Page) -> None:
    number, *_ = a_better_candidate(owls)
    settings = {"GATE_IDENTITY": "proxy", "GATE_PROXY_ADDRESS": "192.0.2.7"}
    with dashboard(owls, acting="", **settings) as url:
        page.set_extra_http_headers({HEADER: "tomas"})
        page.goto(f"{url}/review?pr={number}&scope=owls")
        expect(page.get_by_text("The proxy named nobody")).to_be_visible(timeout=PATIENCE)


def test_without_a_sign_in_the_page_says_how_to_configure_one(owls: SmallWorld, page: Page) -> None:
    number, *_ = a_better_candidate(owls)
    with dashboard(owls, acting="") as url:
        page.goto(f"{url}/review?pr={number}&scope=owls")
        page.get_by_text("How to configure a sign-in").click(timeout=PATIENCE)
        expect(page.get_by_text("oidc: single sign-on")).to_be_visible()
