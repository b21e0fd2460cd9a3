"""The text of a policy as TOML: read whatever it holds, and every mistake told with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gate.config.mistakes import ConfigError, Mistake
from gate.config.places import Places
from gate.markdown import visible

LONGEST = 200_000  # characters
LONGEST_KEY = 60
MOST = 100  # mistakes that are told
# The parser's memory grows with the square of the parts of a key: 100,000 of them ended a process.
PART = r"""(?:[A-Za-z0-9_-]{1,100}+|"(?:[^"\\\n]|\\.){0,100}+"|'[^'\n]{0,100}+')"""
ENDLESS = re.compile(rf"(?<![A-Za-z0-9_-])(?:{PART}[ \t]*+\.[ \t]*+){{50}}")
WHERE = re.compile(r" \((?:at line (?P<line>\d+), column \d+|at end of document)\)$")
PLAIN = {"Cannot overwrite a value": "what this says was said before"}
KEY, END = r"^\s*(?P<key>[\w-]+)\s*", r"\s*(#.*)?$"
HINTS = (
    (rf"{KEY}=\s*(?P<value>[\d.]+ ?(%|pp)){END}", 'a quantity with a unit stands in quotes: {key} = "{value}"'),
    (rf"{KEY}=\s*(?P<value>[Tt]rue|TRUE|[Ff]alse|FALSE){END}", "true and false are written small"),
    (rf"{KEY}=\s*(?P<value>[A-Za-z][^\"'#]*?){END}", 'text stands in quotes: {key} = "{value}"'),
    (rf"{KEY}={END}", "the value of {key} is missing"),
    (rf"{KEY}:", "a key is followed by =, not by a colon"),
    (r"^\s*\[(?P<key>rule|scope(\.rule)?)\]", "each one begins with double brackets: [[{key}]]"),
    (r"^\s*\[\[(?P<key>gate|predictions|approval)\]\]", "there is only one, in single brackets: [{key}]"),
)


@dataclass(frozen=True)
class Document:
    """A policy's text as TOML. ``source`` says where it was read: a file, or ``FILE on BRANCH``."""

    source: str
    text: str
    data: dict[str, Any]

    def error(self, mistakes: Iterable[Mistake]) -> ConfigError:
        """The mistakes in the order of their lines."""
        places = Places(self.text)
        lines = sorted(((places.line(each.path), each) for each in mistakes), key=lambda pair: pair[0])
        said = [f"{at(self.source, line)}: {spelled(each)}" for line, each in lines]
        more = [f"{self.source}: and {len(said) - MOST:,} more mistakes"] if len(said) > MOST else []
        return ConfigError(*said[:MOST], *more)


def read(text: str, source: str) -> Document:
    """Raises `ConfigError` for what is no TOML, or would cost too much to read."""
    if len(text) > LONGEST:
        raise ConfigError(f"{source}: has {len(text):,} characters; at most {LONGEST:,} are read")
    if found := ENDLESS.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise ConfigError(f"{at(source, line)}: a key has 50 parts or more between its dots; no key here has so many")
    try:
        return Document(source, text, tomllib.loads(text))
    except RecursionError as error:
        raise ConfigError(f"{source}: lists or tables are nested too deeply; no key here needs that") from error
    except ValueError as error:  # not only TOMLDecodeError: a number of 5,000 digits is another
        raise ConfigError(_syntax(str(error), text, source)) from error


def at(source: str, line: int) -> str:
    """``gate.toml:7``, or ``gate.toml:7 on main``."""
    file, on, branch = source.partition(" on ")
    return f"{file}:{line}{on}{branch}"


def spelled(mistake: Mistake) -> str:
    """The path and the sentence."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{visible(part, LONGEST_KEY)}" for part in mistake.path)
    path = "".join(parts).removeprefix(".")
    return f"{path}: {mistake.said}" if path else mistake.said


def _syntax(said: str, text: str, source: str) -> str:
    lines = text.split("\n")
    where = WHERE.search(said)
    number = int(where["line"] or len(lines)) if where else None
    hint = _hint(lines[number - 1]) if number else ""
    for jargon, plain in PLAIN.items():
        said = said.replace(jargon, plain)
    return f"{at(source, number) if number else source}: not TOML: {said.partition(';')[0]}{hint}"


def _hint(line: str) -> str:
    for pattern, said in HINTS:
        if match := re.search(pattern, line[:200]):
            return "; " + visible(said.format(**match.groupdict()))
    return ""
