"""The history of one scope: its runs, its ledger, its test sets and its datasets, each read as rarely as it can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice

from gate.config import ScopePolicy, SeveralScopes
from gate.history import History, Runs, runs_of, test_sets
from gate.ledger import Scope
from gate.record import Record
from gate.rules import Direction, HoldoutRule, MetricRule
from gate.workflow.book import history as records_of
from gate.workflow.champions import Champion, champion_of
from gate.workflow.chronicle import Chronicles, Subject
from gate.workflow.evaluations import every
from gate.workflow.scopes import scopes_of_default_branch
from gate.workflow.versions import Versions
from gate.workflow.world import World

NAMED = 40  # dataset versions whose names are asked for, those used last
TEST_SETS = 30
NEWEST = 20  # runs, one of which has to have reported a metric that the policy does not name
Note = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """A scope (None: the only one), a metric (empty: the first that the policy compares), and which way is better
    where the policy does not say it.
    """

    scope: str | None = None
    metric: str = ""
    direction: Direction = "max"


@dataclass(frozen=True)
class Told:
    """``metrics`` are the policy's; ``at`` is when it was read, in seconds since 1970."""

    history: History
    metrics: tuple[str, ...]
    champion: Champion
    at: float


class Historian:
    """Remembers what it has read: a second look asks only for what changed since."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chronicles = Chronicles(world)
        self._versions = Versions(world)

    def doubt(self) -> None:
        """Everything is read anew at the next look."""
        self._chronicles.doubt()

    def tell(self, asked: Asked, note: Note = lambda _: None) -> Told:
        """Read it now. Raises `SeveralScopes` where the policy has several and none is named."""
        now = self._world.now().timestamp()
        note("reading the policy and the ledger")
        policy = _policy(self._world, asked.scope)
        scope = policy.place(self._world.tracker.server)
        records = records_of(self._world.forge, scope)
        rules = {rule.metric: rule for rule in policy.policy.rules if isinstance(rule, MetricRule)}
        metric = self._metric(policy, asked, rules)
        runs = self._runs(policy, metric, rules, asked, int(1000 * now), note)
        note("reading test sets and datasets")
        told = self._told(policy, scope, metric, _direction(metric, rules, asked), records, runs, int(1000 * now))
        holders = tuple(sorted(brief.id for brief in runs.briefs if policy.tag in brief.tags))
        return Told(told, tuple(rules), champion_of(self._world, policy, records, holders), now)

    def _metric(self, policy: ScopePolicy, asked: Asked, rules: Mapping[str, MetricRule]) -> str:
        """Only one that a run did report: each takes as many requests as the first look."""
        if asked.metric in rules or not asked.metric:
            return asked.metric or next(iter(rules), "")
        newest = self._world.tracker.recent(policy.project, policy.task, NEWEST)
        return asked.metric if any(asked.metric in run.scalars for run in newest) else next(iter(rules), "")

    def _runs(
        self,
        policy: ScopePolicy,
        metric: str,
        rules: Mapping[str, MetricRule],
        asked: Asked,
        now: int,
        note: Note,
    ) -> Runs:
        wanted = tuple(sorted({*rules, metric} - {""}))
        chronicle = self._chronicles.read(Subject(policy.project, policy.task, wanted), note)
        rule, direction = rules.get(metric), _direction(metric, rules, asked)
        which, zero = (rule.value, rule.allow_zero) if rule else ("last", False)
        return runs_of(chronicle.briefs.values(), metric, direction, now, which, zero)

    def _told(
        self,
        policy: ScopePolicy,
        scope: Scope,
        metric: str,
        direction: Direction,
        records: tuple[Record, ...],
        runs: Runs,
        now: int,
    ) -> History:
        tallies, remarks = every(self._world.forge, scope, TEST_SETS)
        budgets = [rule.budget for rule in policy.policy.rules if isinstance(rule, HoldoutRule)]
        budget = budgets[0] if budgets else policy.terms.test_set_budget
        testsets = test_sets(tallies, records, budget)
        used = (ident for brief in reversed(runs.briefs) for ident in brief.datasets.values())
        versions = self._versions.named(islice(dict.fromkeys(used), NAMED))
        return History(policy.name, metric, direction, runs, records, now, testsets, versions, tuple(remarks))


def _policy(world: World, name: str | None) -> ScopePolicy:
    found = scopes_of_default_branch(world, name)
    if len(found) != 1:
        raise SeveralScopes(*(policy.name for policy in found))
    return found[0]


def _direction(metric: str, rules: Mapping[str, MetricRule], asked: Asked) -> Direction:
    return rules[metric].direction if metric in rules else asked.direction
