"""Artifacts from ClearML's file server to a local cache, checked before anybody reads them.

The SDK's own `Artifact.get` unpickles, and opens ``file://`` addresses: an artifact could run code or read any file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import requests

from gate.adapters.clearml_session import ClearmlSession
from gate.cache import in_use, whole
from gate.evidence import Artifact
from gate.ports import ServiceError, Untrusted

CHUNK = 2**18
MEGABYTE = 10**6
STEPS = 10  # of progress that is told
DEFAULT_PORTS = {"http": 80, "https": 443}


class ClearmlFiles:
    """Downloads artifacts from the configured file server only; ``cache`` keeps them by their sha256."""

    def __init__(self, session: ClearmlSession, cache: Path, timeout: Callable[[], float]) -> None:
        self._session, self._cache, self._timeout = session, cache, timeout

    def fetch(self, artifact: Artifact, limit: int, told: Callable[[str], None]) -> Path:
        self._refuse(artifact, limit)
        kept = self._cache / artifact.sha256
        try:
            if not _intact(kept, artifact.sha256):
                self._download(artifact, kept, limit, told)
        except requests.RequestException as error:
            raise ServiceError(f"the ClearML file server broke off in artifact '{artifact.name}': {error}") from error
        except OSError as error:
            raise ServiceError(f"the cache {self._cache} cannot be used: {error.strerror}") from error
        return kept

    def _refuse(self, artifact: Artifact, limit: int) -> None:
        """What can be told without asking anybody."""
        sdk = self._session.sdk
        server = str(sdk.get_files_server_host(config=sdk.config))
        if not _lies_on(server, artifact.uri):
            raise Untrusted(
                f"artifact '{artifact.name}' lies at {_place(artifact.uri)}, not on the file server {server}"
            )
        if not re.fullmatch(r"[0-9a-f]{64}", artifact.sha256):
            raise Untrusted(f"artifact '{artifact.name}' was recorded without a sha256")
        if artifact.size > limit:
            raise Untrusted(f"artifact '{artifact.name}' has {artifact.size:,} bytes; {_at_most(limit)}")

    def _download(self, artifact: Artifact, kept: Path, limit: int, told: Callable[[str], None]) -> None:
        with self._session.open(artifact.uri) as answer:
            _refuse_answer(answer, artifact, limit)
            with whole(kept) as file:
                digest = hashlib.sha256()
                for chunk in self._chunks(answer, artifact, limit, told):
                    digest.update(chunk)
                    file.write(chunk)
                _compare(digest.hexdigest(), artifact)

    def _chunks(
        self, answer: requests.Response, artifact: Artifact, limit: int, told: Callable[[str], None]
    ) -> Iterator[bytes]:
        whole_size = _length(answer) or artifact.size or 1
        size, step = 0, -1
        for chunk in answer.iter_content(CHUNK):
            self._timeout()
            size += len(chunk)
            if size > limit:
                raise Untrusted(f"artifact '{artifact.name}' is larger than it claimed; {_at_most(limit)}")
            if (reached := min(STEPS * size // whole_size, STEPS)) > step:
                step = reached
                told(_progress(artifact.name, size, whole_size))
            yield chunk


def _intact(kept: Path, sha256: str) -> bool:
    """Whether the cached file is there and what its name says; a damaged one is removed."""
    try:
        with in_use(kept), kept.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return False
    if found != sha256:
        kept.unlink(missing_ok=True)
    return found == sha256


def _lies_on(server: str, uri: str) -> bool:
    """Whether an address is below that of the server, whatever tricks it plays with hosts, users or dots."""
    root, place = _split(server), _split(uri)
    if root is None or place is None or "@" in place.netloc:
        return False
    below = place.path.startswith(root.path.rstrip("/") + "/") and ".." not in unquote(place.path).split("/")
    return below and _origin(place) == _origin(root)


def _split(uri: str) -> SplitResult | None:
    """None for what is no plain address: Python's parser would drop some characters that others obey."""
    try:
        parts = urlsplit(uri)
        return parts if parts.port != 0 and not re.search(r"[\x00-\x20\x7f\\]", uri) else None
    except ValueError:
        return None


def _origin(place: SplitResult) -> tuple[str, str | None, int | None]:
    return place.scheme, place.hostname, place.port or DEFAULT_PORTS.get(place.scheme)


def _place(uri: str) -> str:
    """An address as far as its host, for messages."""
    parts = _split(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts else "no address"


def _refuse_answer(answer: requests.Response, artifact: Artifact, limit: int) -> None:
    """What can be told from the head of an answer, before its content is read."""
    name = f"artifact '{artifact.name}'"
    if answer.is_redirect:
        there = _place(urljoin(artifact.uri, answer.headers["Location"]))
        raise Untrusted(f"the file server sends {name} elsewhere ({there}); redirects are not followed")
    if answer.status_code == 404:
        raise Untrusted(f"{name} was recorded, but the file server does not have it")
    if answer.status_code != 200:
        raise ServiceError(f"the ClearML file server answers {answer.status_code} for {name}")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise Untrusted(f"the file server compresses {name}, though it was asked not to")
    if (length := _length(answer)) > limit:
        raise Untrusted(f"{name} is answered with {length:,} bytes; {_at_most(limit)}")


def _length(answer: requests.Response) -> int:
    """The bytes that an answer announces, or 0."""
    said = answer.headers.get("Content-Length", "")
    return int(said) if said.isdecimal() else 0


def _compare(found: str, artifact: Artifact) -> None:
    if found != artifact.sha256:
        raise Untrusted(
            f"artifact '{artifact.name}' is not what was uploaded: its sha256 is {found[:12]}..., "
            f"recorded was {artifact.sha256[:12]}..."
        )


def _at_most(limit: int) -> str:
    return f"at most {limit:,} are read (max_bytes in [predictions])"


def _progress(name: str, size: int, whole_size: int) -> str:
    share = min(100 * size // whole_size, 100)
    return f"downloading '{name}': {size / MEGABYTE:,.1f} of {whole_size / MEGABYTE:,.1f} MB, {share} %"
