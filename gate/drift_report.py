"""Drift for a reader without a screen: text, JSON, and Markdown for one issue that is kept up to date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from gate.drift import Drift, State
from gate.drift.summary import WORDS, Row, class_rows, estimate_lines, further_lines, headline
from gate.drift.timeline import Point
from gate.figures import counted
from gate.late import numpy as np
from gate.markdown import literal, visible
from gate.observed import NO_TIME, Observed
from gate.report.room import COMMENT, Part, Room, Rows, fitted

SCHEMA_VERSION = 1
MARKER = "<!-- promotion-gate-drift:{scope} -->"
SIGNS = {State.STEADY: "✅", State.UNKNOWN: "❔", State.DRIFTED: "🌊"}
STRETCHES, CLASSES, LACKS = 24, 12, 10
WIDE = 300
TIMES = ("from", "rows", "mean p@1", "estimates", "accuracy", "macro F1")
DAMAGE = ("class", "F1 at test", "F1 now", "candidate", "rows now", "")


def text(drift: Drift) -> str:
    lines = [f"{drift.state.name}: {_line(headline(drift))}", ""]
    lines += [f"{sign.state.name:9}{_line(sign.said)} ({sign.rule})" for sign in drift.signs]
    lines += ["", *_stretches(drift), ""] if drift.points else [""]
    told = [*estimate_lines(drift), *further_lines(drift)]
    lines += [f"{'':9}{_line(said)}" for said in told[: LACKS + 12]]
    lines += [f"{'':9}and {len(told) - LACKS - 12:,} more remarks"] * (len(told) > LACKS + 12)
    return "\n".join([*lines, *_classes(drift)]) + "\n"


def _line(said: str) -> str:
    return visible(said, 1_000)


def _stretches(drift: Drift) -> Iterator[str]:
    yield f"{'from':12}{'rows':>9}{'mean p@1':>10}{'estimates':>14}{'accuracy':>10}{'macro F1':>10}{'moved':>8}"
    points = [("test rows", drift.at_test), *((_day(point), point) for point in drift.points)]
    left = max(0, len(points) - 1 - STRETCHES)
    for name, point in (*points[:1], *points[1 + left :]):
        first = f"{name:12}{point.rows:>9,.0f}{_number(point.confidence):>10}{_range(point):>14}"
        yield f"{first}{_number(point.accuracy):>10}{_number(point.macro_f1):>10}{_number(point.moved):>8}"
    if left:
        yield f"and {left:,} stretches before the last {STRETCHES}"


def _day(point: Point) -> str:
    return str(np.datetime64(point.start, "s").astype("datetime64[D]"))


def _range(point: Point) -> str:
    if not point.estimates:
        return "-"
    return f"{min(point.estimates.values()):.3f}-{max(point.estimates.values()):.3f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _classes(drift: Drift) -> Iterator[str]:
    rows = class_rows(drift)[:CLASSES]
    if not rows:
        return
    yield ""
    yield f"{'class':24}{'F1 at test':>11}{'F1 now':>9}{'candidate':>11}{'rows now':>10}"
    for row in rows:
        numbers = f"{row.before:>11.3f}{row.now:>9.3f}{_number(row.candidate):>11}{row.rows_now:>10,.0f}"
        yield f"{visible(row.name, 22):24}{numbers}  {row.status}"


def as_json(drift: Drift) -> dict[str, Any]:
    """For a program; docs/drift.schema.json describes it. Times are RFC 3339, UTC; what is not known is null."""
    return {
        "schema_version": SCHEMA_VERSION,
        "state": drift.state.value,
        "exit_code": drift.state.exit_code,
        "headline": headline(drift),
        "scope": drift.scope,
        "slice": drift.slice or None,
        "run": drift.run.id if drift.run else None,
        "candidate": drift.candidate.id if drift.candidate else None,
        "reference": _window(drift.before),
        "current": _window(drift.now),
        "signs": [{"rule": sign.rule, "state": sign.state.value, "said": sign.said} for sign in drift.signs],
        "classes": asdict(drift.classes) if drift.classes else None,
        "confidence": asdict(drift.confidence) if drift.confidence else None,
        "new_classes": [asdict(each) for each in drift.new],
        "gone_classes": [asdict(each) for each in drift.gone],
        "accuracy": None if drift.accuracy is None else dict(zip(("before", "now"), drift.accuracy[:2], strict=True)),
        "estimates": drift.estimates,
        "estimates_refuted_by": list(drift.validity.reasons),
        "agreements": [asdict(each) for each in drift.agreements],
        "stretch": drift.every,
        "timeline": [_point(point) for point in drift.points],
        "damage": [asdict(row) for row in class_rows(drift) if row.status],
        "repair": _repair(drift),
        "remarks": [*further_lines(drift)],
    }


def _window(seen: Observed) -> dict[str, Any]:
    ends = {
        name: None if moment == NO_TIME else _moment(moment)
        for name, moment in (("from", seen.start), ("to", seen.end))
    }
    return {**ends, "rows": seen.rows, "labelled": seen.labelled}


def _moment(seconds: int) -> str:
    return f"{np.datetime64(seconds, 's')}Z"


def _point(point: Point) -> dict[str, Any]:
    return {**asdict(point), "start": _moment(point.start), "end": _moment(point.end)}


def _repair(drift: Drift) -> dict[str, Any] | None:
    repair = drift.repair
    if repair is None:
        return None
    return {"rows": repair.counts.rows, "old": repair.old, "new": repair.new, "repaired": repair.repaired}


def markdown(drift: Drift, url: str = "", room: Room = COMMENT) -> str:
    """For an issue or a step summary, within GitHub's limit: as many rows of each part as there is ``room`` for."""
    before, now = counted(drift.before.rows, "test row"), counted(drift.now.rows, "row")
    return fitted([_beginning(drift, url), *_parts(drift)], f"Of {before} and {now} since.", room)


