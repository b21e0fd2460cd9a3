"""One review as one document: which sections it has, and in what order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gate.markdown import visible
from gate.report import classes, findings, grounds, measures
from gate.report.document import Cell, Code, Document, Line, Link, Section, Strong, Text
from gate.report.headline import sentence
from gate.review import Review

SECTIONS = (
    findings.first_look,
    findings.all_findings,
    measures.metric_table,
    classes.extremes,
    classes.reported,
    grounds.limits,
    grounds.drift,
    findings.sizes,
    measures.flip_table,
    classes.confusion,
    grounds.origins,
    classes.classification,
)


@dataclass(frozen=True)
class Links:
    """Where a reader can go on: addresses of our own and of the services, each empty where there is none.

    ``review`` is the page where it is decided, ``job`` the run of CI that judged; ``runs`` are keyed by run id.
    """

    review: str = ""
    job: str = ""
    runs: dict[str, str] = field(default_factory=dict)


NOWHERE = Links()


def document(review: Review, links: Links = NOWHERE) -> Document:
    sections = (Section("", tuple(_opening(review, links))), *(make(review) for make in SECTIONS))
    return Document(sentence(review), review.verdict.outcome, sections, Section("", (_foot(review, links),)))


def _opening(review: Review, links: Links) -> Iterator[Text]:
    if review.override:
        yield Text(("⚠️ ", Strong(f"Approved {review.override.said}")), loud=True)
    if links.review:
        yield Text((Link("Review and decide", links.review),))
    yield Text(_subject(review, links))


def _subject(review: Review, links: Links) -> Line:
    where: list[Cell] = ["Commit ", Code(review.commit[:12])]
    if review.pull is None:
        where.append(", the head of no pull request")
    else:
        where += [" of ", Link(f"pull request {review.pull.number}", review.pull.url)]
    for role, run in (("candidate", review.candidate), ("best", review.best)):
        where += [f", {role} ", Link(visible(run.id, 40), links.runs.get(run.id, ""))] if run else [f", no {role}"]
    return (*where, f", scope {review.name}.")


def _foot(review: Review, links: Links) -> Text:
    tail = review.ledger.tail
    line: list[Cell] = ["packet ", Code(review.packet_digest), f" · policy {review.policy.source}"]
    line += [" · ledger ", Code(f"{tail.seq} {tail.hash[:12]}")] if tail else [" · no decision in the ledger yet"]
    line += [f" · judged {review.at[:16].replace('T', ' ')} UTC"] if review.at else []
    line += [" by ", Link("this job", links.job)] if links.job else []
    return Text(tuple(line))
