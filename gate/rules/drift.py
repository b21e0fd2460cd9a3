"""How far the candidate's predictions moved from the best's: over classes, and in confidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from gate.counts import Counts, Histograms, Totals
from gate.evidence import Evidence
from gate.rules.demand import FEWEST_ROWS, Demand, Lacking, counts_of
from gate.rules.parts import Part, attempted, joined
from gate.rules.wording import answer, interval_text, percent, rows_text
from gate.stats import shares
from gate.stats.confidence import calibration_error, mean, mean_shift, wasserstein
from gate.stats.dependence import NoBlocks, worth
from gate.verdict import Effect, Finding

RECALIBRATED = "no prediction changed, so this is a recalibration"


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
        if self.max_confidence_shift is not None or _confidences(counts.confidence) is not None:
            parts.append(attempted(partial(self._confidences, counts)))
        return joined(self, parts, rows_text(counts))

    def _classes(self, counts: Counts) -> Part:
        best, candidate = _predicted(counts)
        if not (best.sum() and candidate.sum()):
            raise Lacking("there are no predictions whose classes could have moved")
        moved = shares.tvd(best / best.sum(), candidate / candidate.sum())
        chance = _chance(counts, best, candidate)
        said = f"class shares moved {percent(moved)} (chance alone: up to {percent(chance)})"
        limit, rows = self.max_class_shift, float(candidate.sum())
        beyond = max(0.0, moved - chance)
        needed = f"decided by the {percent(beyond)} that chance does not explain"
        effect = Effect("class shares moved", moved, beyond, moved, limit, "share", rows, "tvd", needed, fewer=True)
        if limit is None:
            return Part(said, effect=effect)
        few, fails = min(best.sum(), rows) < FEWEST_ROWS, moved - chance > limit
        why = f" (fewer than {FEWEST_ROWS} rows show no drift)" if few and not fails else ""
        line = f"{said}, limit {percent(limit, 6)} beyond chance: {answer(not few, fails)}{why}"
        return Part(line, self.decided(not few, fails), effect)

    def _confidences(self, counts: Counts) -> Part:
        found = _confidences(counts.confidence)
        if found is None:
            raise Lacking("the predictions of both runs do not have a confidence")
        best, candidate = (each.sum(axis=0) for each in found)
        try:
            shift = mean_shift(best, candidate, worth(counts))
        except NoBlocks as why:
            raise Lacking(f"the shift of confidence has no interval: {why}", self.undecided) from why
        interval, limit, rows = shift.interval(self.confidence), self.max_confidence_shift, float(candidate.sum())
        said = f"mean p@1 {mean(best):.3f} -> {mean(candidate):.3f} {interval_text(interval, 3)}"
        said += f", moved {wasserstein(best, candidate):.3f} in all{_calibration(found)}"
        if shift.value and counts.per_class.overlap is not None and not counts.changed:
            said += f"; {RECALIBRATED}"
        ceiling = None if limit is None else -limit if shift.value < 0 else limit
        effect = Effect(
            "mean p@1",
            shift.value,
            interval.low,
            interval.high,
            ceiling,
            "confidence",
            rows,
            "mean_shift",
            "",
            self.confidence,
            fewer=shift.value >= 0,
        )
        if limit is None:
            return Part(said, effect=effect)
        few = min(float(best.sum()), rows) < FEWEST_ROWS
        passes = not few and -limit <= interval.low and interval.high <= limit
        fails = interval.low > limit or interval.high < -limit
        return Part(f"{said}, limit {limit:g}: {answer(passes, fails)}", self.decided(passes, fails), effect)


def _predicted(counts: Counts) -> tuple[Totals, Totals]:
    """How often each class was predicted: of paired rows that have a truth, else of all rows."""
    best, candidate = counts.per_class.best, counts.per_class.candidate
    if _swappable(counts):
        return best.claims, candidate.claims
    return best.predicted, candidate.predicted


def _swappable(counts: Counts) -> bool:
    """Whether it is known which rows changed: then chance is that each of them goes either way."""
    independent = not (counts.grouped or counts.weighted)
    return counts.per_class.overlap is not None and independent and counts.rows > 0


def _chance(counts: Counts, best: Totals, candidate: Totals) -> float:
    if not _swappable(counts):
        return shares.unpaired_floor(best, candidate)
    if counts.triples is not None:
        return shares.paired_floor(counts.triples, len(counts.labels))
    return shares.marginal_floor(counts.per_class)


def _confidences(found: Histograms) -> tuple[Totals, Totals] | None:
    if found.best is None or found.candidate is None or not (found.best.any() and found.candidate.any()):
        return None
    return found.best, found.candidate


def _calibration(found: tuple[Totals, Totals]) -> str:
    """For information, where rows have a truth."""
    if not all(each[:2].any() for each in found):
        return ""
    before, after = (calibration_error(each[0], each[1]) for each in found)
    return f", calibration error {before:.3f} -> {after:.3f}"
