"""What ledger, tags and statuses say in the end, beside what reviewers were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set

from benchmarks.figures import Promise
from gate.record import ENDS, Record
from gate.workflow import World
from gate.workflow.book import history
from gate.workflow.scopes import scopes_of_default_branch
from gate.workflow.statuses import APPROVAL


def told_and_true(world: World, told: Set[tuple[str, int]]) -> Iterator[Promise]:
    """``told`` are the ends that reviewers saw, each with its pull request. Reading the ledger verifies every hash."""
    (policy,) = scopes_of_default_branch(world)
    scope = policy.place(world.tracker.server)
    records = history(world.forge, scope)
    kinds = Counter(record.kind for record in records)
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    yield Promise(f"the ledger's {len(records)} records verify: {said}", True)
    nonces = Counter(record.nonce for record in records if record.nonce and record.stage in (*ENDS, "reject"))
    yield Promise(f"no decision is recorded twice, of {len(nonces)}", all(each == 1 for each in nonces.values()))
    yield Promise(f"{kinds['approve']} approvals, each ended once: {kinds['promoted']} promoted", _each_ended(records))
    for end, kind in (("promoted", "promoted"), ("rejected", "reject")):
        seen = {pull for ended, pull in told if ended == end}
        true = {record.candidate.pull for record in records if record.kind == kind and record.candidate}
        yield Promise(f"the ledger says so of all {len(seen)} pull requests that were seen {end}", seen <= true)
    holders = [run.id for run in world.tracker.holders(policy.tag, policy.project, policy.task)]
    best = records[-1].best
    yield Promise("the ledger's best alone holds the tag", best is not None and holders == [best.task])
    promoted = {record.candidate.commit for record in records if record.kind == "promoted" and record.candidate}
    late = {commit: record.kind for record in records if record.candidate for commit in (record.candidate.commit,)}
    green = {commit for commit in promoted if late[commit] == "promoted"}
    wrong = [commit for commit in green if world.forge.status(commit, scope.context(APPROVAL)) != "success"]
    yield Promise(f"{len(green)} promoted commits are green", not wrong)


def _each_ended(records: tuple[Record, ...]) -> bool:
    """Every approval is followed by its promotion before anything else is decided."""
    steps = [record for record in records if record.kind in ("approve", "promoted")]
    pairs = list(zip(steps[::2], steps[1::2], strict=False))
    alike = all(
        (one.kind, other.kind) == ("approve", "promoted") and one.candidate == other.candidate for one, other in pairs
    )
    return alike and len(steps) % 2 == 0
