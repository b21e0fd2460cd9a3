"""Every method that is measured, and what is promised of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.evaluation.bars import Bar
from benchmarks.evaluation.processes import Cost

OVER_READING = 2.0  # at most so many times as long as only reading, processes as a whole
PEAK = 250.0  # MB
FASTER = {"Evidently, drift preset": 100.0, "NannyML, univariate": 30.0}
NEAR: Mapping[str, float] = {"js": 1e-9, "js2": 1e-9, "psi": 1e-9, "ks": 2e-3, "wasserstein": 1e-3}
OURS, EXACT = "ours: drift", "scipy"


@dataclass(frozen=True)
class Method:
    """``work`` is MODULE.FUNCTION of this package; a ``floor`` only reads the columns; ``needs`` is an environment."""

    name: str
    work: str
    floor: bool = False
    needs: str = ""


METHODS = (
    Method("reading: pyarrow", "reading.arrow", floor=True),
    Method("reading: Polars", "reading.polars", floor=True),
    Method("only scanning: DuckDB", "reading.duckdb"),
    Method(OURS, "ours.drift"),
    Method(EXACT, "exact.scipy"),
    Method("NannyML, univariate", "nannyml_univariate.drift", needs="nannyml"),
    Method("Evidently, drift preset", "evidently_preset.drift", needs="evidently"),
)
PACKAGES = {  # each beside the versions that it imports with
    "evidently": ("evidently>=0.7.23,<0.8", "pandas>=2,<3", "pyarrow>=26,<27", "numpy>=2,<3"),
    "nannyml": (
        "nannyml==0.13.1",
        "statsmodels",
        "pandas",
        "pyarrow>=20",
        "setuptools<81",
    ),  # it needs what it does not declare
}


@dataclass(frozen=True)
class Row:
    """All runs of one method, and the distances that it found."""

    method: Method
    costs: Sequence[Cost]
    found: Mapping[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return median(cost.seconds for cost in self.costs)

    @property
    def peak(self) -> float:
        return max(cost.peak for cost in self.costs)


def bars(rows: Sequence[Row]) -> Iterator[Bar]:
    """Every promise that these figures can keep or break."""
    ours = _named(rows, OURS)
    reading = min((row for row in rows if row.method.floor), key=lambda row: row.seconds)
    assert ours is not None
    times = ours.seconds / reading.seconds
    yield Bar(f"{times:.1f} times as long as {reading.method.name}, at most {OVER_READING:g}", times <= OVER_READING)
    yield Bar(f"{ours.peak:,.0f} MB, below {PEAK:,.0f}", ours.peak < PEAK)
    for name, least in FASTER.items():
        if (peer := _named(rows, name)) is not None:
            faster = peer.seconds / ours.seconds
            yield Bar(f"{faster:.0f} times as fast as {name}, at least {least:g}", faster >= least)
    yield from _agreement(rows)


def _agreement(rows: Sequence[Row]) -> Iterator[Bar]:
    exact = _named(rows, EXACT)
    assert exact is not None
    for row in rows:
        far = {name: abs(value - exact.found[name]) for name, value in row.found.items()}
        wrong = [f"{name} is off by {gap:.1e}" for name, gap in far.items() if gap > NEAR[name]]
        if far and row.method.name != EXACT:
            said = f"{row.method.name}: {', '.join(far)} are scipy's" + (f", but {', '.join(wrong)}" if wrong else "")
            yield Bar(said, not wrong)


def _named(rows: Sequence[Row], name: str) -> Row | None:
    return next((row for row in rows if row.method.name == name), None)
