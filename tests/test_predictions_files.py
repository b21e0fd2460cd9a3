"""Where predictions may come from: the configured file server alone, checked, and whole or not at all."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gate.cache import evict
from gate.config import ConfigError, parse, parse_size
from gate.connect import connect
from gate.evidence import Artifact
from gate.ports import ServiceError, Untrusted
from gate.predictions.compare import Settings
from tests.artifacts import BETTER, kept, sha
from tests.clearml_wire import KEY, SECRET, Wire, running
from tests.file_server import file_server
from tests.small_world import POLICY, REPOSITORY, SmallWorld


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where the gate of this test keeps artifacts and counts."""
    return tmp_path / "cache" / "promotion-gate"


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A ClearML server by itself, which the gate is configured for."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with running(tmp_path / "sandbox") as found:
        places = {"API_HOST": found.api, "FILES_HOST": found.files, "WEB_HOST": found.web}
        for name, value in {**places, "API_ACCESS_KEY": KEY, "API_SECRET_KEY": SECRET}.items():
            monkeypatch.setenv(f"CLEARML_{name}", value)
        yield found


def fetch(uri: str, size: int = 100, sha256: str = sha(BETTER), limit: int = 1_000) -> Path:
    tracker = connect({"GITHUB_REPOSITORY": REPOSITORY}).tracker
    return tracker.fetch(Artifact("predictions", uri, size, sha256), limit)


@pytest.mark.parametrize(
    ("uri", "sentence"),
    [
        ("file:///etc/passwd", "lies at file://, not on the file server {files}"),
        ("s3://bucket/p.parquet", "lies at s3://bucket, not on the file server"),
        ("gs://bucket/p.parquet", "lies at gs://bucket, not on the file server"),
        ("{evil}/p.parquet", "lies at {evil}, not on the file server"),
        ("{files}@{evil_host}/p.parquet", "lies at {files}@{evil_host}, not on the file server"),
        ("http://user:word@{files_host}/p.parquet", "lies at http://user:word@{files_host}, not on the file server"),
        ("{files}\\@{evil_host}/p.parquet", "lies at no address, not on the file server"),
        ("{files}\t@{evil_host}/p.parquet", "lies at no address, not on the file server"),
        ("{files}/../../etc/passwd", "not on the file server"),
        ("{files}/a/%2e%2e/%2E%2e/etc/passwd", "not on the file server"),
        ("https://{files_host}/p.parquet", "lies at https://{files_host}, not on the file server {files}"),
        ("http://127.0.0.1/p.parquet", "lies at http://127.0.0.1, not on the file server"),
        ("//{files_host}/p.parquet", "not on the file server"),
        ("{files}.evil.example/p.parquet", "not on the file server"),
        ("http://[p.parquet", "lies at no address"),
        ("p.parquet", "lies at ://, not on the file server"),
        ("", "lies at ://, not on the file server"),
    ],
)
def test_no_address_but_the_file_servers_own_is_asked(wire: Wire, cache: Path, uri: str, sentence: str) -> None:
    with file_server(b"secret") as evil:
        hosts = {"files_host": wire.files.removeprefix("http://"), "evil_host": evil.url.removeprefix("http://")}
        places = {"files": wire.files, "evil": evil.url, **hosts}
        with pytest.raises(Untrusted, match=re.escape(sentence.format(**places))):
            fetch(uri.format(**places))
        assert evil.asked == []
    assert kept(cache) == []


