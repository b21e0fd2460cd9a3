"""gate.toml to scopes with policies; every mistake is reported at once."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Any

from gate.config.complaints import complaints
from gate.config.contradictions import contradictions
from gate.config.document import read
from gate.config.kinds import KINDS, RuleTable
from gate.config.scope import ScopePolicy, Terms
from gate.config.tables import FileTable, GateTable, ScopeTable, validated
from gate.config.written import written
from gate.policy import Policy
from gate.rules import Rule

ALONE = "default"  # the name of the scope of a file that has no [[scope]]


def parse(text: str, source: str) -> list[ScopePolicy]:
    """The scopes of a gate.toml. ``source`` says where it was read, for messages and the packet.

    Raises:
        ConfigError: with one line for every mistake.
    """
    document = read(text, source)
    file, problems = validated(document.data)
    mistakes = list(complaints(problems))
    mistakes += contradictions(written(document.data, (mistake.path for mistake in mistakes)))
    if file is None or mistakes:
        raise document.error(mistakes)
    return scopes_of(file, source, hashlib.sha256(text.encode()).hexdigest())


def scopes_of(file: FileTable, source: str, digest: str) -> list[ScopePolicy]:
    """The scopes of a file in which nothing is wrong."""
    terms, reading, watch = _terms(file), file.predictions.settings(), file.drift.watch()
    tables = file.scope or [_only(file.gate)]
    made = []
    for table in tables:
        rules = tuple(_rule(rule, terms, reading.slices) for rule in (*file.rule, *table.rule))
        policy = Policy(rules, source, digest)
        alone = len(tables) == 1
        model = (table.name, table.project, table.task, table.tag)
        again = table.retrain or file.retrain
        loop = again.terms(table.project) if again else None
        told = (table.notify or file.notify).told()
        made.append(ScopePolicy(*model, policy, alone, reading, terms, file.approval.terms(), watch, loop, told))
    return made


def _only(gate: GateTable) -> ScopeTable:
    """The scope of a file that names its one model in [gate]."""
    named = {key: value for key in ("project", "task", "tag") if (value := getattr(gate, key)) is not None}
    return ScopeTable(name=ALONE, **named)


def _terms(file: FileTable) -> Terms:
    gate = file.gate
    rules = [*file.rule, *(rule for scope in file.scope for rule in scope.rule)]
    anchored = "anchor" in {gate.against, *(getattr(rule, "against", None) for rule in rules)}
    anchor = (gate.anchor or "best_ever") if anchored else ""
    return Terms(gate.confidence, gate.against, anchor, gate.test_set_budget, gate.group or "")


def _rule(table: RuleTable, terms: Terms, sliced: tuple[str, ...]) -> Rule:
    """What the table says; then what [gate] and [predictions] say; then what the rule has by itself."""
    kind = KINDS[table.kind].rule
    general = {
        "confidence": terms.confidence,
        "against": terms.against,
        "budget": terms.test_set_budget,
        "columns": sliced,
    }
    names = [each.name for each in fields(kind)]
    said = {name: value for name in names if (value := getattr(table, name, None)) is not None}
    given: dict[str, Any] = {name: general[name] for name in names if name in general} | said
    rule: Rule = kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})
    return rule
