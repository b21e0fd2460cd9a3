"""Rules in plain sentences: what each demands, and what follows where it is broken or the data allow both answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gate.rules import (
    ClassesRule,
    CompareRule,
    CurveRule,
    DataRule,
    DriftRule,
    FlipsRule,
    HoldoutRule,
    Margin,
    MetricRule,
    Rule,
    SlicesRule,
)

SCORES = {"accuracy": "Accuracy", "macro_f1": "Macro-F1", "weighted_f1": "Weighted F1"}
SHOWN = "That is shown; nothing is demanded but that it can be told."
FAILS = "If not, the verdict fails."
INFORMS = "This is for information: it stands in nobody's way."
FOLLOWS = {
    "block": {
        "": FAILS,
        "review": f"{FAILS} Where the data allow both answers, a person must review.",
        "fail": f"{FAILS} Where the data allow both answers, it counts as broken.",
    },
    "warn": {
        "": "If not, a person must review.",
        "review": "If not, or where the data allow both answers, a person must review.",
    },
    "info": {"": INFORMS, "review": INFORMS},
}
BELIEVED = " An exact 0 is believed."
STILL = {"block": "fails", "warn": "is left to a person", "info": "is only told"}
ESTIMATED = (ClassesRule, CompareRule, DriftRule, FlipsRule, SlicesRule)  # kinds whose answer may stay open
BEST = "the best's"
MOST = 10  # names that are listed


def sentences(rule: Rule) -> str:
    """What the rule demands, and its consequences."""
    told = DEMANDS[type(rule)](rule)
    if _only_shows(rule):
        return f"{told} {SHOWN}"
    undecided = rule.on_inconclusive if isinstance(rule, ESTIMATED) else ""
    return f"{told} {FOLLOWS[rule.level][undecided]}"


def _only_shows(rule: Rule) -> bool:
    """Whether a rule has no limit, and so cannot be broken."""
    limits = {FlipsRule: ("max_nfr", "max_relative_nfr", "max_churn"), ClassesRule: ("max_regressed", "critical_loss")}
    keys = limits.get(type(rule), ())
    return bool(keys) and all(getattr(rule, key) is None for key in keys)


def percent(share: float) -> str:
    return f"{100 * share:.10g} %"


def listed(names: Sequence[str]) -> str:
    """``a, b and c``, and of many only the first."""
    shown = [*names[:MOST], *([f"{len(names) - MOST:,} more"] if len(names) > MOST else [])]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _loss(margin: Margin) -> str:
    if "pp" in margin.text:
        points = f"{100 * margin.absolute:.10g}"
        return f"{points} percentage {'point' if points == '1' else 'points'}"
    return percent(margin.relative) if margin.relative else f"{margin.absolute:.10g}"


def _within(margin: Margin, other: str, side: str = "below") -> str:
    """How far one value may lie beyond another."""
    return f"{_loss(margin)} of {other} {side} it" if margin.relative else f"{_loss(margin)} {side} {other}"


def _surely(margin: Margin, other: str) -> str:
    """What the lower end of an interval must reach."""
    return f"less than {_within(margin, other)}" if margin.relative or margin.absolute else f"above {other}"


def _opponent(against: str) -> str:
    return "the anchor's" if against == "anchor" else BEST


def _where(part: str) -> str:
    return f" where {part.replace('=', ' is ', 1)}" if part else ""


def _metric(rule: MetricRule) -> str:
    other = _opponent(rule.against)
    demands = []
    if rule.allowed_loss is not None:
        side, margin = "below" if rule.direction == "max" else "above", rule.allowed_loss
        some = margin.relative or margin.absolute
        demands.append(f"be at most {_within(margin, other, side)}" if some else f"not be {side} {other}")
    demands += [f"be at least {rule.min:g}"] if rule.min is not None else []
    demands += [f"be at most {rule.max:g}"] if rule.max is not None else []
    zero = BELIEVED if rule.allow_zero else ""
    return f"The {rule.value} value of {rule.metric} must {listed(demands)}.{zero}"


def _compare(rule: CompareRule) -> str:
    score = SCORES.get(rule.metric, rule.metric)
    return (
        f"{score} on the same rows{_where(rule.slice)} must be, with {percent(rule.confidence)} confidence, "
        f"{_surely(rule.margin, _opponent(rule.against))}."
    )


def _classes(rule: ClassesRule) -> str:
    few = f" with at least {rule.min_support:,} rows" if rule.min_support else ""
    told = [f"F1 of every class{few} is compared on the same rows{_where(rule.slice)}."]
    if rule.max_regressed is not None:
        false = f"of those called so, at most {percent(rule.fdr)} by chance"
        told.append(f"At most {rule.max_regressed:,} classes may have regressed ({false}).")
    if rule.critical_loss is not None:
        told.append(f"F1 of {listed(rule.critical)} must be {_surely(rule.critical_loss, BEST)}.")
    return " ".join(told)


def _flips(rule: FlipsRule) -> str:
    limits = (
        (rule.max_nfr, "the share of rows that were right and are wrong now must be below {:.10g} %"),
        (rule.max_churn, "the share of rows predicted differently must be below {:.10g} %"),
        (rule.max_relative_nfr, "the update must break less than {:.10g} % of what independent mistakes would break"),
    )
    said = listed([words.format(100 * limit) for limit, words in limits if limit is not None])
    if not said:
        return "Rows that were right and are wrong now are counted."
    return f"{said[0].upper()}{said[1:]}, with {percent(rule.confidence)} confidence."


def _slices(rule: SlicesRule) -> str:
    where = f"every slice by {listed(rule.columns)} with at least {rule.min_support:,} rows"
    false = f"of slices called worse, at most {percent(rule.fdr)} by chance"
    return f"In {where} {rule.metric} must be {_surely(rule.margin, BEST)} ({false})."


def _drift(rule: DriftRule) -> str:
    limits = (
        (rule.max_class_shift, "at most {:.10g} % of the predictions may have moved to other classes, beyond chance"),
        (rule.max_confidence_shift, "the mean confidence may have moved by at most {:.10g} percentage points"),
    )
    said = listed([words.format(100 * limit) for limit, words in limits if limit is not None])
    return f"On the same rows {said}."


def _curve(rule: CurveRule) -> str:
    way = "fallen" if rule.direction == "min" else "risen"
    return (
        f"{rule.metric} must have {way} by at least {percent(rule.min_progress)} of where it began, and not have given "
        f"back more than {percent(rule.max_given_back)} of that; a run that ended while it still improved "
        f"{STILL[rule.still_improving]}.{BELIEVED if rule.allow_zero else ''}"
    )


def _testset(rule: HoldoutRule) -> str:
    told = []
    if rule.same:
        told.append(f"Both runs must be tested on the same rows (at least {percent(rule.min_matched)} of them).")
    if rule.chronological:
        told.append("The training data must end before the test set begins.")
    if rule.budget is not None:
        told.append(f"After {rule.budget:,} evaluations on one test set a pass is left to a person.")
    return " ".join(told)


def _data(rule: DataRule) -> str:
    name = f" of the project {rule.project}" * bool(rule.project) + f" called {rule.dataset}" * bool(rule.dataset)
    versions = ["the newest version"] * rule.newest + [f"one of {len(rule.ids):,} listed versions"] * bool(rule.ids)
    said = f"dataset{name}{', which must be ' if versions else ''}{listed(versions)}."
    return f"{f'Under the alias {rule.alias} the' if rule.alias else 'The'} candidate must have used a {said}"


DEMANDS: Mapping[type, Callable[[Any], str]] = {
    MetricRule: _metric,
    CompareRule: _compare,
    ClassesRule: _classes,
    FlipsRule: _flips,
    SlicesRule: _slices,
    DriftRule: _drift,
    CurveRule: _curve,
    HoldoutRule: _testset,
    DataRule: _data,
}
