"""Every class as a row of a table, as bars, and as CSV: against scikit-learn and by hand."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from gate.charts import change_histogram, top_changes
from gate.classes import ALL, FEW, MEANING, ORDERS, ClassTable
from gate.spreadsheet import as_csv, cell
from tests.drawn import CHANGES, ROWS, Row, drawn, many, one_by_one

# -- the table


def test_every_class_has_the_first_status_that_applies() -> None:
    table = ClassTable(drawn(CHANGES))
    assert dict(zip(table.names, table.status, strict=True)) == {
        "ant": "too small",
        "bee": "unchanged",
        "elk": "new",
        "cat": "improved",
        "fox": "unchanged",
        "new": "never true",
        "old": "gone",
        "owl": "regressed",
    }
    assert sum(table.tally().values()) == len(table.names)
    assert list(table.tally()) == list(MEANING)


def test_a_class_that_only_the_candidate_predicts_is_new() -> None:
    table = ClassTable(drawn("fox cat fox x9 \n cat cat cat x1"))
    assert table.status[table.names.index("fox")] == "new"


def test_five_changed_rows_are_enough_and_four_are_too_few() -> None:
    for rows, expected in ((FEW, "regressed"), (FEW - 1, "too small")):
        table = ClassTable(drawn(f"owl owl cat x{rows} \n owl owl owl x50 \n cat cat cat x50"))
        assert table.status[table.names.index("owl")] == expected


def test_rows_that_swap_within_a_class_are_changed_though_its_counts_are_the_same() -> None:
    table = ClassTable(drawn("owl owl cat x3 \n owl cat owl x3 \n cat cat cat x9"))
    assert table.changed_rows is not None
    assert table.changed_rows[table.names.index("owl")] == 6
    assert table.status[table.names.index("owl")] == "unchanged"


def test_without_pairs_a_class_of_few_rows_is_too_small() -> None:
    counts = drawn("owl owl cat x4 \n cat cat cat x50 \n ant ant cat x30 \n ant ant ant x30")
    table = ClassTable(replace(counts, per_class=replace(counts.per_class, overlap=None)))
    assert table.changed_rows is None
    assert "changed rows" not in table.columns(table.pick())
    assert dict(zip(table.names, table.status, strict=True))["owl"] == "gone"
    assert table.few.tolist() == [False, False, True]


@many
@given(ROWS)
def test_the_columns_are_the_scores_of_scikit_learn(rows: list[Row]) -> None:
    table = ClassTable(one_by_one(rows))
    columns = table.columns(table.pick(order="by name"), shown=False)
    truth, best, candidate, _ = zip(*rows, strict=True)
    f1 = {}
    for name, predicted in (("best", best), ("candidate", candidate)):
        theirs = precision_recall_fscore_support(truth, predicted, labels=columns["class"], zero_division=0)
        for column, expected in zip(("precision", "recall", "F1"), theirs, strict=False):
            assert columns[f"{name} {column}"] == pytest.approx(expected)
        f1[name] = theirs[2]
        assert columns["support"] == pytest.approx(theirs[3])
    assert columns["change"] == pytest.approx(f1["candidate"] - f1["best"])


@many
@given(ROWS)
def test_changed_rows_are_those_where_one_model_alone_is_right_or_wrong_about_the_class(rows: list[Row]) -> None:
    table = ClassTable(one_by_one(rows))
    assert table.changed_rows is not None
    for name, changed in zip(table.names, table.changed_rows, strict=True):
        lost_or_won = sum((b == name) != (c == name) for _, b, c, _ in rows)
        assert changed == lost_or_won


def test_search_finds_part_of_a_name_in_any_case() -> None:
    table = ClassTable(drawn("Straße cat cat x1 \n cat dog dog x1"))
    assert [table.names[row] for row in table.pick("STRASSE")] == ["Straße"]
    assert [table.names[row] for row in table.pick("c.t")] == []
    assert len(table.pick()) == 3


def test_every_order_is_of_all_classes_and_those_with_too_few_rows_come_last() -> None:
    table = ClassTable(drawn(CHANGES))
    for order in ORDERS:
        assert sorted(table.pick(order=order)) == list(range(len(table.names)))
    assert [table.names[row] for row in table.pick(order="largest loss first")][:2] == ["owl", "cat"]
    assert table.names[table.pick(order="largest gain first")[0]] == "cat"
    assert table.names[table.pick(order="largest support first")[0]] == "ant"
    for order in ("largest loss first", "largest gain first"):
        few = table.few[table.pick(order=order)]
        assert few.tolist() == sorted(few.tolist())


@many
@given(ROWS, st.sampled_from([ALL, *MEANING]))
def test_a_status_filter_keeps_exactly_the_classes_of_that_status(rows: list[Row], status: str) -> None:
    table = ClassTable(one_by_one(rows))
    kept = table.pick(status=status)
    assert len(kept) == (len(table.names) if status == ALL else table.tally()[status])
    assert status == ALL or set(table.status[kept]) <= {status}


def test_the_extremes_are_the_largest_losses_and_then_the_largest_gains() -> None:
    fell = "\n".join(f"l{n} l{n} cat x{n} \n l{n} l{n} l{n} x50" for n in (5, 9, 7))
    rose = "\n".join(f"g{n} cat g{n} x{n} \n g{n} g{n} g{n} x50" for n in (20, 5, 9))
    table = ClassTable(drawn(f"{fell} \n {rose} \n cat cat cat x9000 \n l1 l1 cat x4 \n l1 l1 l1 x1"))
    assert [table.names[row] for row in table.extremes(2)] == ["l9", "l7", "g9", "g20"]
    assert [table.names[row] for row in table.extremes(9)] == ["l9", "l7", "l5", "cat", "g5", "g9", "g20"]


# -- names and files


@pytest.mark.parametrize("name", ["=1+1", "+A1", "-A1", "@SUM(1)", "\t=1", "\r=1", "＝1"])
def test_a_name_never_becomes_a_formula(name: str) -> None:
    read = list(csv.reader(io.StringIO(as_csv({"class": [name]}).decode("utf-8-sig"), newline="")))
    assert read == [["class"], ["'" + name]]
    assert not cell(name).startswith(tuple("=+-@\t\r＝"))


@many
@given(st.lists(st.tuples(st.text(), st.floats(allow_nan=False)), min_size=1))
def test_csv_reads_back_as_it_was_written(lines: list[tuple[str, float]]) -> None:
    names, numbers = zip(*lines, strict=True)
    written = as_csv({"class": names, "change": np.array(numbers)}).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(written, newline=""))
    assert head == ["class", "change"]
    assert [float(number) for _, number in rows] == list(numbers)
    for (name, _), wanted in zip(rows, names, strict=True):
        assert name in (wanted, "'" + wanted)


def test_numbers_as_names_stay_numbers() -> None:
    assert (
        as_csv({"class": ["-1", "+2.5"], "change": [-0.5, 1]}) == b"\xef\xbb\xbfclass,change\r\n-1,-0.5\r\n+2.5,1\r\n"
    )


def test_on_a_screen_a_name_hides_nothing() -> None:
    table = ClassTable(drawn("\u202egnorw cat cat x9"))
    assert table.columns(table.pick("gnorw"))["class"] == ["\N{REPLACEMENT CHARACTER}gnorw"]
    assert table.columns(table.pick("gnorw"), shown=False)["class"] == ["\u202egnorw"]


# -- charts


def test_the_chart_of_extremes_shows_names_as_text_and_leaves_out_what_says_nothing() -> None:
    names = ["<b>x</b>", "1", "w" * 60 + "a", "w" * 60 + "b"]
    table = ClassTable(drawn("\n".join(f"{name} {name} cat x9" for name in names) + "\n ant ant cat x2"))
    figure = top_changes(table)
    assert set(figure.layout.yaxis.ticktext) == {"&lt;b&gt;x&lt;/b&gt;", "1", "w" * 27 + "…"}
    assert list(figure.data[0].y) == [0, 1, 2, 3]
    assert all(text.startswith("▼ -") for text in figure.data[0].text)


def test_losses_are_on_top_and_told_apart_by_colour_sign_and_arrow() -> None:
    bars = top_changes(ClassTable(drawn(CHANGES))).data[0]
    assert list(bars.x) == sorted(bars.x, reverse=True), "the axis grows upwards"
    assert [text[0] for text in bars.text] == ["▲", "▼"]
    assert len(set(bars.marker.color)) == 2
    assert list(top_changes(ClassTable(drawn(CHANGES)), dark=True).data[0].marker.color) != list(bars.marker.color)


@many
@given(ROWS)
def test_the_histogram_holds_every_changed_class_once_on_its_side_of_zero(rows: list[Row]) -> None:
    table = ClassTable(one_by_one(rows))
    bars = change_histogram(table).data[0]
    middles, heights = np.array(bars.x), np.array(bars.y)
    assert heights[middles < 0].sum() == (table.change < 0).sum()
    assert heights[middles > 0].sum() == (table.change > 0).sum()
