"""Where the numbers per class come from, what they cannot say, and what was only reported: for every report alike."""

from __future__ import annotations

import math
from typing import Any

from gate.reported import Reported
from gate.review import Review


def sentences(review: Review) -> list[str]:
    """One sentence on each; none where no rule asks for numbers per class and none were reported."""
    counts, reported = review.evidence.counts, review.reported
    said = []
    if counts is not None:
        silent = f"; nothing is known of {', '.join(counts.silent)}" if counts.silent else ""
        said = [f"per class from {counts.source}: {counts.pairing.said}{silent}", *counts.lacks]
    if reported is not None:
        lower, higher = ((sign * reported.change > 0).sum() for sign in (-1, 1))
        said.append(
            f"as reported in '{reported.title}', which is not judged by: {len(reported.labels):,} classes, "
            f"F1 lower in {lower:,}, higher in {higher:,}"
        )
    return said


def as_json(review: Review) -> dict[str, Any]:
    """The part ``evidence`` of docs/report.schema.json."""
    counts, reported = review.evidence.counts, review.reported
    return {
        "source": counts.source if counts else None,
        "missing": None if counts else review.evidence.counts_missing,
        "pairing": {"how": counts.pairing.how, "said": counts.pairing.said} if counts else None,
        "silent": list(counts.silent) if counts else [],
        "lacks": list(counts.lacks) if counts else [],
        "reported": _reported(reported) if reported else None,
    }


def _reported(reported: Reported) -> dict[str, Any]:
    columns = zip(reported.labels, reported.best.tolist(), reported.candidate.tolist(), strict=True)
    classes = [{"class": label, "best": _number(best), "candidate": _number(new)} for label, best, new in columns]
    return {"title": reported.title, "classes": classes}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
