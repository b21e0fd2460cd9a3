"""A review as JUnit XML, which GitLab, Jenkins and most others show beside a build: a test case for each finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from xml.etree import ElementTree

from gate.markdown import visible
from gate.report.headline import headline
from gate.review import Review
from gate.verdict import Finding, Outcome

KINDS: Mapping[Outcome, str] = {
    Outcome.FAILED: "failure",
    Outcome.UNKNOWN: "error",
    Outcome.REVIEW: "skipped",  # JUnit knows no third answer; both systems show a skipped case, and none hides it
}
TOTALS: Mapping[str, str] = {"failures": "failure", "errors": "error", "skipped": "skipped"}
LONGEST = 2_000


def junit(review: Review) -> str:
    findings = review.verdict.findings
    counts = {name: str(sum(KINDS.get(each.outcome) == kind for each in findings)) for name, kind in TOTALS.items()}
    totals = {"tests": str(len(findings)), **counts, "time": "0"}
    suites = ElementTree.Element("testsuites", {"name": "promotion gate", **totals})
    named = {"name": _legal(f"gate.{review.name}"), "timestamp": review.at[:19], "hostname": "promotion-gate"}
    suite = ElementTree.SubElement(suites, "testsuite", {**named, **totals})
    _properties(suite, review)
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.rule] += 1
        again = f" ({seen[finding.rule]})" if seen[finding.rule] > 1 else ""
        _case(suite, review.name, finding, again)
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def _properties(suite: ElementTree.Element, review: Review) -> None:
    known = {
        "verdict": review.verdict.outcome.value,
        "exit_code": str(review.verdict.exit_code),
        "headline": headline(review),
        "commit": review.commit,
        "pull_request": str(review.pull.number) if review.pull else "",
        "candidate": review.candidate.id if review.candidate else "",
        "best": review.best.id if review.best else "",
        "packet_digest": review.packet_digest,
    }
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in known.items():
        ElementTree.SubElement(properties, "property", name=name, value=_legal(value))


def _case(suite: ElementTree.Element, scope: str, finding: Finding, again: str) -> None:
    names = {"classname": _legal(f"gate.{scope}"), "name": _legal(finding.rule) + again, "time": "0"}
    case = ElementTree.SubElement(suite, "testcase", names)
    if finding.outcome in KINDS:
        message = _legal(finding.message)
        told = ElementTree.SubElement(case, KINDS[finding.outcome], type=finding.outcome.value, message=message)
        told.text = f"found: {_legal(finding.found)}\nrequired: {_legal(finding.required)}"


def _legal(text: str) -> str:
    """All that is left prints; what does not may not even be escaped in XML 1.0."""
    return visible(text, LONGEST)
