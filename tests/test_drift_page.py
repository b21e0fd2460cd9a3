"""The Drift page as a script: what it says of a world that moved, of one that did not, and of nothing at all."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.drift_world import APRIL, LONG, MAY, made, watched
from tests.small_world import POLICY, SmallWorld


def test_the_world_that_moved_is_told_in_one_sentence_and_by_rule(
    owls: SmallWorld, tmp_path: Path, opened: Any
) -> None:
    ids = watched(owls, tmp_path)
    at = opened(owls, "drift", pr=ids["pull"], scope="owls")
    said = at.error[0].value
    assert said.startswith("Since 1 May 2013 confidence")
    assert "accuracy fell from 0.85 to 0.5" in said
    assert "the candidate has 0.7" in said
    assert said.endswith("retraining is advised by: accuracy.")
    text = " ".join(markdown.value for markdown in at.markdown)
    assert "**class shares**" in text
    assert "**accuracy**" in text
    assert [metric.label for metric in at.metric] == ["Rows now", "Mean p@1", "Accuracy", "New classes"]
    captions = [caption.value for caption in at.caption]
    assert any(caption.startswith("Repair: accuracy 0.5") for caption in captions)
    assert any("4 classes with a truth: 4 damaged beyond chance" in caption for caption in captions)


def test_every_chart_is_drawn_from_few_points(owls: SmallWorld, tmp_path: Path, opened: Any) -> None:
    ids = watched(owls, tmp_path, 'chunk = "1h"\nmin_rows = 1')
    at = opened(owls, "drift", pr=ids["pull"])
    specs = [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]
    assert len(specs) == 3, "confidence, time, damage: no class moved"
    lines = [trace for spec in specs for trace in spec["data"]]
    assert {"test rows", "now", "mean p@1", "accuracy", "macro F1", "candidate now"} <= {t.get("name") for t in lines}
    assert sum(len(trace["x"]) for trace in lines if isinstance(trace["x"], list)) < 3_500
    assert len(at.dataframe[0].value) <= 300


def test_a_stretch_and_a_slice_narrow_everything_and_stand_in_the_address(
    owls: SmallWorld, tmp_path: Path, opened: Any
) -> None:
    sliced = 'min_rows = 20\nchunk = "1d"\n[predictions]\nslices = ["site"]'
    ids = watched(owls, tmp_path, sliced)
    at = opened(owls, "drift", **{"from": "2013-05-04", "until": "2013-05-06", "slice": "site = north"})
    assert at.error[0].value.startswith("Since 4 May 2013")
    few = int(at.metric[0].value.replace(",", ""))
    assert 30 < few < 100
    at.selectbox(key="slice").set_value("all rows").run()
    assert int(at.metric[0].value.replace(",", "")) > 2 * few
    assert not at.exception
    assert ids["best"] in " ".join(caption.value for caption in at.caption)


def test_another_run_can_be_compared(owls: SmallWorld, tmp_path: Path, opened: Any) -> None:
    ids = watched(owls, tmp_path)
    at = opened(owls, "drift")
    assert not any(caption.value.startswith("Repair:") for caption in at.caption)
    assert "candidate F1" not in at.dataframe[-1].value
    at = opened(owls, "drift", candidate=ids["candidate"])
    assert any(caption.value.startswith("Repair:") for caption in at.caption)
    assert "candidate F1" in at.dataframe[-1].value


def test_a_steady_world_is_called_steady(owls: SmallWorld, tmp_path: Path, opened: Any) -> None:
    best = owls.run(owls.main(), tags=["best"], status="in_progress")
    owls.upload(best, "predictions", made(tmp_path / "test.parquet", APRIL).read_bytes())
    owls.upload(best, "predictions_later", made(tmp_path / "later.parquet", MAY, seed=1).read_bytes())
    owls.call("tasks.completed", {"task": best})
    at = opened(owls, "drift")
    assert at.success[0].value.startswith("Since 1 May 2013 nothing moved")


def alone(owls: SmallWorld, tmp_path: Path, rows: int = 2_000, **columns: Any) -> None:
    """Only a best run, whose later rows are as said."""
    best = owls.run(owls.main(), tags=["best"], status="in_progress")
    owls.upload(best, "predictions", made(tmp_path / "test.parquet", APRIL).read_bytes())
    later = made(tmp_path / "later.parquet", MAY, rows, seed=1, **columns)
    owls.upload(best, "predictions_later", later.read_bytes())
    owls.call("tasks.completed", {"task": best})


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        (0, {}, "the current window has 0 rows"),
        (1, {}, "the current window has 1 row"),
        (2_000, {"confidence": [1.5] * 2_000}, "no usable confidence"),
        (2_000, {"timestamp": [APRIL.replace(tzinfo=None)] * 2_000}, "times without a zone"),
        (2_000, {"timestamp": [datetime(2813, 4, 1, tzinfo=UTC)] * 2_000}, "2,000 rows are timed in the future"),
    ],
    ids=["no row", "one row", "too sure", "no zone", "future"],
)
def test_rows_that_tell_nothing_are_a_clear_state(
    owls: SmallWorld, tmp_path: Path, opened: Any, rows: int, columns: dict[str, Any], said: str
) -> None:
    alone(owls, tmp_path, rows, **columns)
    at = opened(owls, "drift")
    assert at.warning[0].value.startswith("It is not known whether the model drifted")
    everything = [*at.warning, *at.markdown, *at.caption, *at.info]
    assert any(said in each.value for each in everything)


def test_all_confidences_equal_and_no_labels_are_shown(owls: SmallWorld, tmp_path: Path, opened: Any) -> None:
    alone(owls, tmp_path, confidence=[0.8] * 2_000, truths=False)
    at = opened(owls, "drift")
    assert not at.exception
    assert [metric.value for metric in at.metric][2] == "not known"
    assert any("The truth of one window is not known" in info.value for info in at.info)


def test_a_class_of_ten_thousand_characters_is_cut(owls: SmallWorld, tmp_path: Path, opened: Any) -> None:
    alone(owls, tmp_path, new=LONG)
    at = opened(owls, "drift")
    assert at.metric[3].value == "1"
    assert max(len(each.value) for each in [*at.error, *at.markdown, *at.text, *at.caption]) < 1_200


def test_rows_without_a_time_have_no_timeline(owls: SmallWorld, tmp_path: Path, opened: Any) -> None:
    alone(owls, tmp_path, timestamp=[None] * 2_000)
    at = opened(owls, "drift")
    assert any("nothing can be said over time" in info.value for info in at.info)


def test_stretches_of_too_few_rows_say_what_to_do(owls: SmallWorld, tmp_path: Path, opened: Any) -> None:
    watched(owls, tmp_path, 'chunk = "1h"')
    at = opened(owls, "drift")
    assert any("Every stretch has fewer than 500 rows" in info.value for info in at.info)
    assert set(at.dataframe[0].value["note"]) == {"too few rows"}


def test_without_a_best_there_is_nothing_to_watch(owls: SmallWorld, opened: Any) -> None:
    at = opened(owls, "drift")
    assert at.info[0].value.startswith("Nothing to watch: exactly one run must hold the tag 'best'")


def test_without_later_rows_the_page_says_what_is_missing(owls: SmallWorld, opened: Any) -> None:
    best = owls.run(owls.main(), tags=["best"], rows=[("1", "owl", "owl")])
    at = opened(owls, "drift")
    assert any(
        f"the run {best} has no artifact 'predictions_later'" in html.unescape(each.value) for each in at.markdown
    )


def test_an_address_with_nonsense_watches_the_best(owls: SmallWorld, tmp_path: Path, opened: Any) -> None:
    ids = watched(owls, tmp_path)
    at = opened(
        owls, "drift", run="../../x", candidate="²", pr="-1", scope="no scope!", **{"from": "never", "slice": "moon"}
    )
    assert ids["best"] in at.caption[0].proto.help
    at = opened(owls, "drift", run="f" * 32)
    assert at.info[0].value.startswith("Nothing to watch: there is no run")


def test_several_models_are_offered(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy(POLICY + POLICY.replace('name = "owls"', 'name = "cats"').replace('"train"', '"train cats"'))
    at = opened(owls, "drift")
    assert "Which do you watch?" in at.info[0].value
