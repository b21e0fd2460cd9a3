"""Two models' counts for a reader without a policy: text for a terminal, JSON, and CSV with a row per class."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gate.classes import ClassTable
from gate.counts import Codes, Counts
from gate.markdown import visible
from gate.scores import flips
from gate.spreadsheet import as_csv as columns_as_csv
from gate.summary import Headline, headlines

EXTREMES = 10
NAME = 32  # characters of a class in the text


def as_text(counts: Counts) -> str:
    return "\n".join(_lines(counts)) + "\n"


def _lines(counts: Counts) -> Iterator[str]:
    yield f"{counts.rows:,.10g} rows with a truth, {len(counts.labels):,} classes; {counts.pairing.said}"
    if not counts.rows:
        yield "no row has a truth: there is nothing to score"
        return
    yield ""
    yield f"{'':{NAME}}{'best':>10}{'candidate':>11}{'change':>10}"
    yield from (_headline(each) for each in headlines(counts))
    yield from _flip_lines(counts)
    for title, rows in zip(("losses", "gains"), _extremes(counts), strict=True):
        yield from ("", f"largest {title} of F1", *_class_lines(counts, rows))
    if counts.lacks:
        yield from ("", *counts.lacks)


def _headline(each: Headline) -> str:
    return f"{each.name:{NAME}}{_score(each.best):>10}{_score(each.candidate):>11}{_signed(each.change):>10}"


def _score(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.4f}"


def _flip_lines(counts: Counts) -> Iterator[str]:
    found = flips(counts)
    if found is not None:
        yield ""
        yield f"only the best is right    {found.negative:>14,.10g} rows, {found.nfr:.2%}"
        yield f"only the candidate is     {found.positive:>14,.10g} rows, {found.pfr:.2%}"
        yield f"predicted differently     {found.changed:>14,.10g} rows, {found.churn:.2%}"


def _extremes(counts: Counts) -> tuple[Codes, Codes]:
    """The largest losses and the largest gains of F1; classes that did not change are in neither."""
    change = ClassTable(counts).change
    order = change.argsort(kind="stable")
    return order[change[order] < 0][:EXTREMES], order[::-1][change[order[::-1]] > 0][:EXTREMES]


def _class_lines(counts: Counts, rows: Codes) -> Iterator[str]:
    scores = ClassTable(counts).scores
    if not len(rows):
        yield "  none"
    for row in rows:
        best, candidate = float(scores.best.f1[row]), float(scores.candidate.f1[row])
        name = visible(counts.labels[row], NAME - 4)
        yield (
            f"  {name:{NAME - 2}}{best:>10.4f}{candidate:>11.4f}{candidate - best:>+10.4f}"
            f"   support {scores.support[row]:,.10g}"
        )


def as_json(counts: Counts) -> str:
    losses, gains = _extremes(counts)
    found = {
        "rows": counts.rows,
        "classes": len(counts.labels),
        "pairing": {"how": counts.pairing.how, "said": counts.pairing.said},
        "scores": _scores(counts),
        "flips": _flips(counts),
        "losses": _records(counts, losses),
        "gains": _records(counts, gains),
        "silent": list(counts.silent),
        "lacks": list(counts.lacks),
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _scores(counts: Counts) -> dict[str, dict[str, float | None]]:
    found = headlines(counts) if counts.rows else []
    return {
        _key(each.name.split(" = ")[0]): {
            "best": each.best,
            "candidate": each.candidate,
            "change": each.change,
        }
        for each in found
    }


def _flips(counts: Counts) -> dict[str, float] | None:
    found = flips(counts)
    if found is None:
        return None
    rows = {"only_best_right": found.negative, "only_candidate_right": found.positive, "both_right": found.both}
    rows |= {"neither_right": found.neither, "predicted_differently": found.changed}
    return {**rows, "nfr": found.nfr, "pfr": found.pfr, "churn": found.churn}


def _records(counts: Counts, rows: Codes) -> list[dict[str, Any]]:
    columns = {name: list(values) for name, values in ClassTable(counts).columns(rows, shown=False).items()}
    return [{_key(name): _plain(values[place]) for name, values in columns.items()} for place in range(len(rows))]


def _key(name: str) -> str:
    return name.lower().replace(" ", "_")


def _plain(value: Any) -> object:
    return value if isinstance(value, str) else float(value)


def as_csv(counts: Counts) -> str:
    """Every class, in order of its name."""
    return columns_as_csv(ClassTable(counts).columns(_every(counts), shown=False)).decode()


def _every(counts: Counts) -> Codes:
    return ClassTable(counts).pick(order="by name")
