"""The work of `gate retrain`: one look, or one after another until somebody stops it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import TYPE_CHECKING

import typer

from gate.cli.bounded import guarded, note

if TYPE_CHECKING:
    from gate.config import ScopePolicy
    from gate.workflow import World
    from gate.workflow.retrain import Demand, Turn

FAILED, USAGE, UNKNOWN = 1, 2, 3
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Wish:
    """Which scope; whether nothing is to be changed; and whether a person wants a training now, why, on which data."""

    scope: str | None
    dry_run: bool
    now: bool
    reason: str
    dataset: str


def once(wish: Wish, timeout: float, tell: Callable[[str], None] = typer.echo) -> int:
    """Turn every scope's loop once. Answers the worst exit code; raises `ConfigError` for a wish that is none."""
    from gate.config import ConfigError
    from gate.connect import Budget, connect
    from gate.workflow import Refused
    from gate.workflow.retrain import retrain

    if (wish.reason or wish.dataset) and not wish.now:
        raise ConfigError("--reason and --dataset go with --now")
    world = connect(timeout=Budget(timeout))
    code = 0
    for policy in _loops(world, wish):
        try:
            turn = retrain(world, policy, _demand(world, wish), _teller(policy.name))
        except Refused as refused:
            for why in refused.reasons:
                note(f"refused, nothing was started: {why}")
            code = max(code, FAILED)
        else:
            tell(_result(policy.name, turn))
            code = max(code, _code(turn))
    return code


def _loops(world: World, wish: Wish) -> list[ScopePolicy]:
    """The scopes that are trained again by themselves."""
    from gate.config import ConfigError, SeveralScopes
    from gate.workflow.scopes import scopes_of_default_branch

    found = [policy for policy in scopes_of_default_branch(world, wish.scope) if policy.retraining]
    if not found:
        raise ConfigError("gate.toml has no [retrain]: nothing says which data lead to a training")
    if wish.now and len(found) > 1:
        raise SeveralScopes(*(policy.name for policy in found))
    return found


def _demand(world: World, wish: Wish) -> Demand:
    from gate.cli.records import person_of_token
    from gate.config import ConfigError
    from gate.ports import Absent
    from gate.retraining import Wish as Wanted
    from gate.workflow.retrain import Demand

    if not wish.now:
        return Demand(rehearsal=wish.dry_run)
    try:
        person = person_of_token(world)
    except Absent as error:
        raise ConfigError(f"GITHUB_TOKEN must be a person's, who answers for this: {error}") from error
    return Demand(Wanted(wish.reason, token_hex(8), wish.dataset), person, wish.dry_run)


def _result(name: str, turn: Turn) -> str:
    """Whose turn it is, and why nothing else was started."""
    from gate.markdown import visible

    lines = [*turn.awaited, *(f"not started: {why}" for why in turn.held)]
    return "\n".join(f"{name}: {visible(line, 1_000)}" for line in lines or ["done"])


def _code(turn: Turn) -> int:
    return FAILED if turn.failed else UNKNOWN if turn.unknown else 0


def _teller(name: str) -> Callable[[str], None]:
    from gate.markdown import visible

    return lambda said: note(f"{datetime.now(UTC):%H:%M:%S} {name}: {visible(said, 1_000)}")


class Changes:
    """Tells a scope's result only when it is another than its last one."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}

    def __call__(self, said: str) -> None:
        scope = said.partition(":")[0]
        if said != self._last.get(scope):
            typer.echo(said)
        self._last[scope] = said


def serve(wish: Wish, interval: float, timeout: float) -> int:
    """Look until a signal comes; a look that has begun is ended first. A policy that cannot be obeyed ends it at once.

    One line for each event, and one when what holds a training back has changed.
    """
    first, told = True, Changes()
    with _stopping() as stop:
        while not stop.is_set():
            code = guarded(lambda: once(wish, timeout, told))
            if first and code == USAGE:
                return code
            first = False
            stop.wait(interval)
    note("stopped")
    return 0


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    stop = threading.Event()
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in SIGNALS}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
