"""Reports: what they say for every verdict, and that nothing in them is more than text."""

from __future__ import annotations

import difflib
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gate import report
from gate.markdown import literal, visible
from gate.report.document import Bullets, Document, Section, Text
from gate.report.flavoured import SQUARES, flavoured
from gate.review import Review
from gate.secrecy import HIDDEN
from gate.sides import sides
from gate.verdict import Outcome
from tests import rendered
from tests.drawn_reviews import AIRPORTS, HOSTILE, LINKS, NEW, VERDICTS, airports, hostile, review
from tests.test_effects import SCHEMA

GOLDEN = Path(__file__).parent / "reports"
FORMS = {
    "md": lambda found: report.markdown(found, LINKS),
    "html": lambda found: report.html(found, LINKS),
    "xml": report.junit,
    "txt": lambda found: report.text(found) + "\n".join(report.notices(found)) + "\n",
}
KEPT = {
    **{f"{name}.md": (name, "md") for name in VERDICTS},
    **{f"{name}.{form}": (name, form) for name in ("failed", "conflict") for form in ("html", "xml", "txt")},
}
WORSE = (
    HOSTILE,
    "<script>alert(1)</script></td></table>",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example user@evil.example mailto:a@b.co",
    "a | b `c` **d** ~~e~~ _f_ </details> --> <!-- ]]>",
    "@skyline/owls #1 GH-2 :tada: $x^2$ closes #3",
    "&lt;b&gt; &#64;noor &amp; \\@noor \\",
    "1. one",
)


def written(name: str, form: str) -> str:
    """The digest of a packet changes with the version of the gate."""
    found = VERDICTS[name]()
    return FORMS[form](found).replace(found.packet_digest, "p" * 64)


@pytest.mark.parametrize("file", KEPT)
def test_a_report_is_what_was_agreed_on(file: str) -> None:
    """To agree on another one: GATE_GOLDEN=write pytest tests/test_reports.py, and read the difference."""
    now, path = written(*KEPT[file]), GOLDEN / file.replace(" ", "_")
    if os.environ.get("GATE_GOLDEN") == "write":
        path.write_text(now, encoding="utf-8")
    kept = path.read_text(encoding="utf-8")
    assert now == kept, "\n".join(difflib.unified_diff(kept.splitlines(), now.splitlines(), "agreed", "now", n=0))


@pytest.mark.parametrize("name", VERDICTS)
def test_every_form_of_a_report_has_the_same_findings(name: str) -> None:
    found = VERDICTS[name]()
    shown = rendered.markdown(report.markdown(found, LINKS)).text
    page = rendered.html(report.html(found, LINKS)).text
    told = json.loads(json.dumps(report.as_json(found), allow_nan=False))
    cases = ElementTree.fromstring(report.junit(found)).findall(".//testcase")
    assert [case.get("name") for case in cases] == [each.rule for each in found.verdict.findings]
    assert [each["rule"] for each in told["findings"]] == [each.rule for each in found.verdict.findings]
    for finding in found.verdict.findings:
        for text in (shown, page):
            assert finding.rule in text
            assert finding.found in text
            assert finding.required in text
    assert list(Draft202012Validator(SCHEMA).iter_errors(told)) == []


def test_a_report_names_its_packet_its_policy_and_the_head_of_the_ledger() -> None:
    found = VERDICTS["override"]()
    tail = found.ledger.tail
    assert tail is not None
    for text in (report.markdown(found, LINKS), report.html(found, LINKS)):
        assert found.packet_digest in text
        assert f"{tail.seq} {tail.hash[:12]}" in text
        assert "gate.toml on main" in text
    assert report.as_json(found)["ledger"] == {"seq": tail.seq, "hash": tail.hash}


def test_an_override_is_told_before_everything_else() -> None:
    shown = rendered.markdown(report.markdown(VERDICTS["override"](), LINKS)).text
    assert shown.index("by OVERRIDE of noor until 2026-06-01") < shown.index("Look at this first")


def test_junit_counts_its_cases_and_names_none_twice() -> None:
    once = review(airports())
    found = replace(once, verdict=replace(once.verdict, findings=once.verdict.findings * 2))
    suite = ElementTree.fromstring(report.junit(found))[0]
    cases = suite.findall("testcase")
    assert len({case.get("name") for case in cases}) == len(cases) == int(suite.get("tests", ""))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.get(name, "")) == len(suite.findall(f"testcase/{kind}"))


