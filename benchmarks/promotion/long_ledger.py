"""A ledger of 10,000 records: how long it takes to read and verify, and how many requests an append makes."""

from __future__ import annotations

import time
from dataclasses import dataclass

from gate import ledger as books
from gate.ledger import Scope
from gate.workflow.book import BRANCH, README, append, history, open_book
from gate.workflow.scopes import places
from tests.records import chain
from tests.small_world import SmallWorld


@dataclass(frozen=True)
class Measured:
    """``verified`` and ``opened`` in seconds, over real sockets; ``requests`` of one append to an open ledger."""

    records: int
    verified: float
    opened: float
    requests: int


TRIES = 5  # the fastest counts: the servers share this process, and others the machine


def _verified(owls: SmallWorld, place: Scope, count: int) -> float:
    began = time.perf_counter()
    assert len(history(owls.connect().forge, place)) == count
    return time.perf_counter() - began


def measured(owls: SmallWorld, count: int) -> Measured:
    """Write a chain of so many records, segment by segment, and read it back."""
    world = owls.connect()
    (place,) = places(world)
    records = chain("bootstrap", *["reject"] * (count - 1), scope=place.key)
    world.forge.start_branch(BRANCH, README)
    for start in range(0, count, books.SEGMENT_RECORDS):
        text = "".join(record.line() for record in records[start : start + books.SEGMENT_RECORDS])
        path = books.segment_path(place, books.segment_of(start + 1))
        world.forge.write(path, text, BRANCH, "fill", None)
    verified = min(_verified(owls, place, count) for _ in range(TRIES))
    began = time.perf_counter()
    book = open_book(world.forge, place)
    opened = time.perf_counter() - began
    heard = len(owls.forge.heard)
    append(world, place, book, chain("reject", start=count + 1, previous=records[-1].hash, scope=place.key)[0])
    return Measured(count, verified, opened, len(owls.forge.heard) - heard)
