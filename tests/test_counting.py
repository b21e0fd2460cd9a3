"""From prediction files to counts: against scikit-learn, and against counts made by hand."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support, top_k_accuracy_score

from gate.counts import BINS, Counts, Triples, from_triples
from gate.predictions import embedded, passes
from gate.predictions.compare import Settings, compare, compare_classes, compare_wide
from gate.predictions.table import UnusablePredictions
from gate.scores import ModelScores, class_scores, flips, grown, scores_within, top_recall
from tests.tables import written

TEXT = st.sampled_from(["cat", "dog", "owl", "", "Ünï 🦉", 'a"b', "it's", "x" * 300])
WHOLE = st.integers(-3, 12)
ROWS = st.one_of(
    st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=60),
    st.lists(st.tuples(WHOLE, WHOLE, WHOLE), min_size=1, max_size=60),
)
WEIGHTS = st.one_of(st.floats(1e-3, 1e3), st.floats(1e-7, 1e-5), st.floats(1e5, 1e7), st.just(0.1))


def compared(folder: Path, truth: list[Any], best: list[Any], candidate: list[Any], **shared: list[Any]) -> Counts:
    """Both tables with ids, the candidate's rows in reverse order."""
    ids = [f"row {number}" for number in range(len(truth))]
    one = written(folder / "best.parquet", id=ids, y_true=truth, y_pred=best, **shared)
    turned = {name: values[::-1] for name, values in shared.items()}
    two = written(folder / "new.parquet", id=ids[::-1], y_true=truth[::-1], y_pred=candidate[::-1], **turned)
    return compare([one], [two])


def agrees(ours: ModelScores, labels: tuple[str, ...], truth: list[Any], predicted: list[Any], weight: Any) -> None:
    """With scikit-learn, which is given labels as text in our order."""
    known, said = [str(each) for each in truth], [str(each) for each in predicted]
    theirs = precision_recall_fscore_support(known, said, labels=labels, zero_division=0, sample_weight=weight)
    assert np.allclose((ours.precision, ours.recall, ours.f1), theirs[:3], rtol=0, atol=1e-12)
    assert np.allclose(ours.support, theirs[3], rtol=1e-12, atol=0)
    assert ours.accuracy == pytest.approx(accuracy_score(known, said, sample_weight=weight), abs=1e-12)
    for average, value in (("macro", ours.macro_f1), ("weighted", ours.weighted_f1), ("micro", ours.micro_f1)):
        expected = f1_score(known, said, labels=labels, average=average, zero_division=0, sample_weight=weight)
        assert value == pytest.approx(expected, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.data())
def test_scores_of_files_are_those_of_scikit_learn(rows: list[tuple[Any, Any, Any]], data: st.DataObject) -> None:
    truth, best, candidate = (list(column) for column in zip(*rows, strict=True))
    weight = data.draw(st.one_of(st.none(), st.lists(WEIGHTS, min_size=len(rows), max_size=len(rows))))
    with tempfile.TemporaryDirectory() as folder:
        shared = {"weight": weight} if weight else {}
        counts = compared(Path(folder), truth, best, candidate, **shared)
    scores = class_scores(counts)
    assert counts.labels == tuple(sorted({str(label) for row in rows for label in row}))
    agrees(scores.best, counts.labels, truth, best, weight)
    agrees(scores.candidate, counts.labels, truth, candidate, weight)


@settings(max_examples=30, deadline=None)
@given(ROWS)
def test_every_way_of_counting_the_same_rows_agrees(rows: list[tuple[Any, Any, Any]]) -> None:
    truth, best, candidate = (list(column) for column in zip(*rows, strict=True))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        counts = compared(folder, truth, best, candidate)
        light = compare_classes([folder / "best.parquet"], [folder / "new.parquet"])
        path = written(folder / "wide.parquet", y_true=truth, best=best, candidate=candidate)
        wide, whole = compare_wide(path), compare_wide([path], light=False)
    assert counts.triples is not None
    drawn = from_triples(counts.labels, counts.triples)
    for other in (light, wide, whole, drawn):
        assert other.labels == counts.labels
        for path in (
            "best.support",
            "best.hits",
            "candidate.claims",
            "candidate.hits",
            "overlap.hits",
            "overlap.false",
        ):
            assert (reach(other, path) == reach(counts, path)).all(), path
    assert drawn.changed == whole.changed == counts.changed == sum(b != c for _, b, c in rows)


