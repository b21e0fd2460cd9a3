"""Artifacts from ClearML's file server to a local cache, checked before anybody reads them.

The SDK's own `Artifact.get` unpickles, and opens ``file://`` addresses: an artifact could run code or read any file.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import requests

from gate.adapters.clearml_session import ClearmlSession
from gate.evidence import Artifact
from gate.ports import ServiceError, Untrusted

MAX_BYTES = 2 * 2**30
CHUNK = 2**20


class ClearmlFiles:
    """Downloads artifacts from the configured file server only; ``cache`` keeps them by their sha256."""

    def __init__(self, session: ClearmlSession, cache: Path, timeout: Callable[[], float]) -> None:
        self._session, self._cache, self._timeout = session, cache, timeout

    def fetch(self, artifact: Artifact) -> Path:
        self._refuse(artifact)
        kept = self._cache / artifact.sha256
        if not kept.exists():
            self._cache.mkdir(parents=True, exist_ok=True)
            self._download(artifact, kept)
        return kept

    def _refuse(self, artifact: Artifact) -> None:
        sdk = self._session.sdk
        server = urlsplit(str(sdk.get_files_server_host(config=sdk.config)))
        place = urlsplit(artifact.uri)
        if (place.scheme, place.netloc) != (server.scheme, server.netloc):
            where = f"{place.scheme}://{place.hostname or ''}"
            raise Untrusted(f"artifact '{artifact.name}' lies at {where}, not on the file server {server.geturl()}")
        if not re.fullmatch(r"[0-9a-f]{64}", artifact.sha256):
            raise Untrusted(f"artifact '{artifact.name}' was recorded without a sha256")
        if artifact.size > MAX_BYTES:
            raise Untrusted(f"artifact '{artifact.name}' has {artifact.size:,} bytes; at most {MAX_BYTES:,} are read")

    def _download(self, artifact: Artifact, kept: Path) -> None:
        with (
            self._session.open(artifact.uri) as answer,
            tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as part,
        ):
            try:
                found = self._copy(answer, artifact, part.write)
                if found != artifact.sha256:
                    raise Untrusted(
                        f"artifact '{artifact.name}' is not what was uploaded: its sha256 is {found[:12]}..., "
                        f"recorded was {artifact.sha256[:12]}..."
                    )
                part.close()
                os.replace(part.name, kept)
            finally:
                Path(part.name).unlink(missing_ok=True)

    def _copy(self, answer: requests.Response, artifact: Artifact, write: Callable[[bytes], object]) -> str:
        if answer.status_code != 200:
            raise ServiceError(f"the ClearML file server answers {answer.status_code} for artifact '{artifact.name}'")
        digest, size = hashlib.sha256(), 0
        try:
            for chunk in answer.iter_content(CHUNK):
                self._timeout()
                digest.update(chunk)
                write(chunk)
                size += len(chunk)
                if size > MAX_BYTES:
                    raise Untrusted(
                        f"artifact '{artifact.name}' is larger than {MAX_BYTES:,} bytes, which it claimed not"
                    )
        except requests.RequestException as error:
            raise ServiceError(f"the ClearML file server broke off in artifact '{artifact.name}': {error}") from error
        return digest.hexdigest()
