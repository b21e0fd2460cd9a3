"""What stands between the network and the dashboard: what it refuses to start with, and what it does to requests."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from gate.access import Access

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PAGES = ("/review", "/classes", "/compare", "/drift", "/history", "/ledger", "/retraining")
QUERY = {
    "pr": re.compile(r"[0-9]{1,9}"),
    "scope": re.compile(r"[A-Za-z0-9._-]{1,64}"),
    "training": re.compile(r"[0-9a-f]{12}"),
    **dict.fromkeys(("run", "a", "b", "candidate"), re.compile(r"[0-9a-f]{32}")),
}
FILTERS = [
    "all",
    "archived",
    "better",
    "class",
    "classes",
    "curve",
    "dataset",
    "decided",
    "find",
    "from",
    "metric",
    "order",
    "slice",
    "status",
    "until",
]
FILTER = re.compile(r"[^\x00-\x1f\x7f]{1,200}")  # of a person's own words; the address that is made of it is ASCII
LONGEST = 2_000  # characters of an address; a cookie holds twice as many
NEXT, SIGNED_IN = "gate_next", "_streamlit_user"
KEPT_SECONDS = 600


def refusals(address: str, agent_api: bool, access: Access) -> list[str]:
    """Why the dashboard must not start so. ``address`` is the one it binds; empty means every interface."""
    reasons = []
    if agent_api:
        reasons.append("server.enableAgentApi lets programs press buttons; leave it off")
    if not is_loopback(address):
        where = f"the dashboard would listen on {address or 'every interface'}"
        open_to_all = {
            "none": "and nobody is asked who they are: set GATE_IDENTITY, or server.address = 127.0.0.1",
            "sandbox": "and everybody could act as anybody (GATE_ACTING_AS): set server.address = 127.0.0.1",
        }
        if access.mode in open_to_all:
            reasons.append(f"{where}, {open_to_all[access.mode]}")
        if access.mode == "proxy" and not access.proxies:
            reasons.append(f"{where}, and anybody could forge {access.header}: name the proxy in GATE_PROXY_ADDRESS")
    return reasons


def is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        return False


class Surface:
    """An ASGI application around the dashboard: only a trusted proxy names visitors, and a sign-in keeps the link."""

    def __init__(self, app: App, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if self._access.mode == "proxy" and not self._is_trusted(scope):
            name = self._access.header.lower().encode()
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() != name]}
        if self._access.mode == "oidc" and scope["type"] == "http" and scope["method"] == "GET":
            cookies = _cookies(scope)
            if SIGNED_IN in cookies and scope["path"] == "/" and (link := _link(cookies.get(NEXT, ""))):
                await _redirect(send, link)
                return
            if SIGNED_IN not in cookies and scope["path"] in PAGES:
                asked = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
                send = _keeping(send, _link(asked), scope["scheme"] == "https")
        await self._app(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        peer = (scope.get("client") or ("",))[0]
        return peer in self._access.proxies if self._access.proxies else is_loopback(peer)


def _cookies(scope: Scope) -> dict[str, str]:
    text = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        return {name: unquote(morsel.value) for name, morsel in SimpleCookie(text).items()}
    except CookieError:
        return {}


def _link(asked: str) -> str:
    """The address made anew from the parts we know: nobody is sent elsewhere. One too long goes without filters."""
    path, _, query = asked.partition("?")
    given = parse_qsl(query)
    known = {name: value for name, value in given if name in QUERY and QUERY[name].fullmatch(value)}
    filters = {name: value for name, value in given if name in FILTERS and FILTER.fullmatch(value)}
    if path not in PAGES or not (known or filters):
        return ""
    whole = f"{path}?{urlencode(known | filters)}"
    return whole if len(whole) <= LONGEST else f"{path}?{urlencode(known)}"


async def _redirect(send: Send, link: str) -> None:
    forget = f"{NEXT}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"
    headers = [(b"location", link.encode()), (b"set-cookie", forget.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _keeping(send: Send, link: str, secure: bool) -> Send:
    async def with_cookie(message: MutableMapping[str, Any]) -> None:
        if link and message["type"] == "http.response.start":
            ends = f"; Max-Age={KEPT_SECONDS}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"
            cookie = (b"set-cookie", f"{NEXT}={quote(link, safe='')}{ends}".encode())
            message = {**message, "headers": [*message.get("headers", ()), cookie]}
        await send(message)

    return with_cookie
