"""A slice of counts is counts again: those of the rows where a column has one value."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeAlias, TypeVar

from gate.counts import Counts, ModelCounts, Overlap, PerClass, Slice
from gate.late import numpy as np
from gate.late import numpy_typing as npt

Mask: TypeAlias = "npt.NDArray[np.bool_]"
Part = TypeVar("Part", ModelCounts, Overlap)


def named(counts: Counts) -> dict[str, Slice]:
    """Every slice under the name that a page gives it."""
    return {f"{each.column} = {each.value}": each for each in counts.slices}


def within(counts: Counts, chosen: Slice) -> Counts:
    """The counts of one slice, over the classes that are true or predicted in it.

    Confusions, rankings and resamples are counted over all rows only, so a slice has none of them.
    """
    here = _present(chosen.per_class)
    per_class = _only(chosen.per_class, here)
    return replace(
        counts,
        labels=tuple(counts.named(here)),
        per_class=per_class,
        triples=None,
        blocks=None,
        pairs=None,
        confidence=chosen.confidence,
        slices=(),
        chunks=(),
        span=None,
        top={},
        changed=_changed(per_class),
        fingerprint="",
    )


def _present(per_class: PerClass) -> Mask:
    best, candidate = per_class.best, per_class.candidate
    return np.asarray(best.support + best.predicted + candidate.support + candidate.predicted > 0)


def _only(per_class: PerClass, kept: Mask) -> PerClass:
    both = per_class.overlap
    return PerClass(
        best=_rows(per_class.best, kept),
        candidate=_rows(per_class.candidate, kept),
        overlap=None if both is None else _rows(both, kept),
    )


def _rows(totals: Part, kept: Mask) -> Part:
    """Every array of a part of the counts, for some of the classes."""
    return type(totals)(**{each.name: getattr(totals, each.name)[kept] for each in fields(totals)})


def _changed(per_class: PerClass) -> float:
    """Paired rows are predicted alike where both are right, or both wrong with the same class."""
    both = per_class.overlap
    if both is None:
        return 0.0
    return float(per_class.candidate.support.sum() - both.hits.sum() - both.false.sum())
