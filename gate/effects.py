"""How large what a rule looked at is, in the words and figures of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gate.formulas import FORMULAS
from gate.verdict import Effect, Finding, Unit

REACH = 3.0  # limits; what lies further away is drawn at the edge


@dataclass(frozen=True)
class Scale:
    """How numbers of a unit are written: times ``factor``, by a ``form`` of Python's, and with ``suffix`` behind."""

    form: str
    factor: float = 1.0
    suffix: str = ""

    def text(self, value: float) -> str:
        return f"{value * self.factor:{self.form}}{self.suffix}"


SCALES: Mapping[Unit, Scale] = {
    "metric": Scale(".6g"),
    "score": Scale("+.4f"),
    "share": Scale(".2f", 100, " %"),
    "ratio": Scale(".3f"),
    "confidence": Scale("+.4f"),
    "classes": Scale(".0f"),
    "progress": Scale(".0f", 100, " %"),
    "uses": Scale(".0f"),
}


def as_json(effect: Effect | None) -> dict[str, Any] | None:
    """Every field, and the paragraph that says where the numbers come from."""
    if effect is None:
        return None
    levels = None if effect.levels is None else list(effect.levels)
    return {**asdict(effect), "levels": levels, "source": FORMULAS[effect.formula]}


def row(effect: Effect) -> tuple[str, str, str, str, str]:
    """What it is, its size, its interval, its limit, and what would change the answer."""
    return (effect.label, number(effect, effect.estimate), interval(effect), limit(effect), effect.needed)


def number(effect: Effect, value: float) -> str:
    return SCALES[effect.unit].text(value)


def interval(effect: Effect) -> str:
    if effect.low is None or effect.high is None:
        return "none"
    return f"{number(effect, effect.low)} to {number(effect, effect.high)}"


def levels(effect: Effect) -> str:
    """`0.8000 → 0.8333`, from the best's to the candidate's; empty where the estimate is no difference."""
    if effect.levels is None:
        return ""
    form = SCALES[effect.unit].form.lstrip("+")
    return " → ".join(f"{each:{form}}" for each in effect.levels)


def limit(effect: Effect) -> str:
    if effect.margin is None:
        return "none"
    return f"{'at most' if effect.fewer else 'at least'} {number(effect, effect.margin)}"


def drawn(findings: Sequence[Finding]) -> list[tuple[Finding, Effect]]:
    """The findings that have a limit to be drawn against."""
    return [(each, each.effect) for each in findings if each.effect is not None and each.effect.margin is not None]


def distance(effect: Effect, value: float) -> float:
    """From the limit, in limits: positive where it is kept, cut at `REACH`. A limit of 0 is measured by the result."""
    assert effect.margin is not None
    ends = [each for each in (effect.low, effect.high, effect.estimate) if each is not None]
    scale = abs(effect.margin) or max(abs(each) for each in ends) or 1.0
    kept = (effect.margin - value if effect.fewer else value - effect.margin) / scale
    return max(-REACH, min(REACH, kept))
