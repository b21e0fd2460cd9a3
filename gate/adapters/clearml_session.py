"""The only door to the clearml SDK: its configuration and login, with a transport that always comes to an end.

The SDK's own transport retries for ever on a bad certificate, on a cut answer and on 503, whatever its settings say.
Here one request is one request, bounded by the caller's time; what is retried, and how often, is decided below.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from gate.adapters.part_import import load_alone
from gate.ports import Absent, Moved, Passing, ServiceError
from gate.telemetry import Stopwatch, tell
from gate.vitals import ahead

ATTEMPTS = 3
CONNECTIONS = 16  # that are kept open; as many requests may be on their way at the same time
CONNECT_SECONDS = 5.0
REQUEST_SECONDS = 15.0  # between two bytes; with a lease of `gate.lease` in mind
INVALID_ID = (400, 101)
QUEUED_ALREADY = (400, 706)


class _Passing(Exception):
    """A failure that another attempt may not meet: no connection, a cut answer, 429 or 5xx."""


class _Limited(_Passing):
    """It asks for fewer requests."""


class ClearmlSession:
    """Sends requests to the ClearML API as ``service.action``; safe to share between threads.

    ``timeout`` answers how many seconds the caller has left; ``journal`` receives the name of every request sent.
    Configuration comes from clearml.conf and the CLEARML_* environment, as for any program that uses the SDK.
    """

    def __init__(self, timeout: Callable[[], float], journal: Callable[[str], None]) -> None:
        self._timeout, self._journal = timeout, journal
        self._lock = threading.RLock()
        self._http = requests.Session()
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
        self._sdk: Any = None
        self.skew: float | None = None  # seconds that the server's clock is ahead of ours

    @property
    def host(self) -> str:
        return str(self.sdk.host)

    @property
    def sdk(self) -> Any:
        """The SDK's session, logged in at first use (importing it takes a quarter of a second)."""
        with self._lock:
            if self._sdk is None:
                self._sdk = self._login()
            return self._sdk

    def call(
        self, endpoint: str, body: dict[str, Any], version: str = "2.23", attempts: int = ATTEMPTS
    ) -> dict[str, Any]:
        """The ``data`` of an answer. Raises `Absent` for an unknown id, `ServiceError` for everything else.

        What writes is sent once (``attempts``): whoever wrote looks first whether it was done.
        """
        service, action = endpoint.split(".")
        sdk = self.sdk
        answer = self._patiently(
            lambda: sdk.send_request(service, action, version=version, method="post", json=body), endpoint, attempts
        )
        return _data(answer, endpoint, self.host)

    def open(self, url: str) -> requests.Response:
        """Start reading a file from the file server, with the token, following no redirect."""
        headers = {**self.sdk.add_auth_headers({}), "Accept-Encoding": "identity"}
        request = partial(self._request, "get", url, headers=headers, stream=True)
        answer: requests.Response = self._patiently(request, f"GET {url}")
        return answer

    def send(self, method: str, url: str, **given: Any) -> requests.Response:
        """One request to the file server, with the token, sent once."""
        headers = self.sdk.add_auth_headers({})
        answer: requests.Response = self._patiently(
            partial(self._request, method, url, headers=headers, **given), f"{method.upper()} {url}", attempts=1
        )
        return answer

    def _login(self) -> Any:
        # The whole SDK takes a second: it hooks into frameworks, patches argparse, and imports pandas.
        load_alone("clearml", "backend_api.session.client", "config")
        from clearml.backend_api.session.client import StrictSession
        from clearml.config import ConfigWrapper

        owner = self

        class Bounded(StrictSession):
            @classmethod
            def get_api_server_host(cls, config: Any = None) -> str:
                host = str(super().get_api_server_host(config))
                return host if "://" in host else f"https://{host}"  # as ClearML's own action is configured

            def _send_request(  # type: ignore[override]
                self, service: str, action: str, version: str | None = None, **given: Any
            ) -> requests.Response:
                place = f"{self.host}/v{version}" if version else self.host
                kept = {name: given.get(name) for name in ("headers", "auth", "data", "json", "params")}
                return owner._request(given.get("method") or "post", f"{place}/{service}.{action}", **kept)

            def refresh_token(self) -> None:
                with owner._lock:  # the SDK does it in whichever thread meets an old token
                    super().refresh_token()

        config = ConfigWrapper._init()
        self._http.verify = config.get("api.verify_certificate", True)
        try:
            return self._patiently(lambda: Bounded(initialize_logging=False, config=config), "auth.login")
        except (ServiceError, Absent):
            raise
        except Exception as error:  # the SDK raises LoginError, ValueError or MissingConfigError
            raise ServiceError(
                f"ClearML refuses the login: {error}. Set CLEARML_API_HOST, CLEARML_API_ACCESS_KEY and "
                "CLEARML_API_SECRET_KEY, or write a clearml.conf"
            ) from error

    def _patiently(self, send: Callable[[], Any], name: str, attempts: int = ATTEMPTS) -> Any:
        retrying = Retrying(
            retry=retry_if_exception_type(_Passing),
            stop=stop_after_attempt(attempts),
            wait=wait_exponential(multiplier=0.3, max=2),
            reraise=True,
        )
        try:
            return retrying(_unwrapped, send)
        except _Passing as error:
            raise Passing(f"ClearML does not answer {name}: {error}") from error

    def _request(self, method: str, url: str, **given: Any) -> requests.Response:
        name = url.rsplit("/", 1)[-1]
        self._journal(name if "." in name else url)
        watch, outcome = Stopwatch(), "unavailable"
        try:
            answer = self._answered(method, url, **given)
            outcome = "ok" if answer.ok else "refused"
            return answer
        except _Limited:
            outcome = "limited"
            raise
        finally:
            tell("request", logging.DEBUG, service="clearml", outcome=outcome, asked=name, seconds=watch.seconds)

    def _answered(self, method: str, url: str, **given: Any) -> requests.Response:
        left = self._timeout()
        timeout = (min(left, CONNECT_SECONDS), min(left, REQUEST_SECONDS))
        try:
            answer = self._http.request(method, url, timeout=timeout, allow_redirects=False, **given)
        except requests.RequestException as error:
            raise _Passing(_brief(error)) from error
        self.skew = ahead(answer.headers.get("Date", ""))
        if answer.status_code == 429 or answer.status_code >= 502:
            kind = _Limited if answer.status_code == 429 else _Passing
            raise kind(f"it answered {answer.status_code} {answer.reason}")
        return answer


def _unwrapped(send: Callable[[], Any]) -> Any:
    """The SDK's login wraps what its transport raises; the reason is what counts."""
    try:
        return send()
    except Exception as error:
        reason: BaseException | None = error
        while reason is not None:
            if isinstance(reason, _Passing | ServiceError):
                raise reason from None
            reason = reason.__cause__ or reason.__context__
        raise


def _data(answer: requests.Response, endpoint: str, host: str) -> dict[str, Any]:
    try:
        said = answer.json()
        meta, data = said["meta"], said["data"]
        code, message = (answer.status_code, int(meta["result_subcode"])), str(meta["result_msg"])
    except (ValueError, KeyError, TypeError) as error:
        raise ServiceError(
            f"{host} does not answer {endpoint} as a ClearML API server ({answer.status_code})"
        ) from error
    if answer.ok:
        return dict(data)
    if code == INVALID_ID:
        raise Absent(message)
    if code == QUEUED_ALREADY:
        raise Moved(message)
    raise ServiceError(f"ClearML refuses {endpoint}: {code[0]}/{code[1]} {message}")


def _brief(error: requests.RequestException) -> str:
    kind = type(error).__name__
    return f"{kind}: {error}"[:300]
