"""Send notices to the address of a chat: one after another, in a thread of its own, for a bounded time."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_before_delay

from gate.notice import Form, Notice, plain_json, slack
from gate.telemetry import Stopwatch, tell

ATTEMPTS = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds
CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 5.0
MOST = 100  # notices that wait to be sent; more are dropped, and counted
FORMS: Mapping[Form, Callable[[Notice], dict[str, Any]]] = {"slack": slack, "json": plain_json}


class _Refused(Exception):
    """Another attempt would meet the same. The message never holds the address, which is a secret."""


class _Passing(_Refused):
    """Another attempt may do better. ``pause`` is how many seconds the receiver asks for."""

    def __init__(self, said: str, pause: float = 0.0) -> None:
        super().__init__(said)
        self.pause = pause


class Webhook:
    """``patience`` is how many seconds the attempts for one notice may take together, ``answer`` how many one may."""

    def __init__(self, url: str, form: Form, patience: float, answer: float = ANSWER_SECONDS) -> None:
        self._url, self._render, self._patience = url, FORMS[form], patience
        self._timeout = (CONNECT_SECONDS, answer)
        self._host = urlsplit(url).hostname
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="notices")
        self._pending: list[Future[None]] = []
        self._failed: deque[str] = deque(maxlen=MOST)

    def post(self, notice: Notice) -> None:
        """Queue it. Never waits and never raises: nobody's decision may depend on a chat."""
        self._pending = [each for each in self._pending if not each.done()]
        if len(self._pending) < MOST:
            self._pending.append(self._pool.submit(self._deliver, notice))
        else:
            self._give_up(notice, f"{MOST} others wait already")

    def drain(self, seconds: float) -> list[str]:
        """Wait at most so long for what is queued; the answer says what did not arrive, as far as it is known."""
        _, left = wait(self._pending, timeout=seconds)
        troubles = [self._failed.popleft() for _ in range(len(self._failed))]
        return [*troubles, *([f"{self._host} did not take {len(left)} within {seconds:g} s"] if left else [])]

    def _deliver(self, notice: Notice) -> None:
        watch = Stopwatch()
        try:
            Retrying(
                stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(self._patience),
                wait=_pause,
                retry=retry_if_exception_type(_Passing),
                reraise=True,
            )(self._send, notice)
        except _Refused as error:
            self._give_up(notice, str(error))
        else:
            tell("notified", about=notice.event, notice=notice.id, scope=notice.scope, seconds=watch.seconds)

    def _give_up(self, notice: Notice, why: str) -> None:
        self._failed.append(f"{notice.event}: {self._host} {why}")
        facts = {"about": notice.event, "notice": notice.id, "scope": notice.scope, "why": why}
        tell("not notified", logging.WARNING, **facts)

    def _send(self, notice: Notice) -> None:
        """The answer's body is never read: only its status counts."""
        head = {"User-Agent": "promotion-gate", "Idempotency-Key": notice.id}
        try:
            with requests.post(
                self._url,
                json=self._render(notice),
                headers=head,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                _judge(answer.status_code, answer.headers)
        except (requests.RequestException, ValueError) as error:
            # Its text would repeat the address.
            raise _Passing(f"does not answer ({type(error).__name__})") from None


def _judge(status: int, headers: Mapping[str, str]) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise _Refused(f"redirects elsewhere ({status}), which is not followed")
    said = f"answered {status}"
    raise _Passing(said, _asked(headers.get("Retry-After", ""))) if status == 429 or status >= 500 else _Refused(said)


def _asked(text: str) -> float:
    """The pause that a receiver asks for, as seconds or as a date."""
    if text.isdigit():
        return float(text[:6])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 0.0


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.pause if isinstance(error, _Passing) else 0.0
    return max(asked, min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (state.attempt_number - 1)))