def reach(counts: Counts, path: str) -> Any:
    found: Any = counts.per_class
    for name in path.split("."):
        found = getattr(found, name)
    return found


def test_flips_and_confusions_are_those_of_the_rows(tmp_path: Path) -> None:
    truth = ["owl"] * 6 + ["cat"] * 4
    best = ["owl", "owl", "owl", "cat", "cat", "dog", "cat", "cat", "cat", "owl"]
    candidate = ["owl", "owl", "cat", "cat", "owl", "cat", "cat", "cat", "owl", "owl"]
    counts = compared(tmp_path, truth, best, candidate)
    found = flips(counts)
    assert found is not None
    assert (found.both, found.negative, found.positive, found.neither, found.changed) == (4, 2, 1, 3, 4)
    assert (found.nfr, found.pfr, found.churn) == (0.2, 0.1, 0.4)
    assert found.relative_nfr == pytest.approx(0.2 / (0.6 * 0.5))
    assert (found.btc, found.bec) == (pytest.approx(4 / 6), pytest.approx(3 / 5))
    assert [(c.truth, c.predicted, c.best, c.candidate) for c in grown(counts)] == [
        ("cat", "owl", 1, 2),
        ("owl", "cat", 2, 3),
    ]
    assert (counts.new_classes, counts.gone_classes, counts.unseen_classes) == ([], ["dog"], ["dog"])


