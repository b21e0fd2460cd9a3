"""A comparison in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.compare.comparison import Comparison
from gate.figures import counted

NOUNS: Mapping[str, tuple[str, str]] = {
    "parameters": ("parameter", "parameters"),
    "datasets": ("dataset", "datasets"),
    "code": ("fact of the code", "facts of the code"),
    "files": ("file", "files"),
    "uncommitted files": ("file with uncommitted changes", "files with uncommitted changes"),
    "packages": ("package", "packages"),
    "machine": ("fact of the machine", "facts of the machine"),
}


def headline(found: Comparison) -> str:
    """What differs, and what came of it."""
    differing = [counted(count, *NOUNS[name]) for name, count in _differing(found) if count]
    causes = f"B differs from A in {_listed(differing)}" if differing else "Nothing that went in is known to differ"
    return "; ".join([causes, *_results(found)])


def _differing(found: Comparison) -> Iterator[tuple[str, int]]:
    yield from ((section.name, len(section.differing)) for section in found.sections if section.name in NOUNS)


def _results(found: Comparison) -> Iterator[str]:
    a, b = found.a.run.scalars, found.b.run.scalars
    both = sorted(a.keys() & b.keys())
    if not both:
        yield "no metric was reported by both"
        return
    higher, lower = (sum(sign * b[name].last > sign * a[name].last for name in both) for sign in (1, -1))
    yield f"of {counted(len(both), 'metric')} that both reported {higher:,} ended higher with B, {lower:,} lower"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
