"""A whole policy in plain sentences, for people who do not read TOML."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from gate.config.retrain import sentence
from gate.config.scope import ScopePolicy
from gate.config.sentences import listed, sentences
from gate.markdown import visible
from gate.notice import EVENTS

WIDTH, INDENT = 100, "     "
ANCHORS = {"best_ever": "the best run that ever held the tag"}
CLOSING = "Missing evidence never passes: then the verdict is UNKNOWN."
APPROVAL = {
    False: "A pass still needs a person's approval.",
    True: "A workflow may promote what passed without a person; all else needs a person's approval.",
}


def explained(scopes: Sequence[ScopePolicy], source: str) -> str:
    """One paragraph for each scope, and one for each of its rules."""
    rules = sum(len(scope.policy.rules) for scope in scopes)
    lines = [f"{source}: {_number(len(scopes), 'model')}, {_number(rules, 'rule')}."]
    for scope in scopes:
        lines += ["", *_scope(scope)]
    closing = f"{CLOSING} {APPROVAL[any(scope.approval.allow_automatic for scope in scopes)]}"
    return "\n".join([*lines, "", *_wrapped(closing, "")]) + "\n"


def _scope(scope: ScopePolicy) -> Iterator[str]:
    yield from _wrapped(f"{scope.name}: {' '.join(_opening(scope))}", "")
    for number, rule in enumerate(scope.policy.rules, 1):
        yield f"{number:3}. {visible(rule.name)}"
        yield from _wrapped(sentences(rule), INDENT)


def _opening(scope: ScopePolicy) -> Iterator[str]:
    yield f"runs called '{scope.task}' of the ClearML project '{scope.project}'; the best holds the tag '{scope.tag}'."
    reading = scope.predictions
    where = f"the tables {reading.table}" if reading.connection else f"the artifact '{reading.artifact}' of both runs"
    sliced = f", sliced by {listed(reading.slices)}" if reading.slices else ""
    yield f"Predictions are {where}{sliced}."
    if scope.terms.anchor:
        anchor = ANCHORS.get(scope.terms.anchor, f"the run {scope.terms.anchor.removeprefix('task:')}")
        yield f"The anchor is {anchor}; promotions do not move it."
    if scope.retraining:
        yield sentence(scope.retraining)
    if scope.told != frozenset(EVENTS):
        events = listed([event.replace("_", " ") for event in EVENTS if event in scope.told])
        yield f"People are told in their chat of: {events or 'nothing'}."


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(visible(text, len(text)), WIDTH, initial_indent=indent, subsequent_indent=indent)


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
