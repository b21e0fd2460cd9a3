"""How far the candidate's predictions moved from the best's: over classes, and in confidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from gate.counts import Counts, Totals
from gate.evidence import Evidence
from gate.rules.confidences import Shift, confidences
from gate.rules.demand import FEWEST_ROWS, Demand, Lacking, counts_of
from gate.rules.parts import Part, attempted, joined
from gate.rules.wording import answer, percent, rows_text
from gate.stats import shares, split
from gate.stats.dependence import NoBlocks, worth
from gate.verdict import Effect, Finding


@dataclass(frozen=True)
class DriftRule(Demand):
    """Limits for the share of predictions that moved to another class, beyond what chance explains, and for the shift
    of the mean confidence (p@1), whichever way. Effect sizes: over many rows every p-value is 0.
    """

    max_class_shift: float | None = 0.02
    max_confidence_shift: float | None = None
    confidence: float = 0.95

    @property
    def name(self) -> str:
        return "drift"

    @property
    def required(self) -> str:
        said = []
        if self.max_class_shift is not None:
            said.append(f"at most {percent(self.max_class_shift, 6)} of the predictions moved, beyond chance")
        if self.max_confidence_shift is not None:
            said.append(f"mean p@1 moved by at most {self.max_confidence_shift:g}")
        return "; ".join(said) or "predictions of both runs"

    def weigh(self, evidence: Evidence) -> Finding:
        counts = counts_of(evidence)
        parts = [attempted(partial(self._classes, counts))]
        if self.max_confidence_shift is not None or confidences(counts) is not None:
            parts.append(attempted(partial(self._confidences, counts)))
        return joined(self, parts, rows_text(counts))

    def _classes(self, counts: Counts) -> Part:
        best, candidate = _predicted(counts)
        if not (best.sum() and candidate.sum()):
            raise Lacking("there are no predictions whose classes could have moved")
        part, limit = self._worth(counts), self.max_class_shift
        moved = shares.tvd(best / best.sum(), candidate / candidate.sum())
        chance = _chance(counts, best, candidate, part)
        said = f"class shares moved {percent(moved)} (chance alone: up to {percent(chance)})"
        effect = _effect(moved, chance, limit, float(candidate.sum()))
        if limit is None:
            return Part(said, effect=effect)
        few, fails = part * min(best.sum(), candidate.sum()) < FEWEST_ROWS, moved - chance > limit
        why = f" (fewer than {FEWEST_ROWS} rows show no drift)" if few and not fails else ""
        line = f"{said}, limit {percent(limit, 6)} beyond chance: {answer(not few, fails)}{why}"
        return Part(line, self.decided(not few, fails), effect)

    def _confidences(self, counts: Counts) -> Part:
        found, limit = confidences(counts), self.max_confidence_shift
        if found is None:
            raise Lacking("the predictions of both runs do not have a confidence")
        same = counts.per_class.overlap is not None and not counts.changed
        shift = Shift(*found, self._worth(counts), self.confidence, same)
        if limit is None:
            return Part(shift.line, effect=shift.effect(None))
        passes, fails = shift.passes(limit), shift.fails(limit)
        line = f"{shift.line}, limit {limit:g}: {answer(passes, fails)}"
        return Part(line, self.decided(passes, fails), shift.effect(limit))

    def _worth(self, counts: Counts) -> float:
        try:
            return worth(counts)
        except NoBlocks as why:
            raise Lacking(f"what chance does is not known: {why}", self.undecided) from why


def _predicted(counts: Counts) -> tuple[Totals, Totals]:
    """How often each class was predicted: of paired rows that have a truth, else of all rows."""
    best, candidate = counts.per_class.best, counts.per_class.candidate
    if _swappable(counts):
        return best.claims, candidate.claims
    return best.predicted, candidate.predicted


def _swappable(counts: Counts) -> bool:
    """Whether it is known which rows changed: then chance is that each of them goes either way."""
    return counts.per_class.overlap is not None and counts.rows > 0


def _chance(counts: Counts, best: Totals, candidate: Totals, part: float) -> float:
    if not _swappable(counts):
        return split.floor(best * part, candidate * part)
    if counts.triples is not None and part == 1:
        return shares.paired_floor(counts.triples, len(counts.labels))
    return shares.marginal_floor(counts.per_class, part)


def _effect(moved: float, chance: float, limit: float | None, rows: float) -> Effect:
    said = f"{percent(moved)} moved, of which chance alone explains up to {percent(chance)}"
    beyond = max(0.0, moved - chance)
    return Effect("class shares moved beyond chance", beyond, None, None, limit, "share", rows, "tvd", said, fewer=True)
