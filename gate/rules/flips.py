"""Rows that the update breaks, though the best had them right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gate.evidence import Evidence
from gate.rules.ceiling import Ceiling
from gate.rules.demand import Demand, Lacking, counts_of
from gate.rules.parts import joined
from gate.rules.wording import percent, rows_text
from gate.scores import Flips, flips
from gate.stats.dependence import NoBlocks, worth
from gate.stats.interval import wilson
from gate.stats.paired import relative_flips
from gate.verdict import Finding


@dataclass(frozen=True)
class FlipsRule(Demand):
    """Limits for the negative flip rate (rows broken, of all), for its ratio to what independent mistakes would break,
    and for churn (rows predicted differently). Without a limit the rule informs.
    """

    max_nfr: float | None = None
    max_relative_nfr: float | None = None
    max_churn: float | None = None
    confidence: float = 0.95

    @property
    def name(self) -> str:
        return "flips"

    @property
    def required(self) -> str:
        limits = {"negative flips": self.max_nfr, "relative NFR": self.max_relative_nfr, "churn": self.max_churn}
        said = [
            f"{what} at most {f'{limit:g}' if what == 'relative NFR' else percent(limit, 6)}"
            for what, limit in limits.items()
            if limit is not None
        ]
        return "; ".join(said) or "predictions of both runs on the same rows"

    def weigh(self, evidence: Evidence) -> Finding:
        counts = counts_of(evidence)
        found = flips(counts)
        if found is None:
            raise Lacking(f"which predictions flipped is not known: {counts.pairing.said}")
        if not found.rows:
            raise Lacking("there is no row with a truth")
        try:
            part = worth(counts)
        except NoBlocks as why:
            raise Lacking(f"flips have no interval: {why}", self.undecided) from why
        return joined(self, [each.part(self) for each in self._ceilings(found, part)], rows_text(counts))

    def _ceilings(self, found: Flips, part: float) -> Iterator[Ceiling]:
        rows, sure = found.rows * part, self.confidence
        nfr, churn = (wilson(each * part, rows, sure) for each in (found.negative, found.changed))
        positive, negative, both, neither = (
            each * part for each in (found.positive, found.negative, found.both, found.neither)
        )
        relative = relative_flips(positive, negative, both, neither, sure)
        yield Ceiling("negative flips", found.nfr, nfr, self.max_nfr, found.rows, "wilson", sure)
        ratio = found.relative_nfr
        yield Ceiling("relative NFR", ratio, relative, self.max_relative_nfr, found.rows, "relative_nfr", sure, "ratio")
        yield Ceiling("churn", found.churn, churn, self.max_churn, found.rows, "wilson", sure)
