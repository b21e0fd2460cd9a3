"""Two services and a ledger in memory, workers that may stop at any line, and everything else that can happen.

What a worker does next is the gate's own `next_step`. A state is one moment of the whole world; `moves` are all that
may happen next, in whatever order the machines, the network and the people choose.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal, NamedTuple

from gate.lease import Lease, Wait, next_step
from gate.ledger import Ledger, Model, Record, Reviewer
from gate.promotion import AddTag, Append, Effect, Observed, PostStatus, RemoveTag, alarm, concerns, next_action
from gate.record import ENDS, Kind

ANNA = Reviewer("anna", 1, "model")
OLD, A, B = Model("old", "c0"), Model("a", "ca", 1), Model("b", "cb", 2)
LEASE = Lease(10.0, 1.0)
Click = tuple[Literal["approve", "grant", "reject", "rollback", "adopt", "restore"], Model]


class Chain:
    """A ledger that exists once, so that equal ones are the same object: states are compared a million times."""

    _known: ClassVar[dict[tuple[int, Record], Chain]] = {}

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.concerns = ledger, concerns(ledger)
        self._follow_ups: dict[Append, Chain] = {}
        self._observed: dict[tuple[object, ...], Observed] = {}
        self._steps: dict[tuple[object, ...], Effect | Wait | None] = {}

    def then(self, record: Record) -> Chain:
        key = (id(self), record)
        if key not in self._known:
            self._known[key] = Chain(Ledger((*self.ledger.records, record)))
        return self._known[key]

    def followed(self, effect: Append) -> Chain:
        if effect not in self._follow_ups:
            self._follow_ups[effect] = self.then(_follow_up(self.ledger, effect))
        return self._follow_ups[effect]

    def observed(self, holders: Tasks, statuses: frozenset[tuple[str, str]], merged: Tasks) -> Observed:
        key = (holders, statuses, merged)
        if key not in self._observed:
            seen, waiting = dict(statuses), self.ledger.waiting
            known = {commit: seen.get(commit) for commit in self.concerns}
            self._observed[key] = Observed(holders, known, waiting is not None and waiting.commit in merged)
        return self._observed[key]

    def step(self, state: State, number: int, age: float) -> Effect | Wait | None:
        """What the gate's own code says, asked once for each situation."""
        key = (state.holders, state.statuses, state.merged, number, age)
        if key not in self._steps:
            observed = self.observed(state.holders, state.statuses, state.merged)
            self._steps[key] = next_step(self.ledger, observed, str(number), age, LEASE)
        return self._steps[key]

    def rests(self, state: State) -> bool:
        """Whether there is nothing to do, for anybody."""
        return next_action(self.ledger, self.observed(state.holders, state.statuses, state.merged)) is None


Tasks = frozenset[str]


class Worker(NamedTuple):
    """``ledger`` is what it read, ``sent`` the request that has not ended; ``click`` the decision it is asked for."""

    ledger: Chain | None = None
    sent: Effect | Chain | None = None
    click: Click | None = None
    alive: bool = True


class State(NamedTuple):
    """``orphans`` are requests of workers that died; they may arrive until the lease is over."""

    chain: Chain
    holders: frozenset[str]
    statuses: frozenset[tuple[str, str]]
    workers: tuple[Worker, ...]
    clicks: tuple[Click, ...] = ()
    orphans: frozenset[tuple[int, Effect | Chain, Chain]] = frozenset()
    merged: frozenset[str] = frozenset()
    crashes: int = 0
    hands: tuple[tuple[bool, str], ...] = ()
    merges: bool = False
    touched: bool = False

    @property
    def ledger(self) -> Ledger:
        return self.chain.ledger

    def status(self, commit: str) -> str | None:
        return next((state for known, state in self.statuses if known == commit), None)

    def observed(self) -> Observed:
        return self.chain.observed(self.holders, self.statuses, self.merged)


BEGUN = Chain(Ledger((Record("s", 1, 0, "bootstrap", None, None, OLD, "", ANNA, "", "", "", hash="1"),)))


