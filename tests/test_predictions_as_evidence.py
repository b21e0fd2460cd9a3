"""What a check makes of runs' artifacts: counts, kept by content, or missing evidence with the reason."""

from __future__ import annotations

import io
import os
import pickle
import shutil
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gate.connect import connect
from gate.review import Review
from gate.verdict import Outcome
from gate.workflow import Question, check
from tests.artifacts import BETTER, GOOD, kept, sha
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld, parquet
from tests.trap import Trap


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where the gate of this test keeps artifacts and counts."""
    return tmp_path / "cache" / "promotion-gate"


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


def test_the_cache_is_kept_within_its_limit_by_every_check_that_counts(owls: SmallWorld, cache: Path) -> None:
    old = cache / "artifacts" / ("0" * 64)
    old.parent.mkdir(parents=True)
    old.write_bytes(b"x" * 5_000)
    hour_ago = time.time() - 3_600
    os.utime(old, (hour_ago, hour_ago))
    owls.environment["GATE_CACHE_BYTES"] = "5kB"
    assert judged(owls, BETTER).verdict.outcome is Outcome.PASSED
    assert kept(cache) == sorted([sha(GOOD), sha(BETTER)])
