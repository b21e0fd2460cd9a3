"""On which line of a TOML text each key stands: the parser of the standard library keeps no positions."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from tree_sitter import Language, Node, Parser
from tree_sitter_toml import language

from gate.config.mistakes import Path

HEADERS = ("table", "table_array_element")
PUNCTUATION = ("[", "]", "[[", "]]", "{", "}", ",", "=", ".", "comment")


class Places:
    """The lines of a text that is valid TOML, counted from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._last: dict[Path, int] = {}  # of each list of tables, the index of the element that was begun last
        root = Parser(Language(language())).parse(text.encode()).root_node
        for node in root.named_children:
            if node.type in HEADERS:
                self._section(node)
            else:
                self._pairs((), node)

    def line(self, path: Path) -> int:
        """The line of what a path leads to; of what contains it, where the end of the path is not written."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _section(self, node: Node) -> None:
        key, *content = _parts(node)
        *above, last = _keys(key)
        place: Path = ()
        for name in above:
            place = self._within((*place, name), key)
        place = (*place, last)
        if node.type == "table_array_element":
            self._last[place] = self._last.get(place, -1) + 1
        place = self._within(place, key)
        for pair in content:
            self._pairs(place, pair)

    def _within(self, place: Path, node: Node) -> Path:
        """Where the keys below this place belong: in the last element, if it is a list of tables."""
        self._note(place, node)
        if place not in self._last:
            return place
        self._note((*place, self._last[place]), node)
        return (*place, self._last[place])

    def _pairs(self, base: Path, pair: Node) -> None:
        waiting = [(base, pair)]
        while waiting:
            place, node = waiting.pop()
            for path, child in _inside(place, node):
                self._note(path, child)
                waiting.append((path, child))

    def _note(self, path: Path, node: Node) -> None:
        """The first mention counts; a key with dots mentions the tables on its way too."""
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], node.start_point.row + 1)


def _inside(place: Path, node: Node) -> Iterator[tuple[Path, Node]]:
    """What a pair, a list or an inline table holds, each with its path."""
    if node.type == "pair":
        key, value = _parts(node)
        path = (*place, *_keys(key))
        yield path, value
    elif node.type == "array":
        yield from (((*place, index), child) for index, child in enumerate(_parts(node)))
    elif node.type == "inline_table":
        yield from ((place, child) for child in _parts(node))


def _parts(node: Node) -> list[Node]:
    return [child for child in node.children if child.type not in PUNCTUATION]


def _keys(node: Node) -> list[str]:
    """The names in a key, whatever way they are quoted."""
    document = tomllib.loads(f"{_text(node)} = true")
    names: list[str] = []
    while isinstance(document, dict):
        ((name, document),) = document.items()
        names.append(name)
    return names


def _text(node: Node) -> str:
    return node.text.decode() if node.text else ""
