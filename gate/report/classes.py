"""The classes: the largest losses and gains, every class's scores, and the confusions among those that matter."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gate.classes import ClassTable
from gate.late import numpy as np
from gate.report.document import Bar, Block, Heat, Line, Section, Strong, Table, Text
from gate.report.matrix import Matrix, matrix
from gate.reported import Reported
from gate.review import Review
from gate.scores import ModelScores, grown

EXTREMES = 10  # classes that lost, and as many that gained
CROSSED = 8  # classes of the confusion matrix
CONFUSIONS = 10
LEAST_FULL = 0.1  # change of F1; smaller ones never fill a bar, so that noise does not look like a landslide


def extremes(review: Review) -> Section:
    """Classes that no test could judge are left out, as on the Review page."""
    table = _table(review)
    if table is None:
        return Section("Classes", ())
    shown = table.extremes(EXTREMES)
    fell = [index for index in shown.tolist() if table.change[index] < 0]
    rose = [index for index in shown.tolist()[::-1] if table.change[index] > 0]
    full = max([LEAST_FULL, *np.abs(table.change[shown]).tolist()])
    tally = ", ".join(f"{number:,} {status}" for status, number in table.tally().items() if number)
    said = Text((f"Of {len(table.names):,} classes: {tally}. A full bar is a change of F1 by {full:.3f}.",))
    tables = [_changes(table, title, rows, full) for title, rows in (("worst", fell), ("best", rose)) if rows]
    return Section("Which classes change", (said, *tables))


def _changes(table: ClassTable, title: str, indices: Sequence[int], full: float) -> Table:
    best, candidate = table.scores.best.f1, table.scores.candidate.f1
    rows: list[Line] = [
        (
            Strong(table.names[index]),
            f"{table.scores.support[index]:,.0f}",
            f"{best[index]:.3f}",
            f"{candidate[index]:.3f}",
            Bar(float(table.change[index]), full),
        )
        for index in indices
    ]
    return Table((f"{title} classes", "rows", "best F1", "candidate F1", "change"), "lrrrl", rows, "classes")


def classification(review: Review) -> Section:
    """As scikit-learn prints it, of the candidate; the most frequent classes first."""
    table = _table(review)
    if table is None:
        return Section("Classification report", ())
    scores, support = table.scores.candidate, table.scores.support
    rows = [
        (Strong(table.names[i]), *_scores(scores, int(i)), f"{support[i]:,.0f}")
        for i in np.argsort(-support, kind="stable")
    ]
    head = ("class", "precision", "recall", "F1", "support")
    averages = Table(("average", *head[1:]), "lrrrr", _averages(scores), "averages")
    each = Table(head, "lrrrr", rows, "classes")
    return Section("Classification report of the candidate", (averages, each), folded=True)


def _scores(scores: ModelScores, index: int) -> tuple[str, str, str]:
    return (f"{scores.precision[index]:.3f}", f"{scores.recall[index]:.3f}", f"{scores.f1[index]:.3f}")


def _averages(scores: ModelScores) -> list[Line]:
    rows = f"{scores.support.sum():,.0f}"
    columns = (scores.precision, scores.recall, scores.f1)
    weights = scores.support if scores.support.any() else None
    accuracy: Line = ("accuracy", "", "", f"{scores.accuracy:.3f}", rows)
    macro: Line = ("macro", *(f"{column.mean():.3f}" for column in columns), rows)
    return [accuracy, macro, ("weighted", *(f"{np.average(c, weights=weights):.3f}" for c in columns), rows)]


def confusion(review: Review) -> Section:
    """Among the classes whose confusions grew most."""
    counts = review.evidence.counts
    found = matrix(counts, CROSSED) if counts is not None else None
    if counts is None or found is None:
        return Section("Confusion matrix", ())
    worse = [(each.truth, each.predicted, each.best, each.candidate, each.growth) for each in grown(counts, CONFUSIONS)]
    rows: list[Line] = [(a, b, f"{c:,.0f}", f"{d:,.0f}", f"{e:+,.0f}") for a, b, c, d, e in worse]
    listed = Table(("truth", "predicted as", "best", "candidate", "growth"), "llrrr", rows, "confusions")
    said = (
        "Rows are the truth, columns what the candidate predicts: how many rows, and in brackets how many more or "
        "fewer than the best. A dot is nothing that was kept by name; such rows are among the others."
    )
    blocks: tuple[Block, ...] = (Text((said,)), _crossed(found), *((listed,) if rows else ()))
    return Section("Confusion matrix of the classes that matter", blocks, folded=True)


def _crossed(found: Matrix) -> Table:
    rows: list[Line] = []
    for place, name in enumerate(found.names):
        cells = [_heat(found, place, column) for column in range(len(found.names))]
        rows.append((Strong(name), *cells, _amount(found.others[place], found.others_growth[place])))
    head = ("truth ↓ predicted →", *found.names, "others")
    return Table(head, "l" + "r" * (len(found.names) + 1), rows, "classes")


def _heat(found: Matrix, row: int, column: int) -> Heat:
    text = _amount(found.cells[row, column], found.growth[row, column])
    return Heat(
        text, float(found.cells[row, column] / found.support[row]) if found.support[row] else 0.0, row == column
    )


def _amount(rows: float, growth: float) -> str:
    if not rows and not growth:
        return "·"
    return f"{rows:,.0f} ({growth:+,.0f})" if growth else f"{rows:,.0f}"


def reported(review: Review) -> Section:
    found = review.reported
    if found is None:
        return Section("Reported", ())
    order = np.argsort(found.change, kind="stable").tolist()
    table = Table(("class", "best F1", "candidate F1"), "lrr", [_reported_row(found, i) for i in order], "classes")
    title = "F1 per class as reported by the training scripts: support unknown, not judged by"
    return Section(title, (table,), folded=True)


def _reported_row(found: Reported, index: int) -> Line:
    return (found.labels[index], *(_score(float(column[index])) for column in (found.best, found.candidate)))


def _score(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "not reported"


def _table(review: Review) -> ClassTable | None:
    counts = review.evidence.counts
    return ClassTable(counts) if counts is not None and counts.rows else None
