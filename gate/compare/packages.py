"""The packages of a run, from the requirements that were recorded with it; the only door to `packaging`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

PYTHON = re.compile(r"^#\s*Python (?P<version>\d+(\.\d+)+)", re.MULTILINE)
ADDRESS = re.compile(r"^(?:-e\s+|--editable[\s=]+)?(?P<url>(?:\w+\+)?(?:https?|ssh|git|file)://\S+)$")
EGG = re.compile(r"#(?:.*&)?egg=(?P<name>[A-Za-z0-9._-]+)")
CONDA = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)=(?P<version>[^=\s]+)(?:=\S+)?$")


def packages(text: str) -> dict[str, str]:
    """Name (as package indexes compare them) -> version, or whatever else was demanded.

    Lines that are neither a package nor a comment are kept whole under their own text, so that nothing is lost.
    """
    return dict(_package(line) for line in _lines(text))


def python(text: str) -> str:
    """The Python version that the SDK writes into the first line, or nothing."""
    found = PYTHON.search(text)
    return found["version"] if found else ""


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        cut = re.split(r"(?:^|\s)#(?!egg=)", line)[0].strip()
        if cut:
            yield cut


def _package(line: str) -> tuple[str, str]:
    if at := ADDRESS.match(line):
        return _of_address(at["url"]), at["url"]
    if conda := CONDA.match(line):
        return canonicalize_name(conda["name"]), conda["version"]
    try:
        found = Requirement(line)
    except InvalidRequirement:
        return line, line
    extras = f"[{','.join(sorted(found.extras))}]" if found.extras else ""
    marker = f" ; {found.marker}" if found.marker else ""
    pins = [each.version for each in found.specifier if each.operator in ("==", "===")]
    plain = pins[0] if len(found.specifier) == len(pins) == 1 else str(found.specifier)
    return canonicalize_name(found.name) + extras, (found.url or plain or "any version") + marker


def _of_address(url: str) -> str:
    if egg := EGG.search(url):
        return canonicalize_name(egg["name"])
    last = url.partition("#")[0].rstrip("/").rpartition("/")[2].partition("@")[0]
    return canonicalize_name(last.removesuffix(".git")) or url
