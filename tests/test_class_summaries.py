"""Two models in a few numbers, within one slice, and for one class: against scikit-learn and by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import accuracy_score, f1_score

from gate.classes import ClassTable
from gate.portrait import REST, Line, portrait
from gate.slices import named, within
from gate.spreadsheet import cell
from gate.summary import flip_rates, grown_confusions, headlines
from tests.drawn import CHANGES, ROWS, Row, counted, drawn, few_files, many, one_by_one


@many
@given(ROWS)
def test_headlines_are_the_scores_of_scikit_learn(rows: list[Row]) -> None:
    counts = one_by_one(rows)
    truth, best, candidate, _ = zip(*rows, strict=True)
    found = {each.name: each for each in headlines(counts)}
    for average in ("macro", "weighted"):
        line = found[f"{average} F1"]
        for ours, predicted in ((line.best, best), (line.candidate, candidate)):
            theirs = f1_score(truth, predicted, labels=counts.labels, average=average, zero_division=0)
            assert ours == pytest.approx(theirs)
    line = found["accuracy = micro F1"]
    assert line.candidate == pytest.approx(accuracy_score(truth, candidate))
    assert line.best == pytest.approx(f1_score(truth, best, average="micro"))
    assert line.change == pytest.approx(accuracy_score(truth, candidate) - accuracy_score(truth, best))
    assert "recall@5" not in found


def test_recall_at_five_is_shown_of_the_model_that_has_a_ranking() -> None:
    counts = replace(drawn("owl owl owl x8 \n owl cat cat x2"), top={5: (None, 9.0)})
    line = headlines(counts)[-1]
    assert (line.name, line.best, line.candidate, line.change) == ("recall@5", None, 0.9, None)


def test_flip_rates_by_hand() -> None:
    counts = drawn("owl owl owl x60 \n owl owl cat x10 \n owl cat owl x20 \n owl cat cat x8 \n owl cat dog x2")
    assert {rate.name: rate.text for rate in flip_rates(counts)} == {
        "NFR": "10.00 %",
        "PFR": "20.00 %",
        "relative NFR": "0.71",  # 0.1 / (0.7 * 0.2)
        "BTC": "85.71 %",  # 60 / 70
        "BEC": "50.00 %",  # 10 / 20
        "churn": "32.00 %",
    }
    assert flip_rates(replace(counts, per_class=replace(counts.per_class, overlap=None))) == []


def test_confusions_that_grew_most_come_first_and_shrunk_ones_not_at_all() -> None:
    rows = [("owl", "owl", "cat", "")] * 5 + [("owl", "cat", "dog", "")] * 3 + [("dog", "cat", "dog", "")] * 2
    assert grown_confusions(counted(rows)) == {
        "truth": ["owl", "owl"],
        "predicted": ["dog", "cat"],
        "best": [0, 3],
        "candidate": [3, 5],
        "growth": [3, 2],
    }
    assert grown_confusions(drawn(CHANGES)) is None


# -- one slice


@few_files
@given(ROWS)
def test_a_slice_counts_as_if_only_its_rows_had_been_compared(rows: list[Row]) -> None:
    counts = counted(rows)
    assert set(named(counts)) == {f"site = {row[3]}" for row in rows}
    for name, chosen in named(counts).items():
        alone = counted([row for row in rows if f"site = {row[3]}" == name])
        part = within(counts, chosen)
        assert part.labels == alone.labels
        assert headlines(part) == headlines(alone)
        assert flip_rates(part) == flip_rates(alone)
        assert (part.new_classes, part.gone_classes) == (alone.new_classes, alone.gone_classes)
        mine, theirs = (ClassTable(each).columns(ClassTable(each).pick()) for each in (part, alone))
        assert {name: list(column) for name, column in mine.items()} == {n: list(c) for n, c in theirs.items()}
        assert part.pairs is None
        ranked = within(replace(counts, top={5: (1.0, 1.0)}), chosen)
        assert headlines(ranked) == headlines(part), "a ranking is counted over all rows"


# -- one class


@few_files
@given(ROWS)
def test_where_the_rows_of_a_class_went_adds_up_to_all_of_them(rows: list[Row]) -> None:
    counts = counted(rows)
    for name in counts.labels:
        found = portrait(counts, name)
        assert found is not None
        assert found.went is not None
        assert found.came is not None
        (_, *support), (_, *claims), (_, *hits) = found.totals
        assert summed(found.went) == support
        assert summed(found.came) == [claims[0] - hits[0], claims[1] - hits[1]]
        by_hand = Counter(candidate for truth, _, candidate, _ in rows if truth == name and candidate != name)
        assert {other: rows for other, _, rows in found.went[1:] if rows} == {
            cell(other): rows for other, rows in by_hand.items()
        }


def summed(lines: list[Line]) -> list[float]:
    return [sum(line[model] for line in lines) for model in (1, 2)]


def test_confusions_that_were_not_kept_are_named_together() -> None:
    rows = [("owl", "owl", f"class {number}", "") for number in range(9)]
    counts = counted(rows)
    assert counts.pairs is not None
    first = np.arange(3)
    kept = replace(counts.pairs, **{name: getattr(counts.pairs, name)[first] for name in ("truth", "predicted")})
    kept = replace(kept, best=counts.pairs.best[first], candidate=counts.pairs.candidate[first], left_out=6)
    found = portrait(replace(counts, pairs=kept), "owl")
    assert found is not None
    assert found.went is not None
    assert found.went[-1] == (REST, 0, 6)
    assert found.came == []


def test_an_unknown_class_has_no_portrait_and_a_slice_has_no_flows() -> None:
    assert portrait(drawn(CHANGES), "wolf") is None
    found = portrait(drawn(CHANGES), "owl")
    assert found is not None
    assert (found.went, found.came) == (None, None)
    assert found.totals == [("rows of this class", 10, 10), ("predictions of it", 17, 4), ("of these right", 10, 4)]
