"""Did it train on the right data? By the datasets that the candidate's run recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gate.evidence import Dataset, Evidence
from gate.rules.demand import Demand, Lacking, candidate_of
from gate.verdict import Finding, Outcome


@dataclass(frozen=True)
class DataRule(Demand):
    """The dataset under ``alias`` (without it: of this ``project`` and name, else all of them) is the newest version,
    or one of the ``ids`` that are allowed.
    """

    project: str = ""
    dataset: str = ""
    newest: bool = False
    ids: tuple[str, ...] = ()
    alias: str = ""

    def __post_init__(self) -> None:
        if not (self.project or self.dataset or self.newest or self.ids):
            raise ValueError("a data rule needs project, dataset, newest or ids: nothing demanded is not a pass")

    @property
    def name(self) -> str:
        return f"data {self.alias}" if self.alias else "data"

    @property
    def required(self) -> str:
        what = f"dataset {self.dataset or 'of any name'}" + (f" in {self.project}" if self.project else "")
        said = [what] * bool(self.dataset or self.project) + ["the newest version"] * self.newest
        return ", ".join(said + [f"one of {', '.join(self.ids)}"] * bool(self.ids))

    def weigh(self, evidence: Evidence) -> Finding:
        used = self._used(evidence)
        facts = [self._fact(evidence, id) for id in used.values()]
        meant = [each for each in facts if self._is_named(each)]
        wrong = [f"{_described(each)} {why}" for each in meant for why in self._troubles(each)]
        if not meant:
            wrong = [f"it trained on {', '.join(map(_described, facts))}"]
        found = "; ".join(wrong) or ", ".join(map(_described, meant))
        outcome = Outcome.FAILED if wrong else Outcome.PASSED
        said = "not the right data" if wrong else "the right data"
        return Finding(self.name, outcome, f"{said}: {found}; required: {self.required}", found, self.required)

    def _used(self, evidence: Evidence) -> Mapping[str, str]:
        """Ids of the run's datasets by alias: those that the rule is about."""
        used = candidate_of(evidence).datasets
        if not used:
            raise Lacking("the candidate's run recorded no dataset")
        if not self.alias:
            return used
        if self.alias not in used:
            raise Lacking(f"the candidate's run has no dataset '{self.alias}' (it has {', '.join(sorted(used))})")
        return {self.alias: used[self.alias]}

    def _fact(self, evidence: Evidence, id: str) -> Dataset:
        """What the tracker knows; for a list of ids nothing more than the id is needed."""
        found = evidence.datasets.get(id)
        if found is not None:
            return found
        if self.project or self.dataset or self.newest:
            raise Lacking(f"what dataset {id} is, is not known: {evidence.why('datasets')}")
        return Dataset(id, "", "")

    def _is_named(self, fact: Dataset) -> bool:
        return self.project in ("", fact.project) and self.dataset in ("", fact.name)

    def _troubles(self, fact: Dataset) -> Iterator[str]:
        if self.newest and not fact.newest:
            raise Lacking(f"which version of {_described(fact)} is the newest is not known")
        if self.newest and fact.newest != fact.id:
            yield f"is not the newest version, which is {fact.newest}"
        if self.ids and fact.id not in self.ids:
            yield "is not allowed"


def _described(fact: Dataset) -> str:
    """`Flights/flights 1.2 (id)`, or the id alone."""
    name = f"{fact.project}/{fact.name} {fact.version}".strip() if fact.name else ""
    return f"{name} ({fact.id})" if name else f"dataset {fact.id}"
