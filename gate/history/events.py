"""What the ledger says happened, and who was best from when to when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gate.brief import Brief
from gate.history.moments import moment
from gate.record import Kind, Model, Record

NAMES: Mapping[Kind, str] = {
    "bootstrap": "first best",
    "promoted": "promoted",
    "rolled_back": "rolled back",
    "adopted": "adopted",
    "restored": "restored",
    "reject": "rejected",
    "changes": "changes requested",
    "conflict": "conflict",
}
OVERRIDE = "override"


@dataclass(frozen=True)
class Event:
    """A decision that ended. ``value`` is the run's, None where nobody knows it; ``gone`` says why, if it was lost."""

    time: int
    what: str
    run: str
    commit: str
    pull: int
    who: str
    comment: str
    packet: str
    value: float | None
    gone: str = ""


@dataclass(frozen=True)
class Reign:
    """A model that was the best from ``begin`` until ``end`` (None: still), in milliseconds."""

    begin: int
    end: int | None
    model: Model
    record: Record
    value: float | None
    gone: str = ""


def events(records: Sequence[Record], values: Mapping[str, float], known: Mapping[str, Brief]) -> tuple[Event, ...]:
    """``values`` are the metric's, by run; ``known`` are all runs that the tracker still has."""
    return tuple(_event(record, values, known) for record in records if record.kind in NAMES)


def _event(record: Record, values: Mapping[str, float], known: Mapping[str, Brief]) -> Event:
    model = record.candidate or record.best
    run = model.task if model else ""
    by_override = record.kind == "promoted" and model is not None and model.override is not None
    return Event(
        time=moment(record.at),
        what=OVERRIDE if by_override else NAMES[record.kind],
        run=run,
        commit=model.commit if model else "",
        pull=model.pull if model else 0,
        who=record.reviewer.login,
        comment=record.comment,
        packet=record.packet,
        value=values.get(run),
        gone=lost(run, known),
    )


def lost(run: str, known: Mapping[str, Brief]) -> str:
    """What became of a run that the tracker does not show any more."""
    if run and run not in known:
        return "deleted"
    return "archived" if run and known[run].archived else ""


def reigns(records: Sequence[Record], values: Mapping[str, float], known: Mapping[str, Brief]) -> tuple[Reign, ...]:
    """Every best in its turn, oldest first; the same model may come twice."""
    turns = list(_turns(records))
    ends: list[int | None] = [moment(record.at) for _, record in turns[1:]]
    return tuple(
        Reign(moment(record.at), end, model, record, values.get(model.task), lost(model.task, known))
        for (model, record), end in zip(turns, [*ends, None], strict=False)
    )


def _turns(records: Sequence[Record]) -> Iterator[tuple[Model, Record]]:
    """An override that is given later is no new turn."""
    task = ""
    for record in records:
        if record.best and record.best.task != task:
            task = record.best.task
            yield record.best, record
