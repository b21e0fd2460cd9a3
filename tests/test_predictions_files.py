"""Where predictions may come from: the configured file server alone, checked, and whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import pickle
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gate.cache import evict
from gate.config import ConfigError, parse, parse_size
from gate.connect import connect
from gate.evidence import Artifact
from gate.ports import ServiceError, Untrusted
from gate.predictions import Settings
from gate.review import Review
from gate.verdict import Outcome
from gate.workflow import Question, check
from tests.clearml_wire import KEY, SECRET, Wire, running
from tests.file_server import file_server
from tests.small_world import CLASSES_RULE, POLICY, REPOSITORY, SmallWorld, parquet

GOOD = parquet([("1", "cat", "cat"), ("2", "owl", "cat"), ("3", "owl", "owl")])
BETTER = parquet([("1", "cat", "cat"), ("2", "owl", "owl"), ("3", "owl", "owl")])


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where the gate of this test keeps artifacts and counts."""
    return tmp_path / "cache" / "promotion-gate"


def kept(cache: Path) -> list[str]:
    return sorted(path.name for path in (cache / "artifacts").glob("*"))


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def judged(owls: SmallWorld, content: bytes, settings: str = "", **recorded: Any) -> Review:
    """A best with good predictions, and a candidate whose artifact was recorded like this."""
    return check(owls.connect(), Question(pull=candidate(owls, content, settings, **recorded)))


def candidate(owls: SmallWorld, content: bytes, settings: str = "", **recorded: Any) -> int:
    owls.set_policy(settings + POLICY + CLASSES_RULE)
    best = owls.run(owls.main(), tags=["best"], status="in_progress")
    pull = owls.pull("Look at both eyes")
    run = owls.run(pull.head.sha, status="in_progress")
    owls.upload(best, "predictions", GOOD)
    owls.upload(run, "predictions", content, **recorded)
    for task in (best, run):
        owls.call("tasks.completed", {"task": task})
    return int(pull.number)


def refused(review: Review, sentence: str) -> None:
    """Missing evidence, in this sentence: never a pass."""
    assert sentence in review.evidence.counts_missing
    assert review.verdict.outcome is Outcome.UNKNOWN
    assert review.verdict.exit_code == 3


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


@pytest.mark.parametrize(
    ("recorded", "sentence"),
    [
        ({"uri": "file:///etc/passwd"}, "lies at file://, not on the file server"),
        ({"sha256": "0" * 64}, "is not what was uploaded"),
        ({"sha256": "none"}, "was recorded without a sha256"),
    ],
)
def test_an_artifact_that_must_not_be_read_is_missing_evidence(
    owls: SmallWorld, cache: Path, recorded: dict[str, str], sentence: str
) -> None:
    refused(judged(owls, BETTER, **recorded), sentence)
    assert kept(cache) == [sha(GOOD)], "the best's predictions, which are innocent"


def test_the_policy_says_how_large_predictions_may_be(owls: SmallWorld, cache: Path) -> None:
    review = judged(owls, BETTER, '[predictions]\nmax_bytes = "100B"\n')
    refused(review, f"has {len(GOOD):,} bytes; at most 100 are read (max_bytes in [predictions])")
    assert kept(cache) == []


class Trap:
    """Unpickled, it would leave a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return open, (str(self.mark), "w")


def test_a_pickle_is_never_opened(owls: SmallWorld, tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    refused(judged(owls, pickle.dumps(Trap(mark))), "(a Python pickle, which is never opened)")
    assert not mark.exists()


def listed() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"id": [1], "y_true": [["cat"]], "y_pred": ["cat"]}), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (BETTER[:-9], "the candidate's predictions were cut short"),
        (b"PAR1" + b"\0" * 300 + b"PAR1", "the candidate's predictions are not readable Parquet"),
        (b"id,y_true,y_pred\n1,cat,cat\n", "(text, such as CSV)"),
        (b"", "the candidate's predictions are an empty file"),
        (listed(), "the column y_true holds list of text; required: text or integer"),
    ],
    ids=["cut", "hollow", "csv", "empty", "lists"],
)
def test_what_is_no_prediction_table_is_missing_evidence(owls: SmallWorld, content: bytes, sentence: str) -> None:
    refused(judged(owls, content), sentence)


def test_a_second_check_downloads_nothing(owls: SmallWorld, cache: Path) -> None:
    number = candidate(owls, BETTER)
    asked: list[list[str]] = []
    for _ in range(2):
        requests: list[str] = []
        world = connect(owls.environment, journal=lambda service, request, to=requests: to.append(request))
        assert check(world, Question(pull=number)).verdict.outcome is Outcome.PASSED
        asked.append([request for request in requests if request.endswith(".parquet")])
        assert kept(cache) == ([] if asked[1:] else sorted([sha(GOOD), sha(BETTER)]))
        shutil.rmtree(cache / "artifacts", ignore_errors=True)  # the counts are enough
    assert asked == [["predictions.parquet"] * 2, []]


def test_a_download_is_told_in_megabytes_and_percent(owls: SmallWorld) -> None:
    rows = [(f"{number}-{sha(str(number).encode())}", "cat", "owl") for number in range(80_000)]
    said: list[str] = []
    number = candidate(owls, parquet(rows))
    check(owls.connect(), Question(pull=number), said.append)
    told = [line for line in said if line.startswith("downloading 'predictions'")]
    assert told[0].endswith("MB, 100 %"), "the best's few bytes, at once"
    size = len(parquet(rows)) / 1e6
    assert told[-1] == f"downloading 'predictions': {size:,.1f} of {size:,.1f} MB, 100 %"
    assert 3 < len(told) <= 12
    assert said.index(told[-1]) < said.index("pairing the rows")


def test_a_damaged_copy_is_fetched_again(owls: SmallWorld, cache: Path) -> None:
    number = candidate(owls, BETTER)
    check(owls.connect(), Question(pull=number))
    place = cache / "artifacts" / sha(BETTER)
    place.write_bytes(BETTER[:-100])
    for counts in (cache / "counts").iterdir():
        counts.unlink()
    review = check(owls.connect(), Question(pull=number))
    assert review.verdict.outcome is Outcome.PASSED
    assert place.read_bytes() == BETTER


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


def test_the_cache_is_kept_within_its_limit_by_every_check_that_counts(owls: SmallWorld, cache: Path) -> None:
    old = cache / "artifacts" / ("0" * 64)
    old.parent.mkdir(parents=True)
    old.write_bytes(b"x" * 5_000)
    hour_ago = time.time() - 3_600
    os.utime(old, (hour_ago, hour_ago))
    owls.environment["GATE_CACHE_BYTES"] = "5kB"
    assert judged(owls, BETTER).verdict.outcome is Outcome.PASSED
    assert kept(cache) == sorted([sha(GOOD), sha(BETTER)])


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
