"""Try again what may pass; never without looking first whether the last try was not lost after all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gate.ports import Passing
from gate.workflow.world import World

TRIES = 3
FIRST_PAUSE = 0.3  # seconds; doubled each time
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Pause:
    """A service asked for it, or did not answer."""

    seconds: float
    why: str


def patiently(world: World, told: Callable[[Pause], None], work: Callable[[], Answer]) -> Answer:
    """Do it, up to three times while it fails in a way that may pass. ``work`` looks before it writes."""
    for tried in range(TRIES - 1):
        try:
            return work()
        except Passing as error:
            pause(world, told, error, tried)
    return work()


def pause(world: World, told: Callable[[Pause], None], error: Passing, tried: int) -> None:
    """Wait as long as the service asks, or a moment; a wait beyond the world's patience is the error itself."""
    if error.wait > world.patience:
        raise error
    found = Pause(max(error.wait, FIRST_PAUSE * 2**tried), str(error))
    told(found)
    world.sleep(found.seconds)