def begin(workers: int, clicks: tuple[Click, ...], **more: object) -> State:
    """A ledger with OLD as its best, which holds the tag."""
    world = (BEGUN, frozenset({"old"}), frozenset[tuple[str, str]](), (Worker(),) * workers, clicks)
    return State(*world, **more)  # type: ignore[arg-type]


@dataclass
class Explorer:
    """Visits every state that can be reached; ``wrong`` collects what must not be, with how it came to be.

    It goes by steps, so that the first way found is a shortest one. An invariant is of states, asked once of each, or
    (its first half is true) of every step between two.
    """

    invariants: Mapping[str, tuple[bool, Callable[[State, State, str], bool]]]
    limit: int = 1_000_000
    states: int = 0
    wrong: dict[str, str] = field(default_factory=dict)

    def run(self, first: State) -> Explorer:
        seen, waiting = {first}, deque([first])
        while waiting and len(seen) < self.limit:
            state = waiting.popleft()
            for said, after in moves(state):
                fresh = after not in seen
                if fresh:
                    seen.add(after)
                    waiting.append(after)
                for name, (each, holds) in self.invariants.items():
                    if (fresh or each) and name not in self.wrong and not holds(state, after, said):
                        self.wrong[name] = f"{said}: {[record.kind for record in after.ledger.records]} {after.holders}"
        self.states += len(seen)
        return self


def moves(state: State) -> Iterator[tuple[str, State]]:
    """Everything that may happen next, with its name."""
    for number, worker in enumerate(state.workers):
        if not worker.alive:
            yield "restart", _with(state, number, Worker())
            continue
        yield from _turn(state, number, worker)
        if state.crashes and (worker.ledger or worker.sent or worker.click):
            yield "crash", _crashed(state, number, worker)
    for orphan in state.orphans:
        left = state._replace(orphans=state.orphans - {orphan})
        yield "lost", left
        yield "late", _arrived(left, orphan[1], orphan[2])
    yield from _world(state)


def _world(state: State) -> Iterator[tuple[str, State]]:
    """People with other tools: merging what is green, and moving the tag by hand."""
    if state.merges:
        for commit, status in state.statuses:
            if status == "success" and commit not in state.merged:
                yield f"merge {commit}", state._replace(merged=state.merged | {commit})
    if state.hands:
        (adds, task), rest = state.hands[0], state.hands[1:]
        holders = state.holders | {task} if adds else state.holders - {task}
        yield "hand", state._replace(holders=holders, hands=rest, touched=True)


def _turn(state: State, number: int, worker: Worker) -> Iterator[tuple[str, State]]:
    if worker.sent is not None:
        assert worker.ledger is not None
        arrived = _arrived(state, worker.sent, worker.ledger)
        yield "arrive", _with(arrived, number, Worker())
        if not isinstance(worker.sent, Chain):
            yield "lose", _with(state, number, Worker())
    elif worker.ledger is None:
        yield "read", _with(state, number, worker._replace(ledger=state.chain))
        if worker.click is None and state.clicks:
            asked = state._replace(clicks=state.clicks[1:])
            yield "click", _with(asked, number, worker._replace(click=state.clicks[0]))
    else:
        yield from _look(state, number, worker)


def _look(state: State, number: int, worker: Worker) -> Iterator[tuple[str, State]]:
    """The world may have moved on since the ledger was read; only appending notices."""
    ledger = worker.ledger
    assert ledger is not None
    if worker.click is not None and ledger.rests(state):
        observed = ledger.observed(state.holders, state.statuses, state.merged)
        record = _decided(ledger.ledger, observed, worker.click, number)
        asked = Worker() if record is None else worker._replace(sent=ledger.then(record), click=None)
        yield ("refuse" if record is None else "decide"), _with(state, number, asked)
        return
    for age in _ages(state, ledger.ledger, number):
        step = ledger.step(state, number, age)
        rests = step is None or isinstance(step, Wait)
        turned = worker._replace(ledger=None) if rests else worker._replace(sent=step)
        yield ("rest" if rests else f"send {step}"), _with(state, number, turned)


