"""What a command's notices to people came to: a warning, whatever went wrong, and never another exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gate.cli.bounded import note

if TYPE_CHECKING:
    from gate.drift import Drift
    from gate.workflow import World

PATIENCE = 10.0  # seconds that a command waits at its end for people to be told
TELLING = PATIENCE + 1


def told(world: World) -> None:
    """Wait a little for what is being sent, and say what was not."""
    _warn(world.notifier.drain(PATIENCE))


def tell_of_drift(world: World, found: Drift) -> None:
    """Of the best model in its usual window, if it has drifted."""
    from gate.config import ConfigError
    from gate.ports import Absent, ServiceError
    from gate.workflow.notices import drifted
    from gate.workflow.scopes import scopes_of_default_branch

    try:
        for policy in scopes_of_default_branch(world, found.scope):
            _warn(drifted(world, policy, found, PATIENCE))
    except (ConfigError, ServiceError, Absent) as error:
        _warn([str(error)])


def _warn(troubles: list[str]) -> None:
    for trouble in troubles:
        note(f"not notified: {trouble}")
