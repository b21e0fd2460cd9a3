"""Reports of thousands of classes and dozens of rules: as large as GitHub takes, cut between rows, and fast."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.reports import Written, missed
from gate import report
from gate.report.headline import sentence
from gate.report.room import COMMENT, SUMMARY, Part, Room, Rows, fitted, utf16
from gate.review import Review
from tests import rendered
from tests.drawn_reviews import LINKS, VERDICTS, large

HARD = "](javascript:x) @everyone <img> --> | 🟥 {} " + "長い名前" * 20


@pytest.fixture(scope="module", params=["a class of flights & <others> {}", HARD], ids=["long", "hard"])
def many(request: pytest.FixtureRequest) -> Review:
    found = large(name=request.param)
    assert len(found.verdict.findings) == 42, "40 rules, and the two findings about the runs"
    assert found.evidence.counts is not None
    assert len(found.evidence.counts.labels) == 5_000
    return found


@pytest.mark.parametrize("room", [COMMENT, SUMMARY], ids=["comment", "summary"])
def test_much_is_cut_between_rows_and_what_is_cut_is_counted(many: Review, room: Room) -> None:
    begun = time.process_time()
    text = report.markdown(many, LINKS, room)
    assert time.process_time() - begun < 2
    assert len(text) < 65_000 or room is SUMMARY
    assert len(text.encode()) < 1024 * 1024
    assert room.measure(text) <= room.limit
    if room is COMMENT:
        whole(text, many)


def whole(text: str, found: Review) -> None:
    """Every row has all its cells, every fold is closed, and rows shown and left out add up."""
    seen = rendered.markdown(text)
    assert set(seen.links) == {LINKS.review, LINKS.job, *LINKS.runs.values(), found.pull.url if found.pull else ""}
    assert found.packet_digest in seen.text.splitlines()[-1]
    widths = [line.count("|") for line in text.splitlines() if line.startswith("|")]
    assert widths
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1
    findings = text[text.index("### Findings") : text.index("### Metrics")]
    left = re.search(r"([\d,]+) more findings are left out", findings)
    shown = len(re.findall(r"^\|", findings, re.MULTILINE)) - 2
    assert shown + (int(left[1].replace(",", "")) if left else 0) == len(found.verdict.findings)
    report_of = text[text.index("Classification report") :]
    (more,) = re.findall(r"([\d,]+) more classes are left out", report_of)
    assert int(more.replace(",", "")) + len(re.findall(r"^\| <b>", report_of, re.MULTILINE)) == 5_000


def test_other_forms_of_a_large_report_are_fast_too(many: Review) -> None:
    begun = time.process_time()
    page, cases = report.html(many, LINKS), report.junit(many)
    assert time.process_time() - begun < 4
    assert cases.count("<testcase") == 42
    assert "5,000" in page
    assert len(page) < 8_000_000


@pytest.mark.parametrize("limit", [1_200, 2_500, 4_000, 7_000])
@pytest.mark.parametrize("name", ["failed", "override"])
def test_in_little_room_the_verdict_and_the_packet_remain(name: str, limit: int) -> None:
    found = VERDICTS[name]()
    text = report.markdown(found, LINKS, Room(limit, utf16, 100))
    assert utf16(text) <= limit
    seen = rendered.markdown(text)
    assert sentence(found) in seen.text
    assert found.packet_digest in seen.text
    if limit < 4_000:
        assert "Left out for want of room: " in seen.text


LINES = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=30), max_size=12)
PARTS = st.lists(st.tuples(st.text("ab", min_size=1, max_size=9), LINES), min_size=1, max_size=5)


@given(PARTS, st.integers(0, 600))
def test_what_is_fitted_never_exceeds_its_room_and_loses_no_count(
    drawn: list[tuple[str, list[str]]], more: int
) -> None:
    parts = [Part("", "head", (), "")]
    parts += [Part(name, f"<{name}>", [Rows("", lines, "rows", len(lines))], f"</{name}>") for name, lines in drawn]
    least = utf16(fitted(parts[:1], "foot", COMMENT)) + sum(len(name) + 2 for name, _ in drawn) + 40
    room = Room(least + more, utf16, 8)
    text = fitted(parts, "foot", room)
    assert utf16(text) <= room.limit
    assert text.startswith("head")
    assert text.endswith("\n\nfoot\n")
    dropped = text.count(", ") + 1 if "Left out for want of room" in text else 0
    opened = sum(text.count(f"<{name}>") for name in {name for name, _ in drawn})
    assert opened == sum(text.count(f"</{name}>") for name in {name for name, _ in drawn})
    assert opened + dropped >= len(drawn)


def test_the_benchmark_names_each_bar_that_is_missed() -> None:
    small = [Written(name, 10, 10, 0.1) for name in ("comment", "summary", "page", "JUnit")]
    assert list(missed(small)) == []
    for place, wrong, said in (
        (0, Written("comment", 65_000, 10, 0.1), "a comment under 65,000 characters"),
        (1, Written("summary", 10, 1024 * 1024, 0.1), "a summary under 1,048,576 bytes"),
        (1, Written("summary", 10, 10, 2.0), "the summary under 2.0 s"),
    ):
        assert list(missed([*small[:place], wrong, *small[place + 1 :]])) == [f"missed: {said}"]
