"""Ledgers as tests draw them: a chain of records by their kinds."""

from __future__ import annotations

from dataclasses import replace

from gate.ledger import GENESIS, Kind, Ledger, Model, Record, Reviewer, Scope

OLD, NEW = Model("old", "0" * 40), Model("new", "1" * 40, 7)
SCOPE = Scope("127.0.0.1:8008", "Owls", "train", "best")
ANNA = Reviewer("anna", 7, "test")


def chain(*kinds: Kind, start: int = 1, previous: str = "", **changed: object) -> list[Record]:
    """Records of these kinds about NEW, with OLD as the best; ``changed`` are fields that all of them have instead."""
    records, before = [], previous or (GENESIS if start == 1 else "f" * 64)
    for seq, kind in enumerate(kinds, start):
        best = NEW if kind == "promoted" else OLD
        drawn = Record(SCOPE.key, seq, 1, kind, NEW, OLD, best, "p" * 64, ANNA, "", "2026-01-01T00:00:00Z", before)
        records.append(replace(drawn, **changed).sealed())
        before = records[-1].hash
    return records


def text(records: list[Record]) -> str:
    return "".join(record.line() for record in records)


def ledger(*kinds: Kind, **changed: object) -> Ledger:
    return Ledger(tuple(chain(*kinds, **changed)))
