"""Damage and repair as a picture: every class is one row, from then to now, and its candidate beside it."""

from __future__ import annotations

from gate.charts import damage_and_repair
from gate.drift.summary import Row

ROWS = [Row("<b>owl</b>", 0.9, 0.5, 0.8, 40.0, 50.0, "damaged"), Row("cat", 0.7, 0.75, None, 10.0, 9.0, "")]


def test_each_class_is_a_row_the_first_on_top() -> None:
    figure = damage_and_repair(ROWS)
    falls, before, now, candidate = figure.data
    assert list(zip(falls.x, falls.y, strict=True)) == [
        (0.7, 0), (0.75, 0), (None, 0), (0.9, 1), (0.5, 1), (None, 1)
    ]  # fmt: skip
    assert (before.x, now.x, candidate.x) == ((0.7, 0.9), (0.75, 0.5), (None, 0.8))
    assert figure.layout.yaxis.ticktext == ("cat", "&lt;b&gt;owl&lt;/b&gt;")


def test_no_candidate_has_no_mark_and_no_class_no_row() -> None:
    assert [trace.name for trace in damage_and_repair(ROWS[1:]).data[1:]] == ["on the test rows", "now"]
    assert not damage_and_repair([]).data[0].x
