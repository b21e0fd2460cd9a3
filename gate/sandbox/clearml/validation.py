"""What a request's body must look like: fields as data, checked before an endpoint runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.sandbox.clearml.errors import invalid


@dataclass(frozen=True)
class Field:
    """One field of a body: its type, whether it must be there, its bounds, and the fields of a list's items."""

    type: type[Any]
    required: bool = False
    least_length: int = 0
    most: float | None = None
    choices: tuple[str, ...] = ()
    items: Mapping[str, Field] = field(default_factory=dict)

    def check(self, name: str, value: Any) -> None:
        if not isinstance(value, self.type):
            raise invalid(f"error for field '{name}': value is wrong, expected type \"{self.type.__name__}\"")
        if self.least_length and len(value) < self.least_length:
            raise invalid(f"error for field '{name}': length is lower than allowed minimum '{self.least_length}'")
        if self.most is not None and value > self.most:
            raise invalid(f"error for field '{name}': '{value}' is bigger than maximum ('{self.most}')")
        if self.choices and value not in self.choices:
            raise invalid(f"error for field '{name}': value '{value}' is not a valid choice")
        for item in value if self.items else ():
            check(self.items, item)


def check(fields: Mapping[str, Field], body: Mapping[str, Any]) -> None:
    """Refuse with 400/12 the first field that is missing or wrong; fields nobody declared are ignored."""
    for name, declared in fields.items():
        value = body.get(name)
        if value is not None:
            declared.check(name, value)
        elif declared.required:
            raise invalid(f"error for field '{name}'. field is required!")


TEXT = Field(str, required=True)
TASK = {"task": TEXT}
TASKS = {"tasks": Field(list, required=True, least_length=1)}