def _beginning(drift: Drift, url: str) -> Part:
    """What is never left out, and the first rows of what was found."""
    marker = MARKER.format(scope=drift.scope)
    said = f"## {SIGNS[drift.state]} {literal(headline(drift), 1_000)}"
    state = f"The model is {WORDS[drift.state]}." + (f" [Look at the drift]({url})" if url else "")
    rows = [_cells(f"{SIGNS[s.state]} {s.state.value}", literal(s.rule), literal(s.said, WIDE)) for s in drift.signs]
    return Part("Signs", "\n\n".join((marker, said, state)), [_table(("", "rule", "found"), rows, "signs")], "")


def _parts(drift: Drift) -> Iterator[Part]:
    """The other parts, but for empty ones, the most important first."""
    remarks = [f"- {literal(said, WIDE)}" for said in (*estimate_lines(drift), *further_lines(drift))]
    if remarks:
        yield Part("Remarks", "", [Rows("", remarks[: LACKS + 12], "remarks", len(remarks))], "")
    classes = class_rows(drift)
    for title, table in (
        (
            "Over time",
            _table(
                TIMES, [*map(_stretch, drift.points[: -STRETCHES - 1 : -1])], "earlier stretches", len(drift.points)
            ),
        ),
        ("Damage and repair", _table(DAMAGE, [*map(_damaged, classes[:CLASSES])], "classes", len(classes))),
    ):
        if table.lines:
            yield Part(title, f"<details><summary>{title}</summary>", [table], "</details>")


def _stretch(point: Point) -> str:
    numbers = (_number(point.confidence), _range(point), _number(point.accuracy), _number(point.macro_f1))
    return _cells(_day(point), f"{point.rows:,.0f}", *numbers)


def _damaged(row: Row) -> str:
    numbers = (f"{row.before:.3f}", f"{row.now:.3f}", _number(row.candidate), f"{row.rows_now:,.0f}")
    return _cells(literal(row.name, 80), *numbers, row.status)


def _table(head: tuple[str, ...], rows: Sequence[str], noun: str, total: int | None = None) -> Rows:
    """``total`` is how many there would be, of which ``rows`` are the first."""
    return Rows(f"{_cells(*head)}\n{_cells(*('---',) * len(head))}", rows, noun, len(rows) if total is None else total)


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
