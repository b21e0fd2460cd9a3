"""The only door to PyGithub: a client that never waits for hours, and its many failures as the gate's few."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from github import Auth, Github, GithubException, GithubRetry
from github.GithubException import GithubException as AnyGithubError

from gate.ports import Absent, Moved, Passing, ServiceError
from gate.telemetry import Stopwatch, tell

API_VERSION = "2022-11-28"
REQUEST_SECONDS = 10
SECONDARY_WAIT = 60.0  # what GitHub asks for where a refusal names no time

logging.getLogger("github.GithubRetry").setLevel(logging.ERROR)  # it repeats what our own messages say


class Patient(GithubRetry):
    """PyGithub's, except that a longer pause than ``max_rate_limit_wait`` is refused wherever it is asked for."""

    def increment(
        self, method: str | None = None, url: str | None = None, response: Any = None, *more: Any, **named: Any
    ) -> Any:
        asked = response.headers.get("Retry-After", "") if response is not None else ""
        if asked.isdigit() and int(asked) > (self.max_rate_limit_wait or 0):
            raise GithubException(response.status, {"message": "a rate limit is reached"}, dict(response.headers))
        return super().increment(method, url, response, *more, **named)


def client(api_url: str, token: str | None, rate_wait: int, request_seconds: int = REQUEST_SECONDS) -> Github:
    """A lazy client; ``rate_wait`` is how many seconds a rate limit may keep a reader waiting.

    What writes is never sent again from here: whoever wrote looks first whether it was done.
    """
    return Github(
        auth=Auth.Token(token) if token else None,
        base_url=api_url,
        timeout=request_seconds,
        per_page=100,
        retry=Patient(total=2, backoff_factor=0.3, max_rate_limit_wait=rate_wait, allowed_methods={"GET"}),
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
    watch, outcome = Stopwatch(), "failed"
    try:
        with _translating(request, swap):
            yield
        outcome = "ok"
    except (Absent, Moved, ServiceError) as error:
        outcome = _outcome(error)
        raise
    finally:
        tell("request", logging.DEBUG, service="github", outcome=outcome, asked=request, seconds=watch.seconds)


def _outcome(error: Exception) -> str:
    if isinstance(error, Passing):
        return "limited" if error.wait else "unavailable"
    return {Absent: "absent", Moved: "moved"}.get(type(error), "refused")


@contextmanager
def _translating(request: str, swap: bool) -> Iterator[None]:
    try:
        yield
    except AnyGithubError as error:
        raise _translated(error, request, swap) from error
    except requests.RequestException as error:
        raise Passing(f"GitHub does not answer {request}: {type(error).__name__}: {error}"[:400]) from error
    except AssertionError as error:
        # PyGithub asks only the host that it was given, whatever addresses an answer holds.
        said = f"an answer to {request} leads to another host ({error}): give GITHUB_API_URL as GitHub calls itself"
        raise ServiceError(said) from error
    except (TypeError, AttributeError, ValueError, KeyError) as error:
        # Of PyGithub: JSON that was cut, or the body of a redirect, which it does not follow.
        raise Passing(f"GitHub answers {request} with nothing that can be read; was the repository renamed?") from error


def _translated(error: GithubException, request: str, swap: bool) -> Exception:
    message = _message(error)
    if error.status == 404:
        return Absent(f"GitHub does not know {request} (or the token may not see it): {message}")
    if swap and error.status in (409, 422):
        return Moved(message)
    refusal = f"GitHub refuses {request}: {error.status} {message}"
    wait = _wait(error, message)
    if wait is not None:
        return Passing(f"{refusal}; it asks to wait {wait:.0f} s", wait)
    if error.status >= 500 or error.status == 307:
        return Passing(refusal)
    remedy = {401: "; check GITHUB_TOKEN", 403: "; the token lacks a permission or a rate limit is reached"}
    return ServiceError(f"{refusal}{remedy.get(error.status, '')}")


def _wait(error: GithubException, message: str) -> float | None:
    """The seconds a rate limit asks for, or None for any other refusal."""
    if error.status not in (403, 429):
        return None
    headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
    if headers.get("retry-after", "").isdigit():
        return float(headers["retry-after"])
    if headers.get("x-ratelimit-remaining") == "0" and headers.get("x-ratelimit-reset", "").isdigit():
        return max(1.0, int(headers["x-ratelimit-reset"]) - time.time())
    return SECONDARY_WAIT if error.status == 429 or "rate limit" in message.lower() else None


def _message(error: GithubException) -> str:
    data: Any = error.data
    return str(data.get("message", data) if isinstance(data, dict) else data or error.message or "")[:300]