def test_a_file_server_below_a_path_is_asked_below_it_only(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    with file_server(BETTER) as server:
        monkeypatch.setenv("CLEARML_FILES_HOST", f"{server.url}/files")
        with pytest.raises(Untrusted, match="not on the file server"):
            fetch(f"{server.url}/api/p.parquet")
        assert fetch(f"{server.url}/files/a%20b/p.parquet").read_bytes() == BETTER
    assert server.asked == ["/files/a b/p.parquet"]


def test_a_claim_of_ten_gigabytes_is_refused_before_any_request(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    with file_server(BETTER) as server:
        monkeypatch.setenv("CLEARML_FILES_HOST", server.url)
        with pytest.raises(Untrusted, match="has 10,000,000,000 bytes; at most 2,000,000,000 are read"):
            fetch(f"{server.url}/p.parquet", size=10_000_000_000, limit=Settings.max_bytes)
    assert server.asked == []


ELSEWHERE = "sends artifact 'predictions' elsewhere ({}); redirects are not followed"


@pytest.mark.parametrize(
    ("chunks", "answer", "sentence"),
    [
        ([b"x"], {"headers": {"Content-Length": "5000"}}, "is answered with 5,000 bytes; at most 1,000 are read"),
        ([b"x" * 900] * 900, {}, "is larger than it claimed; at most 1,000 are read (max_bytes in [predictions])"),
        ([b"not what was uploaded"], {}, "is not what was uploaded: its sha256 is"),
        ([b""], {}, "is not what was uploaded: its sha256 is"),
        (
            [b"x"],
            {"status": 302, "headers": {"Location": "http://127.0.0.1:1/s"}},
            ELSEWHERE.format("http://127.0.0.1:1"),
        ),
        ([b"x"], {"status": 301, "headers": {"Location": "file:///etc/passwd"}}, ELSEWHERE.format("file://")),
        ([b"x"], {"status": 307, "headers": {"Location": "/other"}}, "redirects are not followed"),
        ([b"x"], {"status": 404}, "was recorded, but the file server does not have it"),
        (
            [gzip.compress(BETTER)],
            {"headers": {"Content-Encoding": "gzip"}},
            "compresses artifact 'predictions', though",
        ),
    ],
)
def test_an_answer_that_cannot_be_trusted_leaves_nothing_behind(
    wire: Wire, cache: Path, monkeypatch: pytest.MonkeyPatch, chunks: list[bytes], answer: Any, sentence: str
) -> None:
    with file_server(*chunks, **answer) as server:
        monkeypatch.setenv("CLEARML_FILES_HOST", server.url)
        with pytest.raises(Untrusted, match=re.escape(sentence)):
            fetch(f"{server.url}/p.parquet")
    assert server.asked == ["/p.parquet"]
    assert kept(cache) == []


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"headers": {"Content-Length": "900"}}, "the ClearML file server broke off in artifact 'predictions'"),
        ({"status": 403}, "the ClearML file server answers 403 for artifact 'predictions'"),
        ({"status": 503}, "ClearML does not answer GET"),
    ],
)
def test_a_file_server_that_fails_is_a_failed_service_and_leaves_nothing_behind(
    wire: Wire, cache: Path, monkeypatch: pytest.MonkeyPatch, answer: Any, sentence: str
) -> None:
    with file_server(b"PAR1 and then nothing", **answer) as server:
        monkeypatch.setenv("CLEARML_FILES_HOST", server.url)
        with pytest.raises(ServiceError, match=sentence):
            fetch(f"{server.url}/p.parquet")
    assert kept(cache) == []


def test_a_cache_that_cannot_be_written_is_said(wire: Wire, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    with file_server(BETTER) as server:
        monkeypatch.setenv("CLEARML_FILES_HOST", server.url)
        with pytest.raises(ServiceError, match=r"the cache .* cannot be used: Not a directory"):
            fetch(f"{server.url}/p.parquet")


FETCH = """
import sys
from gate.connect import connect
from gate.evidence import Artifact

connect().tracker.fetch(Artifact("predictions", sys.argv[1], 100, sys.argv[2]), 1000)
"""


def test_what_a_killed_download_leaves_is_no_artifact_and_is_swept_after_a_day(
    wire: Wire, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_server(BETTER[:40], None) as server:
        environment = {**os.environ, "CLEARML_FILES_HOST": server.url, "GITHUB_REPOSITORY": REPOSITORY}
        command = [sys.executable, "-c", FETCH, f"{server.url}/p.parquet", sha(BETTER)]
        process = subprocess.Popen(command, env=environment, cwd=Path(__file__).parents[1])
        deadline = time.monotonic() + 60
        while not kept(cache) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
        process.wait(timeout=20)
    (left,) = kept(cache)
    assert left.endswith(".part")
    evict(cache, 10**9)
    assert kept(cache) == [left], "it may belong to somebody still"
    two_days_ago = time.time() - 2 * 86_400
    os.utime(cache / "artifacts" / left, (two_days_ago, two_days_ago))
    evict(cache, 10**9)
    assert kept(cache) == []


@pytest.mark.parametrize(
    ("text", "size"), [("2GB", 2 * 10**9), ("1.5 GiB", 3 * 2**29), ("500 MB", 5 * 10**8), ("1k", 1000), (7, 7)]
)
def test_sizes_are_written_as_people_write_them(text: object, size: int) -> None:
    assert parse_size(text) == size


def test_a_size_that_is_none_is_a_mistake_with_a_remedy(owls: SmallWorld) -> None:
    with pytest.raises(ConfigError, match=r"predictions\.max_bytes: 'much' is no size; write \"2GB\""):
        parse('[predictions]\nmax_bytes = "much"\n' + POLICY, "gate.toml")
    with pytest.raises(ConfigError, match="GATE_CACHE_BYTES: '-1' is no size"):
        owls.connect(GATE_CACHE_BYTES="-1")