def test_beyond_the_cap_blocks_carry_the_counts(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    size = passes.MOST_TRIPLES * 2
    truth, best, candidate = (rng.integers(0, 40, size).tolist() for _ in range(3))
    counts = compared(tmp_path, truth, best, candidate)
    assert counts.triples is None
    assert counts.blocks is not None
    assert counts.blocks.shape == (1_000, 5, 40)
    per_class = counts.per_class
    whole = (
        per_class.best.support,
        per_class.best.claims,
        per_class.best.hits,
        per_class.candidate.claims,
        per_class.candidate.hits,
    )
    assert (counts.blocks.sum(axis=0) == np.stack(whole)).all()
    rows = counts.blocks[:, 0].sum(axis=1)
    assert rows.std() == pytest.approx(np.sqrt(size / 1_000), rel=0.15), "as rows thrown at random, not dealt in turn"


def test_rows_of_one_group_stay_together(tmp_path: Path) -> None:
    group = [number // 100 for number in range(3_000)]
    labels = ["owl", "cat", "dog"] * 1_000
    counts = compared(tmp_path, labels, labels, labels, group=group)
    assert counts.triples is None
    assert counts.blocks is not None
    sizes = counts.blocks[:, 0].sum(axis=1)
    assert set(sizes % 100) == {0}


@pytest.mark.parametrize(
    ("best", "candidate", "how", "why"),
    [
        ({"id": [1, 2, 3]}, {"id": [3, 2, 9]}, "id", ""),
        ({"id": [1, 2, 3]}, {"id": [7, 8, 9]}, "none", "no id in common"),
        ({"id": [1, 2, 3]}, {"id": ["3", "2", "1"]}, "id", ""),
        ({}, {"id": [1, 2, 3]}, "position", "without an id in both"),
        ({}, {}, "position", "without an id in both"),
    ],
)
def test_rows_are_paired_by_id_else_by_position(
    tmp_path: Path, best: dict[str, Any], candidate: dict[str, Any], how: str, why: str
) -> None:
    rows = {"y_true": ["owl", "cat", "owl"], "y_pred": ["owl", "owl", "owl"]}
    turned = {"y_true": ["owl", "cat", "owl"], "y_pred": ["cat", "cat", "owl"]}
    one = written(tmp_path / "1.parquet", **rows, **best)
    counts = compare([one], [written(tmp_path / "2.parquet", **turned, **candidate)])
    assert counts.pairing.how == how
    assert why in counts.pairing.why
    assert (flips(counts) is None) == (how == "none")


@pytest.mark.parametrize(
    ("truth", "other", "why"),
    [
        (["cat", "owl", "owl"], ["cat", "owl", "owl"], "sorted"),
        (["owl", "cat", "owl"], ["owl", "owl", "cat"], "differ row by row"),
        (["owl", "cat", "owl"], ["owl", "cat"], "3 and 2 rows"),
        (["owl", "cat", "owl"], None, "without y_true"),
    ],
)
def test_a_position_proves_nothing_unless_the_truths_do(
    tmp_path: Path, truth: list[str], other: list[str] | None, why: str
) -> None:
    one = written(tmp_path / "1.parquet", y_true=truth, y_pred=truth)
    columns = {"y_pred": other or ["owl"] * 3, **({"y_true": other} if other else {})}
    counts = compare([one], [written(tmp_path / "2.parquet", **columns)])
    assert counts.pairing.how == "none"
    assert why in counts.pairing.said


def test_unpaired_tables_keep_each_model_s_own_counts(tmp_path: Path) -> None:
    one = written(tmp_path / "1.parquet", id=[1, 2], y_true=["owl", "cat"], y_pred=["owl", "owl"])
    two = written(tmp_path / "2.parquet", id=[3, 4, 5], y_true=["owl", "owl", "cat"], y_pred=["owl", "cat", "cat"])
    counts = compare([one], [two])
    scores = class_scores(counts)
    assert (scores.best.accuracy, scores.candidate.accuracy) == (0.5, pytest.approx(2 / 3))
    assert (counts.per_class.best.rows, counts.per_class.candidate.rows) == (2, 3)
    assert (counts.triples, counts.per_class.overlap) == (None, None)


def test_the_same_test_set_has_the_same_fingerprint_in_any_order(tmp_path: Path) -> None:
    first = compared(tmp_path, ["owl", "cat"], ["owl", "owl"], ["cat", "cat"])
    again = compared(tmp_path, ["owl", "cat"], ["cat", "owl"], ["cat", "owl"])
    other = compared(tmp_path, ["cat", "owl"], ["owl", "owl"], ["cat", "cat"])
    assert len(first.fingerprint) == 64
    assert first.fingerprint == again.fingerprint
    assert first.fingerprint != other.fingerprint


def test_confidences_slices_times_and_rankings_are_counted(tmp_path: Path) -> None:
    start = datetime(2013, 4, 1, tzinfo=UTC)
    truth = ["owl", "owl", "cat", "cat"]
    counts = compare_sliced(
        tmp_path,
        y_true=truth,
        y_pred=["owl", "cat", "cat", "cat"],
        id=[1, 2, 3, 4],
        confidence=[0.0, 0.9994, 1.0, 0.5],
        timestamp=[start + timedelta(minutes=59 * number) for number in range(4)],
        top_k=[["owl", "cat"], ["cat", "owl"], ["cat"], ["cat"]],
        eye=["left", "left", "right", None],
    )
    assert counts.confidence.best is not None
    wrong, right, unknown = counts.confidence.best
    assert (right[0], wrong[999], right[999], right[500], unknown.sum()) == (1, 1, 1, 1, 0)
    assert counts.confidence.best.shape == (3, BINS)
    assert [(s.column, s.value, s.per_class.best.rows) for s in counts.slices] == [
        ("eye", "left", 2),
        ("eye", "right", 1),
    ]
    assert scores_within(counts.labels, counts.slices[0].per_class).best.accuracy == 0.5
    assert [(c.start, c.rows["best"], c.right["candidate"]) for c in counts.chunks] == [
        ("2013-04-01T00:00:00Z", 2, 1),
        ("2013-04-01T01:00:00Z", 1, 1),
        ("2013-04-01T02:00:00Z", 1, 1),
    ]
    assert top_recall(counts, 1) == (0.75, 0.75)
    assert top_recall(counts, 5) == (1.0, 1.0)
    assert top_k_accuracy_score([1, 1, 0, 0], [0.9, 0.2, 0.1, 0.2], k=1) == 0.75


def compare_sliced(folder: Path, **columns: Any) -> Counts:
    path = written(folder / "both.parquet", **columns)
    return compare([path], [path], Settings(slices=("eye", "wing")))


def test_a_declared_slice_that_is_missing_is_said(tmp_path: Path) -> None:
    counts = compare_sliced(tmp_path, y_true=["owl"], y_pred=["owl"], id=[1], eye=["left"])
    assert "the best's predictions have no column wing to slice by" in counts.lacks


def test_unlabelled_tables_have_claims_and_confidences_only(tmp_path: Path) -> None:
    path = written(tmp_path / "1.parquet", y_pred=["owl", "cat"], id=[1, 2], confidence=[0.5, 0.7])
    counts = compare([path], [path])
    assert counts.labels == ("cat", "owl")
    assert (counts.rows, counts.per_class.best.predicted.sum()) == (0, 2)
    assert counts.confidence.candidate is not None
    assert counts.confidence.candidate[2].sum() == 2
    assert class_scores(counts).best.accuracy == 0


def test_rows_without_a_truth_are_predictions_that_nobody_can_score(tmp_path: Path) -> None:
    truth, said = ["?", None, "owl", None], ["?", "?", "owl", "cat"]
    path = written(tmp_path / "1.parquet", y_true=truth, y_pred=said, id=[1, 2, 3, 4])
    counts = compare([path], [path])
    assert counts.labels == ("?", "cat", "owl")
    assert counts.per_class.best.support.tolist() == [1, 0, 1]
    assert counts.per_class.best.claims.tolist() == [1, 0, 1]
    assert counts.per_class.best.predicted.tolist() == [2, 1, 1]
    assert class_scores(counts).best.precision.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"y_true": [], "y_pred": [], "id": []}, "no rows"),
        ({"y_true": ["owl"], "id": [1]}, "no column y_pred"),
        ({"y_true": ["owl", "owl"], "y_pred": ["owl", None], "id": [1, 2]}, "1 of 2 rows lack y_pred"),
        ({"y_true": ["owl", "owl"], "y_pred": ["owl", "owl"], "id": [1, 1]}, "1 id occurs more than once"),
        ({"y_true": [["owl"]], "y_pred": [["owl"]], "id": [1]}, "list of text"),
        ({"y_true": [1.5], "y_pred": [1.5], "id": [1]}, "numbers with a fraction"),
        ({"y_true": ["1"], "y_pred": [1], "id": [1]}, "use one kind"),
        ({"y_true": ["a"], "y_pred": ["a"], "id": [1], "weight": [-1.0]}, "weight that is no finite number"),
        ({"y_true": ["a"], "y_pred": ["a"], "id": [1], "timestamp": [datetime(2013, 4, 1)]}, "times without a zone"),
    ],
)
def test_a_table_that_cannot_be_counted_is_refused_with_the_reason(
    tmp_path: Path, columns: dict[str, Any], why: str
) -> None:
    path = written(tmp_path / "1.parquet", **columns)
    with pytest.raises(UnusablePredictions, match=why):
        compare([path], [path])


