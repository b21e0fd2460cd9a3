"""What is wrong with a policy or a command: all of it, at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


class ConfigError(Exception):
    """A policy or usage that cannot be obeyed; ``mistakes`` lists every one."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class SeveralScopes(ConfigError):
    """No scope was named where the policy has several; ``names`` lists them."""

    def __init__(self, *names: str) -> None:
        super().__init__(f"the policy has several scopes ({', '.join(names)}): choose one with --scope NAME")
        self.names = names


@dataclass(frozen=True)
class Mistake:
    """What is wrong at one place of a policy: the ``path`` of keys and indices that leads there, and a sentence."""

    path: Path
    said: str


def together(*steps: Callable[[], Any]) -> list[Any]:
    """The answers of all steps; their mistakes are gathered first, so that a user sees every one at once."""
    answers: list[Any] = []
    mistakes: list[str] = []
    for step in steps:
        try:
            answers.append(step())
        except ConfigError as error:
            mistakes += error.mistakes
    if mistakes:
        raise ConfigError(*mistakes)
    return answers
