"""A review as JSON, which docs/report.schema.json describes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gate import effects, sources
from gate.evidence import Run
from gate.report.grounds import unsupported
from gate.report.measures import measures
from gate.review import Review
from gate.sides import sides
from gate.summary import flip_rates
from gate.verdict import Finding

SCHEMA_VERSION = 1


def as_json(review: Review) -> dict[str, Any]:
    """Whole numbers, text and shares only; what is not known is null."""
    tail = review.ledger.tail
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": review.verdict.outcome.value,
        "exit_code": review.verdict.exit_code,
        "scope": review.name,
        "commit": review.commit,
        "pull_request": review.pull.number if review.pull else None,
        "judged_at": review.at or None,
        "candidate": _run(review.candidate),
        "best": _run(review.best),
        "others": [run.id for run in review.choice.others],
        "refused": [{"id": run.id, "reason": why} for run, why in review.choice.refused],
        "evidence": sources.as_json(review),
        "unsupported": unsupported(review),
        "override": asdict(review.override) if review.override else None,
        "findings": [_finding(finding) for finding in review.verdict.findings],
        "metrics": [asdict(each) for each in measures(review)],
        "flips": _flips(review),
        "lineage": [asdict(fact) for fact in sides(review.best, review.candidate)],
        "policy": {"source": review.policy.source, "sha256": review.policy.digest},
        "packet_digest": review.packet_digest,
        "ledger": {"seq": tail.seq, "hash": tail.hash} if tail else None,
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


def _flips(review: Review) -> dict[str, float] | None:
    rates = flip_rates(review.evidence.counts) if review.evidence.counts is not None else []
    return {rate.name.replace(" ", "_").lower(): rate.value for rate in rates} or None
