"""How often each test set was used, and how large a gain luck alone explains by now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gate.history.moments import NEVER, moment
from gate.record import Record
from gate.stats.reuse import luck_floor


@dataclass(frozen=True)
class Use:
    """A candidate that was judged on a test set. ``error`` is the standard error of the paired difference of accuracy
    then, where it was known.
    """

    candidate: str
    at: str
    error: float | None = None


@dataclass(frozen=True)
class TestSet:
    """``uses`` are the times, ascending, of the ``evaluations`` whose time is known. ``floor``: gains of accuracy below
    it are luck, None where nobody recorded an error.
    """

    fingerprint: str
    evaluations: int
    promotions: int
    uses: tuple[int, ...]
    floor: float | None
    budget: int | None

    __test__ = False  # no test, whatever its name looks like

    @property
    def last(self) -> int:
        return self.uses[-1] if self.uses else NEVER

    @property
    def spent(self) -> bool:
        return self.budget is not None and self.evaluations > self.budget


def test_sets(
    tallies: Mapping[str, Iterable[Use]], records: Sequence[Record], budget: int | None
) -> tuple[TestSet, ...]:
    """By fingerprint, the one used last first; a candidate that was judged again counts once."""
    promoted = {record.best.task for record in records if record.kind == "promoted" and record.best}
    found = [_test_set(fingerprint, tuple(uses), promoted, budget) for fingerprint, uses in tallies.items()]
    return tuple(sorted(found, key=lambda each: (-each.last, each.fingerprint)))


test_sets.__test__ = False  # type: ignore[attr-defined]


def _test_set(fingerprint: str, uses: Sequence[Use], promoted: set[str], budget: int | None) -> TestSet:
    candidates = {use.candidate for use in uses}
    errors = [use.error for use in uses if use.error is not None]
    times = sorted(time for use in uses if (time := moment(use.at)) != NEVER)
    floor = luck_floor(errors[-1], len(candidates)) if errors else None
    return TestSet(fingerprint, len(candidates), len(candidates & promoted), tuple(times), floor, budget)
