"""Which run is the candidate and which is the best: the choice, and a reason for every run that was not chosen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from gate.evidence import Run

SHA = re.compile(r"[0-9a-f]{40}")
PENDING = ("created", "queued", "in_progress", "publishing")
SCP_LIKE = re.compile(r"(?:[^@/]+@)?(?P<host>[^:/]+):(?P<path>[^/].*)")


@dataclass(frozen=True)
class Wanted:
    """The run a pull request needs: exactly this commit, project and task name, from one of these repositories."""

    commit: str
    project: str
    task: str
    repositories: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """The chosen run (or ``None``), the other good runs of the same commit, and the refused ones with the reason."""

    run: Run | None
    others: tuple[Run, ...] = ()
    refused: tuple[tuple[Run, str], ...] = ()


def is_sha(text: str) -> bool:
    """Whether ``text`` is a full commit id: 40 lower-case hexadecimal digits, nothing else."""
    return SHA.fullmatch(text) is not None


def choose_candidate(runs: Iterable[Run], wanted: Wanted) -> Choice:
    """The newest finished run that meets every demand; a tracker's own filters are never trusted."""
    same_commit = [run for run in runs if run.commit == wanted.commit]
    judged = [(run, refusal(run, wanted)) for run in same_commit]
    good = sorted((run for run, why in judged if not why), key=lambda run: (run.completed, run.id), reverse=True)
    refused = tuple((run, why) for run, why in judged if why)
    return Choice(good[0] if good else None, tuple(good[1:]), refused)


def awaited(runs: Sequence[Run], wanted: Wanted) -> str:
    """What a wait for the candidate waits for, in words, or an empty string where waiting would change nothing.

    A run of other code, of another task or with uncommitted changes is not waited for, and ends no wait.
    """
    own, pending = _own(runs, wanted), under_way(runs, wanted)
    if any(run.finished for run in own) or (own and not pending):
        return ""
    return " and ".join(f"run {run.id} is {run.status}" for run in pending) or "no run of this commit yet"


def under_way(runs: Iterable[Run], wanted: Wanted) -> list[Run]:
    """Those that may become the candidate when they end."""
    return [run for run in _own(runs, wanted) if run.status in PENDING]


def _own(runs: Iterable[Run], wanted: Wanted) -> list[Run]:
    return [run for run in runs if run.commit == wanted.commit and not _strange(run, wanted)]


def _strange(run: Run, wanted: Wanted) -> bool:
    same = (run.project, run.name) == (wanted.project, wanted.task) and _from(run, wanted.repositories)
    return not same or run.archived or bool(run.diff)


def refusal(run: Run, wanted: Wanted) -> str:
    """Why ``run`` cannot be the candidate, or an empty string."""
    reasons = (
        (run.project != wanted.project, f"its project is '{run.project}', not '{wanted.project}'"),
        (run.name != wanted.task, f"its name is '{run.name}', not '{wanted.task}'"),
        (run.archived, "it is archived"),
        (not run.finished, f"its status is {run.status}, not completed"),
        (bool(run.diff), "it ran with uncommitted changes"),
        (not _from(run, wanted.repositories), f"it ran from {_place(run)}, not from {_listed(wanted)}"),
    )
    return "; ".join(reason for applies, reason in reasons if applies)


def _place(run: Run) -> str:
    return repository_key(run.repository) or "no known repository"


def _listed(wanted: Wanted) -> str:
    return " or ".join(repository_key(repository) for repository in wanted.repositories)


def _from(run: Run, repositories: Sequence[str]) -> bool:
    place = repository_key(run.repository)
    return bool(place) and place in {repository_key(repository) for repository in repositories}


def repository_key(url: str) -> str:
    """``host/owner/name`` of a clone address in any of git's spellings, lower case, without port, user or ``.git``.

    The port is left out because the https and ssh addresses of one repository differ in it, and an address that
    carries a password does not carry it further. An empty string stands for no address at all.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme and parts.hostname:
        host, path = parts.hostname, parts.path
    elif match := SCP_LIKE.fullmatch(url):
        host, path = match["host"], match["path"]
    else:
        return ""
    return f"{host}/{path.strip('/').removesuffix('.git')}".lower()
