"""The few calls seeding makes itself: plain JSON over HTTP to the sandbox's two servers."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any
from urllib.request import Request, urlopen

from gate.sandbox.home import REPOSITORY, Home


def basic(user: str, password: str) -> str:
    """The value of a Basic ``Authorization`` header."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def clearml(home: Home, action: str, **body: object) -> Any:
    """``clearml(home, "tasks.edit", task=..., ...)`` -> the answer's data."""
    address = f"{home.url('api')}/v2.30/{action}"
    return _send("POST", address, basic(home.access_key, home.secret_key), body)["data"]


def github(home: Home, login: str, method: str, path: str, **body: object) -> Any:
    """Call the GitHub API as ``login``, below ``/api/v3``."""
    return _send(method, f"{home.url('github')}/api/v3{path}", f"token {home.tokens[login]}", body)


def of_repository(home: Home, login: str, method: str, path: str, **body: object) -> Any:
    """The same below ``/repos/skyline/flights``."""
    return github(home, login, method, f"/repos/{REPOSITORY}{path}", **body)


def _send(method: str, address: str, authorization: str, body: dict[str, object]) -> Any:
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    data = None if method == "GET" else json.dumps(body).encode()
    with urlopen(Request(address, data, headers, method=method), timeout=60) as answer:
        return json.loads(answer.read() or "null")