@pytest.mark.parametrize(
    ("best", "candidate", "who"),
    [
        ([1, 2, 2], [1, 2, 3], "best"),
        ([1, 2, 3], [1, 2, 2], "candidate"),
        ([1, 1, 2, 2], [1, 1, 3, 3], "best"),
        ([1, 2, 3, 3], [1, 2], "best"),
        ([1, 2], [7, 8, 8], "candidate"),
        ([9] * 60_000, [9] * 60_000, "best"),
    ],
    ids=["of the best", "of the candidate", "of both", "without a partner", "of disjoint tables", "one id everywhere"],
)
def test_an_id_that_occurs_twice_stops_the_comparison(
    tmp_path: Path, best: list[int], candidate: list[int], who: str
) -> None:
    one, two = (
        written(tmp_path / f"{name}.parquet", id=ids, y_true=["owl"] * len(ids), y_pred=["owl"] * len(ids))
        for name, ids in (("best", best), ("candidate", candidate))
    )
    for count in (compare, compare_classes):
        with pytest.raises(UnusablePredictions, match=f"the {who}'s predictions: .* more than once"):
            count([one], [two])


def test_more_labels_than_are_held_as_numbers_are_counted_alike(tmp_path: Path) -> None:
    size = embedded.MOST_LABELS + 10
    truth = [f"class {number:06}" for number in range(size)]
    counts = compared(tmp_path, truth, truth[:-1] + truth[:1], truth)
    assert counts.labels == tuple(truth)
    assert (counts.per_class.best.hits.sum(), counts.per_class.candidate.hits.sum()) == (size - 1, size)
    assert counts.changed == 1


