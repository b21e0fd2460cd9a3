"""Who a visitor is: by the token of single sign-on, by a trusted proxy's header; and what is refused at the start."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from gate.access import Access, access
from gate.config import ConfigError
from gate.identity import Person
from gate.surface import Surface, refusals
from tests.browser import ROOT, free_port

PEOPLE = (
    '[[person]]\nissuer = "https://id.example"\nsubject = "7"\nlogin = "noor"\nid = 1002\ntracker_names = ["N. A."]\n'
)
FULL = {
    "GATE_IDENTITY": "oidc",
    "GATE_OIDC_METADATA_URL": "https://id.example/.well-known/openid-configuration",
    "GATE_OIDC_CLIENT_ID": "gate",
    "GATE_OIDC_CLIENT_SECRET": "client-secret-value",
    "GATE_COOKIE_SECRET": "cookie-secret-value-of-32-letters",
    "GATE_DASHBOARD_URL": "https://gate.example/",
}


def with_people(folder: Path, text: str = PEOPLE, **more: str) -> dict[str, str]:
    file = folder / "people.toml"
    file.write_text(text, encoding="utf-8")
    return {**FULL, "GATE_PEOPLE": str(file), **more}


def test_a_person_is_known_by_issuer_and_subject_and_never_by_an_address(tmp_path: Path) -> None:
    found = access(with_people(tmp_path))
    claims = {"iss": "https://id.example", "sub": "7", "iat": 1_700_000_000, "email": "other@example.com"}
    moment = datetime.fromtimestamp(1_700_000_000, UTC)
    assert found.by_claims(claims) == Person("noor", "single sign-on", 1002, moment, ("N. A.",))
    for wrong in ({"iss": "https://evil.example"}, {"sub": "8"}, {"sub": "noor"}, {"iat": None}):
        assert found.by_claims({**claims, **wrong}) is None


def test_no_secret_is_in_what_is_printed(tmp_path: Path) -> None:
    found = access(with_people(tmp_path))
    assert found.secrets["auth"]["redirect_uri"] == "https://gate.example/oauth2callback"
    assert "secret-value" not in repr(found)


def test_everything_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        access({"GATE_IDENTITY": "oidc", "GATE_COOKIE_SECRET": "short"})
    assert len(error.value.mistakes) == 6


WRONG = [
    ({"GATE_IDENTITY": "magic"}, "allowed: oidc, proxy"),
    ({"GATE_IDENTITY": "proxy", "GATE_ACTING_AS": "noor"}, "cannot stand beside"),
    ({"GATE_IDENTITY": "proxy", "GATE_PROXY_ADDRESS": "my proxy"}, "GATE_PROXY_ADDRESS"),
    ({"GATE_IDENTITY": "proxy", "GATE_PEOPLE": "/nowhere/people.toml"}, "cannot be read"),
]


@pytest.mark.parametrize(("environment", "why"), WRONG)
def test_a_contradiction_is_refused(environment: dict[str, str], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        access(environment)


LISTS = [
    ('[[person]]\nlogin = "noor"\n', "id is missing"),
    ('[[person]]\nlogin = "noor"\nid = "7"\n', "id is no int"),
    ('[[person]]\nlogin = "noor"\nid = 7\nemail = "n@example.com"\n', "there is no key email"),
    (PEOPLE + PEOPLE, "stand for two people"),
    ('[[person]]\nlogin = "noor"\nid = 7\n', "names nobody with an issuer"),
]


@pytest.mark.parametrize(("text", "why"), LISTS)
def test_a_list_of_people_with_a_mistake_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        access(with_people(tmp_path, text))


STARTS = [
    ("127.0.0.1", False, Access(), 0),
    ("", False, Access(), 1),
    ("0.0.0.0", False, Access("sandbox", ("noor",)), 1),
    ("0.0.0.0", False, Access("proxy"), 1),
    ("0.0.0.0", False, Access("proxy", proxies=("10.0.0.1",)), 0),
    ("0.0.0.0", False, Access("oidc"), 0),
    ("localhost", True, Access("oidc"), 1),
]


@pytest.mark.parametrize(("address", "agent", "found", "count"), STARTS)
def test_what_the_dashboard_refuses_to_start_with(address: str, agent: bool, found: Access, count: int) -> None:
    assert len(refusals(address, agent, found)) == count


REFUSED = [
    ({"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}, "nobody is asked who they are"),
    ({"STREAMLIT_SERVER_ENABLE_AGENT_API": "true"}, "server.enableAgentApi"),
    ({"GATE_IDENTITY": "oidc"}, "GATE_OIDC_CLIENT_ID is not set"),
]


@pytest.mark.parametrize(("settings", "why"), REFUSED)
def test_a_dangerous_start_ends_with_a_sentence(settings: dict[str, str], why: str) -> None:
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(free_port())]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATE_")} | settings
    ended = subprocess.run(command, env=environment, cwd=ROOT, timeout=60, check=False, capture_output=True, text=True)
    assert ended.returncode != 0
    assert why in ended.stdout + ended.stderr


def heard(surface_of: Access, scope: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the dashboard was asked, and what was sent back."""
    asked: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    whole = {"type": "http", "method": "GET", "scheme": "https", "query_string": b"", "headers": [], **scope}
    asyncio.run(Surface(app, surface_of)(whole, receive, send))
    return asked, sent


