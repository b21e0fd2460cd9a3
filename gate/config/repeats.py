"""Rules and scopes that say something twice, or the opposite."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import NamedTuple

from gate.config.mistakes import Mistake
from gate.config.shown import found
from gate.config.written import UNREADABLE, Rule, Scope


class Sameness(NamedTuple):
    """Two rules of a kind are about the same if these keys agree; then each limit may be set once."""

    subject: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


SAME: Mapping[str, Sameness] = {
    "metric": Sameness(("metric", "value", "against"), ("allowed_loss", "min", "max")),
    "compare": Sameness(("metric", "slice", "against")),
    "classes": Sameness(("slice",), ("max_regressed", "critical")),
    "flips": Sameness((), ("max_nfr", "max_relative_nfr", "max_churn")),
    "slices": Sameness(("metric", "columns")),
    "drift": Sameness((), ("max_class_shift", "max_confidence_shift")),
    "curve": Sameness(("metric",)),
    "testset": Sameness(),
    "data": Sameness(("alias", "project", "dataset")),
}


def repeats(scope: Scope) -> Iterator[Mistake]:
    """Among the rules that hold for one scope; the later one is the mistake."""
    ways: dict[str, Rule] = {}
    said: dict[Hashable, Rule] = {}
    for rule in scope.rules:
        metric, way = rule.text("metric"), rule.text("direction")
        if metric and way and ways.setdefault(metric, rule).text("direction") != way:
            other = f"is better the other way in {_name(ways[metric])}"
            yield Mistake((*rule.path, "direction"), f'"{way}", but {found(metric)} {other}')
        for limit, about in _says(rule):
            if said.setdefault(about, rule) is not rule:
                what = f"sets {limit} again" if limit else "repeats"
                yield Mistake(rule.path, f"{what}, as {_name(said[about])} of the same level did: which one is meant?")


def _says(rule: Rule) -> Iterator[tuple[str, Hashable]]:
    """Each limit that a rule sets, with all that tells it from other limits; an empty one if it sets none."""
    if rule.kind not in SAME:
        return
    same = SAME[rule.kind]
    subject = tuple(_hashable(rule.table.get(key)) for key in ("kind", "level", *same.subject))
    if UNREADABLE in subject:
        return
    for limit in [key for key in same.limits if rule.gives(key)] or [""]:
        yield limit, (subject, limit)


def _hashable(value: object) -> Hashable:
    return tuple(map(str, value)) if isinstance(value, list) else value if isinstance(value, Hashable) else None


def _name(rule: Rule) -> str:
    return f"{'rule' if len(rule.path) == 2 else f'scope[{rule.path[1]}].rule'}[{rule.path[-1]}]"