def test_wrong_confidences_cost_only_what_is_made_of_them(tmp_path: Path) -> None:
    values = [0.5, float("nan"), 1.5, None]
    path = written(tmp_path / "1.parquet", y_true=["a"] * 4, y_pred=["a"] * 4, id=[1, 2, 3, 4], confidence=values)
    counts = compare([path], [path])
    assert class_scores(counts).best.accuracy == 1
    assert counts.confidence.best is None
    assert "3 of 4 rows have a confidence that is no number in [0, 1]" in counts.lacks[0]


def test_a_nan_among_fair_numbers_is_found(tmp_path: Path) -> None:
    rows: dict[str, Any] = {"y_true": ["a"] * 4, "y_pred": ["a"] * 4, "id": [1, 2, 3, 4]}
    values = [0.5, 0.25, float("nan"), 0.5]
    path = written(tmp_path / "1.parquet", **rows, confidence=values, eye=values)
    counts = compare([path], [path], Settings(slices=("eye",)))
    assert "1 of 4 rows have a confidence" in counts.lacks[0]
    assert [each.value for each in counts.slices] == ["0.5", "0.25"]
    weighted = written(tmp_path / "2.parquet", **rows, weight=values)
    with pytest.raises(UnusablePredictions, match="1 of 4 rows have a weight"):
        compare([weighted], [weighted])


def test_an_id_whose_truth_changed_stops_the_comparison(tmp_path: Path) -> None:
    one = written(tmp_path / "1.parquet", id=[1, 2], y_true=["owl", "cat"], y_pred=["owl", "owl"])
    two = written(tmp_path / "2.parquet", id=[1, 2], y_true=["owl", "dog"], y_pred=["owl", "owl"])
    with pytest.raises(UnusablePredictions, match="the test set changed"):
        compare([one], [two])


def test_counts_survive_being_kept(tmp_path: Path) -> None:
    from gate.predictions.store import keep, recall

    counts = compare_sliced(
        tmp_path,
        y_true=["owl", "cat"],
        y_pred=["owl", "cat"],
        id=[1, 2],
        confidence=[0.1, 0.2],
        top_k=[["owl"], ["cat"]],
        eye=["left", "\u202e"],
        timestamp=[datetime(2013, 4, 1, tzinfo=UTC)] * 2,
    )
    keep(tmp_path / "kept", "k", counts)
    again = recall(tmp_path / "kept", "k")
    assert repr(again) == repr(counts)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["k.npz"]


@pytest.mark.parametrize("damage", [b"", b"PK", b"not a zip at all", None])
def test_damaged_counts_are_counted_again(tmp_path: Path, damage: bytes | None) -> None:
    from gate.predictions.store import keep, recall

    counts = from_triples(("cat",), Triples(*(np.array([0]) for _ in range(3)), count=np.array([1.0])))
    keep(tmp_path, "k", counts)
    path = tmp_path / "k.npz"
    path.write_bytes(path.read_bytes()[:-40] if damage is None else damage)
    assert recall(tmp_path, "k") is None
    assert not path.exists()