@pytest.mark.parametrize("name", VERDICTS)
def test_annotations_are_the_five_worst_findings(name: str) -> None:
    found = VERDICTS[name]()
    lines = list(report.notices(found))
    open_ones = [each for each in found.verdict.findings if each.outcome.value != "passed"]
    assert len(lines) == min(5, len(open_ones))
    assert all(re.fullmatch(r"::(error|warning) title=[^:,]*(%3A|%2C|[^:,])*::.+", line) for line in lines)
    levels = [line.startswith("::error") for line in lines]
    assert levels == sorted(levels, reverse=True)


def test_of_more_than_five_findings_a_conflict_is_annotated_first() -> None:
    conflict = VERDICTS["conflict"]()
    many = [replace(each, rule=f"{each.rule} {n}") for n in range(3) for each in VERDICTS["failed"]().verdict.findings]
    found = replace(conflict, verdict=replace(conflict.verdict, findings=(*many, *conflict.verdict.findings)))
    lines = list(report.notices(found))
    assert len(lines) == 5
    assert "hold the tag" in lines[0]


def links_of(found: Review) -> set[str]:
    return {LINKS.review, LINKS.job, *LINKS.runs.values(), found.pull.url if found.pull else ""}


@pytest.mark.parametrize("text", WORSE)
def test_a_hostile_name_is_text_in_a_comment(text: str) -> None:
    found = hostile(text)
    seen = rendered.markdown(report.markdown(found, LINKS))
    plain = rendered.markdown(report.markdown(VERDICTS["failed"](), LINKS))
    assert set(seen.links) <= links_of(found)
    assert seen.names <= plain.names | {"blockquote"}
    assert len(seen.comments) == 1, "the mark"
    assert seen.mentions == []
    assert seen.text.count(" ".join(text.split())) > 20


@pytest.mark.parametrize("text", WORSE)
def test_a_hostile_name_is_text_on_the_page(text: str) -> None:
    found = hostile(text)
    page = report.html(found, LINKS)
    seen = rendered.html(page)
    assert set(seen.links) <= links_of(found)
    assert seen.names == rendered.html(report.html(VERDICTS["override"](), LINKS)).names
    assert seen.comments == []
    assert not any(name.startswith("on") or name == "style" for _, attributes in seen.tags for name in attributes)
    assert seen.text.count(text) > 20


@pytest.mark.parametrize("text", WORSE)
def test_a_hostile_name_is_text_in_junit_annotations_status_and_terminal(text: str) -> None:
    found = hostile(text)
    cases = ElementTree.fromstring(report.junit(found)).findall(".//testcase")
    assert any(text in (case.get("name") or "") for case in cases)
    lines = [*report.notices(found), *report.text(found).splitlines()]
    assert all(line.isprintable() for line in lines)
    assert not any(re.match(r"\s*::|.*##\[", line) for line in report.text(found).splitlines())
    for line in report.notices(found):
        head, _, message = line.removeprefix("::").partition("::")
        assert head.count(":") == head.count(",") == 0
        assert "%0A" not in message or "%250A" in message
    assert len(report.headline(found)) <= 140
    assert report.headline(found).isprintable()


@given(st.text(max_size=60))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    """By GitHub's parser, in a cell of a table; what cannot be seen is a sign that can."""
    table = f"| a |\n|---|\n| x{literal(text)}x |\n"
    seen = rendered.markdown(table)
    assert seen.names <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert seen.mentions == []
    assert "".join(seen.text.split()) == f"ax{''.join(visible(text).split())}x"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_makes_an_xml_document(text: str) -> None:
    found = VERDICTS["failed"]()
    first = replace(found.verdict.findings[0], rule=text or "x", message=text or "x", found=text, required=text)
    drawn = replace(found, verdict=replace(found.verdict, findings=(first, *found.verdict.findings[1:])))
    ElementTree.fromstring(report.junit(drawn))


