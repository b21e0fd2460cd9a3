"""The only door to PyGithub: a client that never waits for hours, and its many failures as the gate's few."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from github import Auth, Github, GithubException, GithubRetry
from github.GithubException import GithubException as AnyGithubError

from gate.ports import Absent, Moved, ServiceError

API_VERSION = "2022-11-28"
REQUEST_SECONDS = 10

logging.getLogger("github.GithubRetry").setLevel(logging.ERROR)  # it repeats what our own messages say


def client(api_url: str, token: str | None, rate_wait: int) -> Github:
    """A lazy client; ``rate_wait`` is how many seconds a rate limit may keep a caller waiting."""
    return Github(
        auth=Auth.Token(token) if token else None,
        base_url=api_url,
        timeout=REQUEST_SECONDS,
        per_page=100,
        retry=GithubRetry(total=2, backoff_factor=0.3, max_rate_limit_wait=rate_wait),
        seconds_between_requests=0,
        seconds_between_writes=0,
        lazy=True,
        api_version=API_VERSION,
    )


@contextmanager
def calling(request: str, journal: Callable[[str], None], swap: bool = False) -> Iterator[None]:
    """Name the request, and translate what may go wrong in it.

    404 is `Absent`; 409 and 422 of a compare-and-swap (``swap``) are `Moved`; everything else is `ServiceError`.
    """
    journal(request)
    try:
        yield
    except AnyGithubError as error:
        raise _translated(error, request, swap) from error
    except requests.RequestException as error:
        raise ServiceError(f"GitHub does not answer {request}: {type(error).__name__}: {error}"[:400]) from error


def _translated(error: GithubException, request: str, swap: bool) -> Exception:
    message = _message(error)
    if error.status == 404:
        return Absent(f"GitHub does not know {request} (or the token may not see it): {message}")
    if swap and error.status in (409, 422):
        return Moved(message)
    remedy = {401: "; check GITHUB_TOKEN", 403: "; the token lacks a permission or a rate limit is reached"}
    return ServiceError(f"GitHub refuses {request}: {error.status} {message}{remedy.get(error.status, '')}")


def _message(error: GithubException) -> str:
    data: Any = error.data
    return str(data.get("message", data) if isinstance(data, dict) else data or error.message or "")[:300]
