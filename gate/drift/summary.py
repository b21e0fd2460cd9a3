"""The few sentences and tables in which drift is told, the same in every report and on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gate.drift.drift import Drift
from gate.drift.estimates import spread
from gate.drift.judgement import State
from gate.figures import counted
from gate.late import numpy as np
from gate.lately import lately
from gate.markdown import visible
from gate.observed import NO_TIME

NAMED, LONGEST = 5, 40
WORDS = {
    State.STEADY: "steady: nothing moved beyond what the policy allows",
    State.DRIFTED: "drifted beyond what the policy allows",
    State.UNKNOWN: "not known: there is not enough evidence to call it steady",
}


def day(seconds: float) -> str:
    """1 April 2013, UTC."""
    date = np.datetime64(int(seconds), "s").item()
    return f"{date.day} {date:%B} {date.year}"


def second(seconds: float) -> str:
    return f"{np.datetime64(int(seconds), 's')}Z"


def headline(drift: Drift) -> str:
    """One sentence: since when, what fell or rose, what is new, and what the policy says of it."""
    told = "; ".join(_facts(drift))
    rules = ", ".join(dict.fromkeys(sign.rule for sign in drift.signs if sign.state is State.DRIFTED))
    first = drift.later.span[0] if drift.later.span and drift.bounds == (None, None) else drift.now.start
    begin = "" if first == NO_TIME else f"Since {day(first)} "
    if drift.state is State.DRIFTED:
        return f"{begin}{told}; retraining is advised by: {rules}" if told else f"Drifted: {rules}"
    if drift.state is State.UNKNOWN:
        why = next((sign.said for sign in drift.signs if sign.state is State.UNKNOWN), "nothing was looked at")
        return f"It is not known whether the model drifted: {why}"
    return f"{begin}nothing moved beyond what the policy allows{f': {told}' if told else ''}"


def _facts(drift: Drift) -> Iterator[str]:
    if drift.confidence is not None:
        yield f"confidence {_went(drift.confidence.before, drift.confidence.after)}"
    if drift.accuracy is not None:
        yield f"accuracy {_went(*drift.accuracy[:2])}"
    if drift.new:
        yield f"{counted(len(drift.new), 'new class', 'new classes')} ({names([each.name for each in drift.new])})"
    if drift.repair is not None:
        yield (
            f"the candidate has {drift.repair.new:.2f} right of the rows where the old model has {drift.repair.old:.2f}"
        )


def _went(before: float, after: float) -> str:
    """As far as the two places tell that are shown."""
    was, now = f"{before:.2f}", f"{after:.2f}"
    return f"stayed at {now}" if was == now else f"{'fell' if after < before else 'rose'} from {was} to {now}"


def names(found: list[str], most: int = NAMED) -> str:
    more = f" and {len(found) - most:,} more" if len(found) > most else ""
    return ", ".join(visible(name, LONGEST) for name in found[:most]) + more


@dataclass(frozen=True)
class Row:
    """One class: F1 on the test rows, now, and that of the candidate now; None where there is none."""

    name: str
    before: float
    now: float
    candidate: float | None
    rows_before: float
    rows_now: float
    status: str

    @property
    def change(self) -> float:
        return self.now - self.before


@lately(1)
def class_rows(drift: Drift) -> list[Row]:
    """Every class with a truth, largest loss first. Where a candidate is compared, "now" is of the rows of both."""
    found = drift.damage
    if found is None:
        return []
    repaired = (
        {}
        if drift.repair is None
        else dict(zip(drift.repair.counts.labels, zip(*drift.repair.f1, strict=True), strict=True))
    )
    rows = []
    for place, name in enumerate(found.labels):
        old, new = repaired.get(name, (found.after[place], None))
        status = "new" if found.new[place] else "damaged" if found.damaged[place] else ""
        numbers = (float(found.before[place]), float(old), None if new is None else float(new))
        supports = (float(found.support_before[place]), float(found.support_after[place]))
        rows.append(Row(name, *numbers, *supports, status))
    return sorted(rows, key=lambda row: row.change)


def estimate_lines(drift: Drift) -> Iterator[str]:
    """What labels would say, guessed without them; and whether that is to be believed."""
    if not drift.estimates:
        yield "accuracy cannot be estimated without labels: test rows with truth and confidence are needed"
        return
    listed = ", ".join(f"{name} {value:.3f}" for name, value in drift.estimates.items())
    yield f"accuracy as estimated without labels: {listed} (spread {spread(drift.estimates):.3f}, for information)"
    for reason in drift.validity.reasons:
        yield f"not valid here: {reason}"


def further_lines(drift: Drift) -> Iterator[str]:
    """Everything else that is worth a sentence."""
    shift = drift.classes
    if shift is not None:
        limits = f"(without drift up to {shift.psi_chance:.3f})"
        yield f"for comparison: PSI {shift.psi:.3f} {limits}, Jensen-Shannon {shift.js:.3f} (e), {shift.js2:.3f} (2)"
    moved = drift.confidence
    if moved is not None:
        yield f"for comparison: Kolmogorov-Smirnov {moved.gap:.3f} from bins, at most {moved.gap_bound:.3f}"
    if drift.gone:
        gone = counted(len(drift.gone), "class is", "classes are")
        yield f"{gone} gone: {names([each.name for each in drift.gone])}"
    for each in drift.agreements:
        yield (
            f"over {each.points} stretches {each.estimate} and {each.realised.replace('_f1', ' F1')} correlate: "
            f"r = {each.pearson:.2f}, ranks {each.spearman:.2f}"
        )
    if drift.trend is not None:
        yield f"accuracy over time: one trend test, z = {drift.trend[0]:.1f}, p = {drift.trend[1]:.2g}"
    yield from repair_lines(drift)
    yield from chronology(drift)
    yield from drift.lacks


def repair_lines(drift: Drift) -> Iterator[str]:
    damage, repair = drift.damage, drift.repair
    if damage is not None:
        new = int(damage.new.sum())
        damaged = int(damage.damaged.sum())
        known = counted(len(damage.labels), "class", "classes")
        yield f"{known} with a truth: {damaged:,} damaged beyond chance, {new:,} new"
    if repair is None:
        if drift.candidate is not None:
            yield f"what the candidate repairs is not known: {drift.repair_missing}"
        return
    part = "" if repair.repaired is None else f", {repair.repaired:.0%} of what was lost since {repair.reference:.3f}"
    rows = f"{counted(repair.counts.rows, 'later row')} of both models"
    yield f"repair: accuracy {repair.old:.3f} -> {repair.new:.3f} on {rows}{part}"
    if repair.marginals is not None:
        chi2, freedom, p = repair.marginals
        said = f"chi-squared {chi2:.1f} of {freedom}, p = {p:.2g} (Stuart-Maxwell)"
        yield f"that both models claim the classes equally often: {said}"


def chronology(drift: Drift) -> Iterator[str]:
    """Whether the reference is later than what the model was trained on."""
    if drift.run is None:
        return
    window, span = drift.trained.get(drift.run.id), drift.reference.span
    if window is None:
        yield f"whether the test rows are later than the training data is not known: {drift.untrained}"
    elif span is not None:
        later = "so the test was chronological" if window.end < span[0] else "not later, so the test flatters"
        yield f"trained until {second(window.end)}, test rows begin {second(span[0])}: {later}"
