"""One verdict as JSON, as Markdown for comments and step summaries, and as text for a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gate import effects, sources
from gate.evidence import Run
from gate.formulas import SAMPLING
from gate.markdown import escape
from gate.reported import Reported
from gate.review import Review
from gate.scores import ClassScores, Shares
from gate.verdict import Finding, Outcome

SCHEMA_VERSION = 1
MARKER = "<!-- promotion-gate:{scope} -->"
SIGNS = {Outcome.PASSED: "✅", Outcome.REVIEW: "👀", Outcome.UNKNOWN: "❔", Outcome.FAILED: "❌"}
WORDS = {
    Outcome.PASSED: "may replace the best, once a person approves",
    Outcome.REVIEW: "needs a person's judgement",
    Outcome.UNKNOWN: "cannot be judged: evidence is missing",
    Outcome.FAILED: "must not replace the best",
}
COMMENT_LIMIT = 65_000
STATUS_LIMIT = 140
TABLE_CLASSES = 15


def headline(review: Review) -> str:
    """At most 140 characters, as a commit status allows."""
    outcome = review.verdict.outcome
    worst = [f for f in review.verdict.findings if f.outcome is outcome]
    names = ", ".join(finding.rule for finding in worst) if outcome is not Outcome.PASSED else ""
    if review.verdict.exit_code == 5:
        return "Conflict: who is best must be settled first"
    line = f"{outcome.name}: the candidate {WORDS[outcome]}{f' ({names})' if names else ''}"
    return line if len(line) <= STATUS_LIMIT else line[: STATUS_LIMIT - 1] + "…"


def as_json(review: Review) -> dict[str, Any]:
    """The machine-readable report; docs/report.schema.json describes it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": review.verdict.outcome.value,
        "exit_code": review.verdict.exit_code,
        "scope": review.name,
        "commit": review.commit,
        "pull_request": review.pull.number if review.pull else None,
        "candidate": _run(review.candidate),
        "best": _run(review.best),
        "others": [run.id for run in review.choice.others],
        "refused": [{"id": run.id, "reason": why} for run, why in review.choice.refused],
        "evidence": sources.as_json(review),
        "findings": [_finding(finding) for finding in review.verdict.findings],
        "policy": {"source": review.policy.source, "sha256": review.policy.digest},
        "packet_digest": review.packet_digest,
    }


def _run(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {"id": run.id, "name": run.name, "project": run.project, "commit": run.commit, "status": run.status}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "outcome": finding.outcome.value,
        "message": finding.message,
        "found": finding.found,
        "required": finding.required,
        "own": finding.own.value if finding.own else None,
        "effect": effects.as_json(finding.effect),
    }


def text(review: Review) -> str:
    """For a terminal: the headline, then one line per finding."""
    lines = [headline(review), ""]
    for finding in review.verdict.findings:
        lines.append(f"{finding.outcome.name:8}{_plain(finding.message)}")
        if finding.effect is not None and finding.effect.needed:
            lines.append(f"{'':8}  {_plain(f'{finding.effect.label}: {finding.effect.needed}')}")
    lines += [f"{'':8}{_plain(said)}" for said in sources.sentences(review)]
    return "\n".join([*lines, "", f"packet {review.packet_digest}"]) + "\n"


def _plain(message: str) -> str:
    """Control characters could move a terminal's cursor or start a workflow command on a line of its own."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in message)


def markdown(review: Review, url: str = "") -> str:
    """For a comment or a step summary, within GitHub's limit; classes beyond the worst and best are counted."""
    outcome = review.verdict.outcome
    parts = [
        MARKER.format(scope=review.name),
        f"## {SIGNS[outcome]} {escape(headline(review))}",
        _links(review, url),
        _table(("", "rule", "found", "required"), [_row(finding) for finding in review.verdict.findings]),
    ]
    parts.append(_effects(review.verdict.findings))
    parts.append("\n".join(f"- {escape(said)}" for said in sources.sentences(review)))
    if review.scores is not None:
        parts.append(_classes(review.scores))
    if review.reported is not None:
        parts.append(_reported_classes(review.reported))
    parts.append(f"<sub>packet `{review.packet_digest}` · policy {escape(review.policy.source)}</sub>")
    body = "\n\n".join(part for part in parts if part) + "\n"
    return body if len(body) <= COMMENT_LIMIT else body[: COMMENT_LIMIT - 40] + "\n\n(cut to GitHub's limit)\n"


def _links(review: Review, url: str) -> str:
    said = f"Commit `{review.commit[:12]}`, scope {escape(review.name)}."
    return f"{said} [Open the review]({url})" if url else said


def _row(finding: Finding) -> tuple[str, ...]:
    sign = f"{SIGNS[finding.outcome]} {finding.outcome.value}"
    return (sign, escape(finding.rule), escape(finding.message), escape(finding.required))


def _effects(findings: Sequence[Finding]) -> str:
    """Sizes, intervals and limits of all rules, and what would change their answers."""
    found = [(finding.rule, *effects.row(finding.effect)) for finding in findings if finding.effect is not None]
    if not found:
        return ""
    head = ("rule", "of", "found", "interval", "limit", "what would change this")
    table = _table(head, [tuple(escape(cell) for cell in row) for row in found])
    return _folded("How large, how sure, and what would change the answer", f"{table}\n\n{SAMPLING}", 0)


def _classes(scores: ClassScores) -> str:
    shown, left = _extremes(scores.f1_change)
    rows = [
        (
            escape(scores.labels[index], 80),
            f"{scores.support[index]:,.0f}",
            f"{scores.best.f1[index]:.3f}",
            f"{scores.candidate.f1[index]:.3f}",
            f"{scores.f1_change[index]:+.3f} {_bar(float(scores.f1_change[index]))}",
        )
        for index in shown
    ]
    table = _table(("class", "support", "best F1", "candidate F1", "Δ"), rows)
    return _folded("F1 per class, largest losses first", table, left)


def _reported_classes(reported: Reported) -> str:
    shown, left = _extremes(reported.change)
    columns = (reported.best, reported.candidate)
    rows = [(escape(reported.labels[i], 80), *(_score(column[i]) for column in columns)) for i in shown]
    table = _table(("class", "best F1", "candidate F1"), rows)
    return _folded("F1 per class as reported by the training scripts: support unknown, not judged by", table, left)


def _score(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "not reported"


def _extremes(change: Shares) -> tuple[list[int], int]:
    """The largest losses, then the largest gains, as indices; and how many are left out between them."""
    order = change.argsort(kind="stable").tolist()
    shown = [*order[:TABLE_CLASSES], *order[max(TABLE_CLASSES, len(order) - TABLE_CLASSES) :]]
    return shown, len(order) - len(shown)


def _folded(summary: str, table: str, left: int) -> str:
    more = f"\n\n{left:,} classes between these are left out." if left else ""
    return f"<details><summary>{summary}</summary>\n\n{table}{more}\n\n</details>"


def _bar(change: float) -> str:
    return ("🟥" if change < 0 else "🟩") * min(5, round(abs(change) * 20))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
