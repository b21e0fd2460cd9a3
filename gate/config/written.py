"""A policy as its author wrote it, seen as scopes and rules, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.config.mistakes import Path

UNREADABLE = object()  # stands for a value that is wrong by itself: it is given, and says nothing
MOST = 1_000  # rules or scopes that are looked at; more are a mistake by themselves
DEEPEST = 6  # keys and indices that lead to any value that a policy has

Read = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """One rule's keys, and where it stands."""

    path: Path
    table: Read

    @property
    def kind(self) -> str:
        return str(self.table.get("kind"))

    def gives(self, *keys: str) -> bool:
        """Whether one of the keys is written, readable or not."""
        return any(key in self.table for key in keys)

    def text(self, key: str) -> str | None:
        value = self.table.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> float | None:
        value = self.table.get(key)
        return value if isinstance(value, int | float) else None


@dataclass(frozen=True)
class Scope:
    """What one model is judged by: the rules of all scopes, then its own.

    ``path`` is empty for a file without scopes. It is ``certain`` if all that is written there as rules was readable.
    """

    path: Path
    table: Read
    rules: tuple[Rule, ...]
    certain: bool


@dataclass(frozen=True)
class Written:
    """A whole file. ``scopes`` has one even where none is written, for what [gate] says."""

    data: Read
    gate: Read
    predictions: Read
    rules: tuple[Rule, ...]
    scopes: tuple[Scope, ...]
    sliced: tuple[str, ...] | None = field(default=())  # the columns of [predictions] slices; None if unreadable


def written(data: Read, unreadable: Iterable[Path]) -> Written:
    """View a parsed file, with the values at the unreadable paths replaced."""
    known = _replaced(data, (), frozenset(unreadable))
    shared = _rules((), known)
    certain = _certain(known)
    scopes = [
        Scope(("scope", index), table, (*shared, *_rules(("scope", index), table)), certain and _certain(table))
        for index, table in _tables(known.get("scope"))
    ]
    return Written(
        known,
        _table(known.get("gate")),
        _table(known.get("predictions")),
        (*shared, *(rule for scope in scopes for rule in scope.rules[len(shared) :])),
        tuple(scopes) or (Scope((), {}, shared, certain),),
        _columns(known.get("predictions")),
    )


def _replaced(value: Any, path: Path, unreadable: frozenset[Path]) -> Any:
    if path in unreadable:
        return UNREADABLE
    if len(path) < DEEPEST and isinstance(value, dict):
        return {key: _replaced(each, (*path, key), unreadable) for key, each in value.items()}
    if len(path) < DEEPEST and isinstance(value, list):
        return [_replaced(each, (*path, index), unreadable) for index, each in enumerate(value)]
    return value


def _rules(path: Path, table: Read) -> tuple[Rule, ...]:
    return tuple(Rule((*path, "rule", index), rule) for index, rule in _tables(table.get("rule")))


def _certain(table: Read) -> bool:
    rules = table.get("rule", [])
    return isinstance(rules, list) and UNREADABLE not in rules


def _tables(value: object) -> list[tuple[int, Read]]:
    items = value[:MOST] if isinstance(value, list) else []
    return [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]


def _table(value: object) -> Read:
    return value if isinstance(value, dict) else {}


def _columns(predictions: object) -> tuple[str, ...] | None:
    if predictions is UNREADABLE:
        return None
    columns = _table(predictions).get("slices", [])
    if not isinstance(columns, list):
        return None
    return tuple(column for column in columns if isinstance(column, str))