def _ages(state: State, ledger: Ledger, number: int) -> tuple[float, ...]:
    """A lease is over only when its holder's requests have all ended: that is what it is that long for."""
    tail = ledger.tail
    if tail is None or tail.worker in ("", str(number)):
        return (0.0,)
    holder = int(tail.worker)
    busy = state.workers[holder].sent is not None or any(owner == holder for owner, _, _ in state.orphans)
    return (0.0,) if busy else (0.0, LEASE.seconds + 1)


def _decided(ledger: Ledger, observed: Observed, click: Click, number: int) -> Record | None:
    """The record of a decision, or None where it is refused."""
    kind, model = click
    wrong = alarm(ledger, observed.holders)
    known, tail, settles = ledger.best, ledger.tail, kind in ("adopt", "restore")
    if tail is None or ledger.in_flight or bool(wrong) != settles:
        return None
    if kind == "adopt" and model.task not in observed.holders:
        return None
    target = known if kind == "restore" else model
    if target is None or (kind == "rollback" and (known == target or not _was_best(ledger, target))):
        return None
    ended = [*_since(ledger, target, kind), *([ledger.waiting] if ledger.waiting else [])]
    moving = kind in ENDS or kind == "grant"
    return replace(
        tail,
        seq=tail.seq + 1,
        previous_hash=tail.hash,
        hash=f"{tail.seq + 1}{kind}{target.task}{number}",
        epoch=ledger.epoch + (kind in ENDS),
        kind=kind,
        resumes=None,
        candidate=target,
        previous_best=known,
        strips=tuple(sorted(observed.holders)) if settles else (),
        revokes=tuple(dict.fromkeys(m.commit for m in ended if m.pull and m != target)) if moving else (),
        waiting=target if kind == "grant" else None if moving or ledger.waiting == target else ledger.waiting,
        worker=str(number),
    )


def _was_best(ledger: Ledger, model: Model) -> bool:
    return any(record.best == model for record in ledger.records)


def _since(ledger: Ledger, target: Model, kind: Kind) -> list[Model]:
    if kind == "adopt":
        return [ledger.best] if ledger.best else []
    bests = [record.best for record in ledger.records if record.best]
    return bests[len(bests) - bests[::-1].index(target) :] if kind == "rollback" else []


def _arrived(state: State, sent: Effect | Chain, chain: Chain) -> State:
    """A request takes effect, whatever happened since it was sent."""
    match sent:
        case AddTag(task):
            return state._replace(holders=state.holders | {task})
        case RemoveTag(task):
            return state._replace(holders=state.holders - {task})
        case PostStatus(commit, word):
            kept = {(known, old) for known, old in state.statuses if known != commit}
            return state._replace(statuses=frozenset(kept | {(commit, word)}))
        case Append():
            return _append(state, chain, chain.followed(sent))
        case Chain():
            return _append(state, chain, sent)


def _append(state: State, chain: Chain, written: Chain) -> State:
    return state._replace(chain=written) if chain is state.chain else state


def _follow_up(ledger: Ledger, effect: Append) -> Record:
    tail = ledger.tail
    assert tail is not None
    follows = replace(
        tail,
        seq=tail.seq + 1,
        previous_hash=tail.hash,
        hash=f"{tail.seq + 1}{effect.kind}",
        kind=effect.kind,
        comment=effect.reason,
        best=tail.candidate if effect.kind in ENDS.values() else tail.best,
        resumes=tail.stage if effect.kind == "takeover" else None,
    )
    if effect.kind in ENDS:
        named = {"candidate": ledger.waiting, "previous_best": ledger.best, "waiting": None, "epoch": tail.epoch + 1}
        return replace(follows, strips=(), revokes=(), **named)  # type: ignore[arg-type]
    return follows


def _with(state: State, number: int, worker: Worker) -> State:
    workers = (*state.workers[:number], worker, *state.workers[number + 1 :])
    return state._replace(workers=workers)


def _crashed(state: State, number: int, worker: Worker) -> State:
    dead = _with(state._replace(crashes=state.crashes - 1), number, Worker(alive=False))
    if worker.sent is None or worker.ledger is None:
        return dead
    return dead._replace(orphans=dead.orphans | {(number, worker.sent, worker.ledger)})
