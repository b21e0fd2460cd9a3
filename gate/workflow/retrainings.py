"""What the Retraining page shows: versions and what was trained on them, what is due, in flight and done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gate.config import ScopePolicy
from gate.evidence import Curve, Run
from gate.ledger import Ledger, Scope
from gate.origin import Version
from gate.retraining import Cycle, Held, Journal, Sight, Start, cycles, next_retraining
from gate.retraining.cycle import in_flight
from gate.retraining.triggers import Begin
from gate.workflow.book import history
from gate.workflow.retraining_book import open_journal
from gate.workflow.retraining_sight import base_run, sighted, terms_of
from gate.workflow.scopes import scopes_of_default_branch
from gate.workflow.world import World

RECENT = 200  # finished runs of a model in which the ones on each version are looked for


@dataclass(frozen=True)
class Outlook:
    """One scope that is trained again by itself. ``versions`` are all of its dataset, newest first, unfinished too.

    ``runs`` are the newest finished runs of the model and those of the trainings, by id; ``ledger`` says which of them
    became the best. ``due`` is what the loop would do now, but for drift.
    """

    policy: ScopePolicy
    scope: Scope
    versions: tuple[Version, ...]
    journal: Journal
    cycles: tuple[Cycle, ...]
    runs: Mapping[str, Run]
    base: Run | None
    ledger: Ledger
    sight: Sight
    due: Begin | Start | Held

    @property
    def flying(self) -> list[Cycle]:
        return in_flight(self.cycles)

    def name_of(self, dataset: str) -> str:
        """The version's number, or its id where it is not known (any more)."""
        return next((each.version for each in self.versions if each.id == dataset and each.version), dataset)

    def added(self, version: Version) -> int | None:
        """By how many rows it is larger than the finished version before it; None where that is not known."""
        older = self.versions[self.versions.index(version) + 1 :]
        before = next((each for each in older if each.finished), None)
        if version.rows is None or before is None or before.rows is None:
            return None
        return version.rows - before.rows

    def trained_on(self, version: Version) -> list[Run]:
        """The known runs that used this version, newest first."""
        used = [run for run in self.runs.values() if version.id in run.datasets.values()]
        return sorted(used, key=lambda run: run.completed, reverse=True)

    def fate(self, run: Run) -> str:
        """How a run ended: as far as it got."""
        ledger = self.ledger
        if ledger.best and ledger.best.task == run.id:
            return "best"
        told = [record for record in ledger.records if record.candidate and record.candidate.task == run.id]
        if told:
            return told[-1].kind.replace("_", " ")
        if any(record.best and record.best.task == run.id for record in ledger.records):
            return "best before"
        cycle = next((each for each in self.cycles if each.last.task == run.id), None)
        if cycle is not None and cycle.last.kind == "asked":
            return f"in review (pull request {cycle.last.pull})"
        return run.status.replace("_", " ")


def outlooks(world: World, name: str | None = None) -> list[Outlook]:
    """Every scope of the default branch that has a [retrain], or the one called ``name``, read anew."""
    return [_outlook(world, policy) for policy in scopes_of_default_branch(world, name) if policy.retraining]


def _outlook(world: World, policy: ScopePolicy) -> Outlook:
    scope, terms = policy.place(world.tracker.server), terms_of(policy)
    journal = open_journal(world.forge, scope).journal
    found, sight = cycles(journal), sighted(world, policy)
    runs = {run.id: run for run in world.tracker.recent(policy.project, policy.task, RECENT)}
    missing = sorted({cycle.last.task for cycle in found if cycle.last.task} - set(runs))
    runs |= {run.id: run for run in world.tracker.runs(missing)}
    return Outlook(
        policy=policy,
        scope=scope,
        versions=tuple(reversed(world.tracker.versions_of(terms.project, terms.dataset))),
        journal=journal,
        cycles=tuple(reversed(found)),
        runs=runs,
        base=base_run(world, policy, terms)[0],
        ledger=Ledger(history(world.forge, scope)),
        sight=sight,
        due=next_retraining(terms, journal, sight),
    )


@dataclass(frozen=True)
class Live:
    """A training that may still run: its run as it is now, the curve of its ``metric``, and that of the base's."""

    run: Run
    metric: str
    curve: Curve
    before: Curve

    @property
    def progress(self) -> float | None:
        """The share of the base's points that were reported so far; None where the base has no curve."""
        if self.run.finished:
            return 1.0
        return min(len(self.curve.values) / len(self.before.values), 1.0) if self.before.values else None


NO_CURVE = Curve(())


def live(world: World, task: str, base: Run | None) -> Live | None:
    """Two requests or three, whatever was reported; None where there is no such run."""
    found = world.tracker.runs([task])
    if not found:
        return None
    metric = curve_of(found[0], base)
    own, before = (_curve(world, run, metric) for run in (found[0], base))
    return Live(found[0], metric, own, before)


def _curve(world: World, run: Run | None, metric: str) -> Curve:
    return world.tracker.curve(run, metric) if run and metric in run.scalars else NO_CURVE


def curve_of(run: Run, base: Run | None) -> str:
    """The metric with the longest curve, of the base if it has one; empty where nothing was reported twice."""
    known: Sequence[Run] = [each for each in (base, run) if each]
    lengths = [{name: scalar.points for name, scalar in each.scalars.items() if scalar.points > 1} for each in known]
    longest = next((each for each in lengths if each), {})
    return max(sorted(longest), key=lambda name: longest[name], default="")