PEERS = [
    ("127.0.0.1", (), True),
    ("10.0.0.9", (), False),
    ("10.0.0.1", ("10.0.0.1",), True),
    ("127.0.0.1", ("10.0.0.1",), False),
]


@pytest.mark.parametrize(("peer", "proxies", "kept"), PEERS)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_only_a_trusted_peer_names_the_visitor(peer: str, proxies: tuple[str, ...], kept: bool, kind: str) -> None:
    header = (b"x-forwarded-user", b"tomas")
    scope = {"type": kind, "path": "/", "client": (peer, 1), "headers": [header]}
    asked, _ = heard(Access("proxy", proxies=proxies), scope)
    assert (header in asked[0]["headers"]) is kept


def cookie(sent: list[dict[str, Any]]) -> str:
    return next((value.decode() for message in sent for name, value in message["headers"] if name == b"set-cookie"), "")


def test_a_deep_link_is_kept_through_the_sign_in_and_only_that() -> None:
    query = b"pr=7&scope=owls&next=https://evil.example"
    _, sent = heard(Access("oidc"), {"path": "/review", "query_string": query})
    kept = cookie(sent)
    assert kept.startswith("gate_next=%2Freview%3Fpr%3D7%26scope%3Dowls; ")
    assert kept.endswith("HttpOnly; SameSite=Lax; Secure")
    back = f"_streamlit_user=x; {kept.split(';')[0]}".encode()
    asked, sent = heard(Access("oidc"), {"path": "/", "headers": [(b"cookie", back)]})
    assert asked == []
    assert (sent[0]["status"], dict(sent[0]["headers"])[b"location"]) == (303, b"/review?pr=7&scope=owls")
    assert "Max-Age=0" in cookie(sent)


def test_a_link_to_a_training_is_kept_through_the_sign_in() -> None:
    query = b"scope=owls&training=0123456789ab&colour=<b>"
    _, sent = heard(Access("oidc"), {"path": "/retraining", "query_string": query})
    assert cookie(sent).startswith("gate_next=%2Fretraining%3Fscope%3Dowls%26training%3D0123456789ab; ")


def test_a_link_to_two_runs_is_kept_through_the_sign_in() -> None:
    a, b = "a1" * 16, "b2" * 16
    _, sent = heard(Access("oidc"), {"path": "/compare", "query_string": f"a={a}&b={b}&run=x".encode()})
    assert cookie(sent).startswith(f"gate_next=%2Fcompare%3Fa%3D{a}%26b%3D{b}; ")


def test_the_filters_of_a_link_are_kept_through_the_sign_in() -> None:
    words = {"class": "<b>Ö\u2028&;=", "slice": "beak = long", "find": "a b"}
    _, sent = heard(Access("oidc"), {"path": "/classes", "query_string": urlencode({"pr": "7", **words}).encode()})
    kept = cookie(sent).split(";")[0]
    assert kept.isascii()
    _, sent = heard(Access("oidc"), {"path": "/", "headers": [(b"cookie", f"_streamlit_user=x; {kept}".encode())]})
    location = dict(sent[0]["headers"])[b"location"].decode()
    assert location.startswith("/classes?")
    assert dict(parse_qsl(location.partition("?")[2])) == {"pr": "7", **words}


@pytest.mark.parametrize(
    "filters", [{"class": "x\r\nSet-Cookie: a=b"}, {"find": "y" * 201}, {"slice": "é" * 199, "class": "é" * 199}]
)
def test_filters_that_are_none_or_too_long_are_left_out(filters: dict[str, str]) -> None:
    _, sent = heard(Access("oidc"), {"path": "/classes", "query_string": urlencode({"pr": "7", **filters}).encode()})
    assert cookie(sent).startswith("gate_next=%2Fclasses%3Fpr%3D7; ")


@pytest.mark.parametrize(
    "link", ["https://evil.example/review?pr=7", "//evil.example?pr=7", "/review?pr=x", "/etc?pr=7", "\x00"]
)
def test_a_forged_link_leads_nowhere(link: str) -> None:
    headers = [(b"cookie", f'_streamlit_user=x; gate_next="{link}"'.encode())]
    asked, _ = heard(Access("oidc"), {"path": "/", "headers": headers})
    assert len(asked) == 1
