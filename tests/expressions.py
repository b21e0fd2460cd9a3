"""GitHub's expressions, as far as the action and the workflows use them: `${{ a.b || 'text' }}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<name>[A-Za-z_][\w.-]*)|(?P<sign>\|\||&&|[!=]=|[!(),]))"
)
EMBEDDED = re.compile(r"\$\{\{(.*?)\}\}", re.S)
STATUS = re.compile(r"\b(success|failure|always|cancelled)\s*\(")
WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}
Functions = Mapping[str, Callable[..., object]]


def filled(text: object, contexts: Mapping[str, Any], functions: Functions | None = None) -> str:
    """A value with its expressions replaced."""
    return EMBEDDED.sub(lambda match: _shown(value_of(match[1], contexts, functions or {})), _shown(text))


def holds(condition: object, contexts: Mapping[str, Any], functions: Functions) -> bool:
    """Whether a step's ``if`` lets it run; without a status function it runs only after success."""
    text = _shown(condition)
    text = match[1] if (match := EMBEDDED.fullmatch(text.strip())) else text
    if not STATUS.search(text):
        text = f"success() && ({text})"
    return bool(value_of(text, contexts, functions))


def value_of(expression: str, contexts: Mapping[str, Any], functions: Functions) -> object:
    """Raises ValueError for what is no expression, KeyError for an unknown context or function."""
    reader = _Reader(_tokens(expression.strip()), contexts, functions)
    value = reader.either()
    if reader.tokens:
        raise ValueError(f"{expression!r} goes on with {reader.tokens[0]!r}")
    return value


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise ValueError(f"{text!r} is no expression from {text[place:]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


def _shown(value: object) -> str:
    return (
        {None: "", True: "true", False: "false"}.get(value, str(value))
        if isinstance(value, bool | None)
        else str(value)
    )


class _Reader:
    """Reads a list of tokens from its left end."""

    def __init__(self, tokens: list[tuple[str, str]], contexts: Mapping[str, Any], functions: Functions) -> None:
        self.tokens, self._contexts, self._functions = tokens, contexts, functions

    def either(self) -> object:
        value = self._both()
        while self._takes("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> object:
        value = self._compared()
        while self._takes("&&"):
            other = self._compared()
            value = value and other
        return value

    def _compared(self) -> object:
        value = self._not()
        for sign in ("==", "!="):
            if self._takes(sign):
                same = _shown(value).lower() == _shown(self._not()).lower()
                return same == (sign == "==")
        return value

    def _not(self) -> object:
        return not self._not() if self._takes("!") else self._one()

    def _one(self) -> object:
        kind, text = self.tokens.pop(0)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return int(text)
        if kind == "sign":
            value = self.either()
            self._takes(")")
            return value
        return self._call(text) if self._takes("(") else self._looked_up(text)

    def _call(self, name: str) -> object:
        given = []
        while not self._takes(")"):
            given.append(self.either())
            self._takes(",")
        return self._functions[name](*given)

    def _looked_up(self, name: str) -> object:
        if name in WORDS:
            return WORDS[name]
        first, *rest = name.split(".")
        value: Any = self._contexts[first]
        for key in rest:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _takes(self, sign: str) -> bool:
        if self.tokens[:1] == [("sign", sign)]:
            self.tokens.pop(0)
            return True
        return False
