"""Findings about the runs themselves, before any rule: is there a candidate, and who is best?"""

from __future__ import annotations

from gate.evidence import Run
from gate.ledger import Ledger
from gate.promotion import alarm
from gate.selection import Choice, Wanted, under_way
from gate.verdict import Finding, Outcome

REMEDY_CONFLICT = "a person must settle which run is best before anything is promoted"


def candidate_finding(choice: Choice, wanted: Wanted) -> Finding:
    required = (
        f"a completed run of commit {wanted.commit} without uncommitted changes, '{wanted.task}' in '{wanted.project}'"
    )
    if choice.run is None:
        found = "; ".join(f"run {run.id}: {why}" for run, why in choice.refused) or "no run of this commit"
        message = f"no candidate: {found}; required: {required}. {_remedy(choice, wanted)}"
        return Finding("candidate", Outcome.UNKNOWN, message, found, required)
    others = "".join(f"; also {run.id}, completed {run.completed}" for run in choice.others)
    found = f"run {choice.run.id}, completed {choice.run.completed}" + others
    return Finding("candidate", Outcome.PASSED, f"candidate is {found}", found, required)


def _remedy(choice: Choice, wanted: Wanted) -> str:
    refused = [run for run, _ in choice.refused]
    if under_way(refused, wanted):
        return "It is under way: judge again when it has ended"
    log = "Look into its log in ClearML, then run" if any(run.status == "failed" for run in refused) else "Run"
    return f"{log} the training from a clean clone at this commit"


def best_finding(
    holders: tuple[Run, ...], ledger: Ledger, tag: str, on_base: bool | None, branch: str, now: str = ""
) -> Finding:
    """Exactly one run must hold the tag, finished and not archived, and the ledger must agree.

    A best that stands by an override is a person's business again after its end; ``now`` is RFC 3339, in UTC.
    """
    required = f"exactly one completed run with the tag '{tag}', the ledger's best"
    found = " and ".join(_described(run) for run in holders) or f"no run holds the tag '{tag}'"
    if ledger.in_flight:
        why = "a promotion is in flight: finish it with `gate reconcile`"
        return Finding("best", Outcome.UNKNOWN, f"{found}; {why}", found, required, conflict=True)
    if trouble := alarm(ledger, frozenset(run.id for run in holders)):
        message = f"{trouble} ({found}); required: {required}; {REMEDY_CONFLICT}"
        return Finding("best", Outcome.UNKNOWN, message, found, required, conflict=True)
    if not holders:
        message = f"{found} and no promotion is recorded: this would be the first best, a person must review it"
        return Finding("best", Outcome.REVIEW, message, found, required)
    best = holders[0]
    if best.archived or not best.finished:
        return Finding("best", Outcome.UNKNOWN, f"best is {found}; required: {required}", found, required)
    message = f"best is {found}{_place(best, on_base, branch)}"
    if ledger.best is None or ledger.best.override is None:
        return Finding("best", Outcome.PASSED, message, found, required)
    over = now[:10] > ledger.best.override.expires[:10]
    message += f", {ledger.best.override.said}" + (", which has ended: judge it again or roll back" if over else "")
    return Finding("best", Outcome.REVIEW if over else Outcome.PASSED, message, found, required)


def _described(run: Run) -> str:
    traits = [run.status] * (not run.finished) + ["archived"] * run.archived
    traits += [f"a clone of {run.parent}"] * bool(run.parent)
    return f"run {run.id}" + (f" ({', '.join(traits)})" if traits else "")


def _place(best: Run, on_base: bool | None, branch: str) -> str:
    commit = best.commit[:12] or "unknown"
    unclean = ", with uncommitted changes" if best.diff else ""
    if on_base is None:
        return f", commit {commit}{unclean}, which the repository does not know"
    return f", commit {commit}{unclean}, {'on' if on_base else 'not on'} {branch}"
