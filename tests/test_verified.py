"""Whoever reads a ledger again gets what reading it anew would answer, and shares the records that were read before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.ledger import SEGMENT_RECORDS, Ledger, LedgerDamaged, read
from gate.workflow.verified import Verified
from tests.records import chain, text

KINDS = ("bootstrap", "reject", "approve", "promoted", "reject", "approve", "promoted")
WHOLE = text(chain(*KINDS))
LINES = WHOLE.splitlines(keepends=True)


def answer(reader: Verified | None, content: str) -> Ledger | str:
    try:
        return (reader.read if reader else read)(content)
    except LedgerDamaged as error:
        return str(error)


contents = st.one_of(
    st.integers(0, len(LINES)).map(lambda lines: "".join(LINES[:lines])),
    st.integers(0, len(WHOLE)).map(lambda end: WHOLE[:end]),
    st.permutations(LINES).map("".join),
    st.integers(1, len(LINES) - 1).map(lambda line: "".join([*LINES[:line], LINES[line].replace("anna", "emil")])),
)


@given(st.lists(contents, min_size=2, max_size=5))
def test_whatever_was_read_before_the_answer_is_that_of_reading_it_alone(read_after_each_other: list[str]) -> None:
    reader = Verified(most=2)
    for content in read_after_each_other:
        assert answer(reader, content) == answer(None, content)


@given(st.integers(1, len(LINES)), st.integers(1, len(LINES)))
def test_records_are_shared_where_a_segment_has_grown(first: int, second: int) -> None:
    first, second = sorted((first, second))
    reader = Verified()
    before = reader.read("".join(LINES[:first])).records
    after = reader.read("".join(LINES[:second])).records
    assert all(one is other for one, other in zip(before, after, strict=False))


def test_a_segment_is_verified_anew_after_another_record() -> None:
    full = chain(*["reject"] * SEGMENT_RECORDS)
    (more,) = chain("approve", start=SEGMENT_RECORDS + 1, previous=full[-1].hash)
    reader = Verified()
    for after in (None, full[-1], full[-1]):
        assert reader.read(text([more]), after).records == (more,)
    with pytest.raises(LedgerDamaged, match="does not follow"):
        reader.read(text([more]), full[-2])


@pytest.mark.parametrize("more", ["x", " ", "{}", "\n{}"])
def test_a_last_line_that_was_not_ended_is_verified_anew(more: str) -> None:
    reader = Verified()
    reader.read(WHOLE[:-1])
    with pytest.raises(LedgerDamaged):
        reader.read(WHOLE[:-1] + more)