def test_a_page_stands_alone() -> None:
    page = report.html(VERDICTS["failed"](), LINKS)
    seen = rendered.html(page)
    policy = next(each for tag, each in seen.tags if tag == "meta" and "http-equiv" in each)["content"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert not seen.names & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert all(attributes.get("rel") == "noopener noreferrer" for tag, attributes in seen.tags if tag == "a")
    assert "prefers-color-scheme: dark" in page


def test_an_address_that_is_none_is_only_text() -> None:
    found = review(airports())
    bad = replace(
        LINKS, review="javascript:alert(1)", runs={"new": "data:text/html,x", "old": "https://x.example/a b>(c)"}
    )
    for seen in (rendered.markdown(report.markdown(found, bad)), rendered.html(report.html(found, bad))):
        assert [link for link in seen.links if not link.startswith("https://")] == []
        assert "https://x.example/a%20b%3E%28c%29" in seen.links


def test_secrets_among_parameters_are_not_shown() -> None:
    found = VERDICTS["failed"]()
    for text in (report.markdown(found), report.html(found), json.dumps(report.as_json(found))):
        assert "hush" not in text
        assert "Args/trees" in text or "trees" in text


@pytest.mark.parametrize(
    ("name", "value", "hidden"),
    [
        ("Args/HF_TOKEN", "hush", True),
        ("Args/db password", "hush", True),
        ("Args/aws_secret_access_key", "hush", True),
        ("Args/source", "postgres://anna:hush@db.example/rows", True),
        ("Args/source", "https://data.example:8080/rows@2", False),
        ("Args/max_tokens", "512", False),
        ("Args/tokenizer", "words", False),
        ("Args/passes", "3", False),
    ],
)
def test_what_looks_like_a_secret_is_hidden_and_nothing_else(name: str, value: str, hidden: bool) -> None:
    (fact,) = [each for each in sides(None, replace(NEW, parameters={name: value})) if each.name == name]
    assert (HIDDEN in fact.candidate) == hidden
    assert "hush" not in fact.candidate
    assert (fact.candidate == value) != hidden
    assert fact.best == ""
    assert fact.differs


def test_a_bar_is_as_long_as_the_change() -> None:
    found = review(airports(lost=90))
    bars = re.findall(r"\| ([+-]\d\.\d+) (🟥+|🟩+) \|", report.markdown(found))
    assert len(bars) >= 3
    assert max(len(bar) for _, bar in bars) == SQUARES
    for change, bar in bars:
        assert (float(change) < 0) == (bar[0] == "🟥")
    assert [len(bar) for _, bar in sorted(bars, key=lambda each: abs(float(each[0])))] == sorted(
        len(b) for _, b in bars
    )


def test_the_matrix_adds_up_to_the_rows_of_each_class() -> None:
    counts = airports(lost=90)
    found = report.markdown(review(counts))
    rows = dict(zip(counts.labels, counts.per_class.candidate.support, strict=True))
    lines = re.findall(rf"^\| <b>({'|'.join(AIRPORTS)})</b> \|(.* \|){{9}}$", found, re.MULTILINE)
    assert len(lines) >= 3
    for line in found.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 10 and (name := cells[0].removeprefix("<b>").removesuffix("</b>")) in rows:
            shown = [re.match(r"(?:<b>)?([\d,]+)", cell) for cell in cells[1:]]
            assert sum(int(each[1].replace(",", "")) for each in shown if each) == rows[name]


@given(st.lists(st.text(max_size=90), min_size=1, max_size=12))
def test_a_status_names_as_many_rules_as_it_has_room_for(names: list[str]) -> None:
    found = VERDICTS["failed"]()
    broken = next(each for each in found.verdict.findings if each.outcome.value == "failed")
    findings = tuple(replace(broken, rule=name) for name in names)
    line = report.headline(replace(found, verdict=replace(found.verdict, findings=findings)))
    assert len(line) <= 140
    assert line.isprintable()
    assert line.startswith("FAILED: the candidate must not replace the best")
    if len(", ".join(visible(name) for name in names)) < 80:
        assert all(visible(name) in line for name in names)


@pytest.mark.parametrize(
    "line", ["1. one", "2) two", "- dash", "+ plus", "* star", "# head", "> said", "===", "---", "```", "    x"]
)
def test_a_line_that_begins_like_a_block_is_none(line: str) -> None:
    """Paragraphs and lists begin with text of their own today; nothing holds them to it."""
    blocks = (Text((line,)), Text((line,)), Bullets([(line,), (line,)], "lines"))
    drawn = Document("title", Outcome.PASSED, (Section("", blocks),), Section("", (Text((line,)),)))
    seen = rendered.markdown(flavoured(drawn, report.COMMENT))
    assert [tag for tag, _ in seen.tags] == ["h2", "p", "p", "ul", "li", "li", "p", "sub"]
    assert seen.text.count(line.strip()) == 5
