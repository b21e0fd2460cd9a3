"""Two commits side by side: ``GET compare/{base}...{head}``."""

from __future__ import annotations

from gate.sandbox.github import commits, history
from gate.sandbox.github.bare import Bare
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import not_found
from gate.sandbox.github.pagination import window

STATUSES = {(False, False): "identical", (True, False): "ahead", (False, True): "behind", (True, True): "diverged"}


def compare(call: RepoCall) -> Answer:
    """What head has beyond base, and base beyond head."""
    base, head = (_end(call, name) for name in _ends(call.at["basehead"]))
    fork_point = history.base_of(call.git, base, head)
    if fork_point is None:
        raise not_found()
    ahead, behind = history.between(call.git, base, head), history.between(call.git, head, base)
    shown, headers = window(call, ahead)
    url = f"{call.html}/compare/{call.at['basehead']}"
    body = {
        "url": f"{call.api}/compare/{call.at['basehead']}",
        "html_url": url,
        "permalink_url": f"{call.html}/compare/{base[:12]}...{head[:12]}",
        "diff_url": f"{url}.diff",
        "patch_url": f"{url}.patch",
        "base_commit": commits.show(call, base),
        "merge_base_commit": commits.show(call, fork_point),
        "status": STATUSES[bool(ahead), bool(behind)],
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commits.show(call, sha) for sha in shown],
        "files": [commits.show_change(call, head, file) for file in history.changes(call.git, fork_point, head)],
    }
    return Answer(body, headers=headers)


def _ends(basehead: str) -> tuple[str, str]:
    base, dots, head = basehead.partition("...")
    if not (base and dots and head):
        raise not_found()
    return base, head


def _end(call: RepoCall, name: str) -> str:
    owner, colon, branch = name.rpartition(":")
    sha = _of_fork(call, owner, branch) if colon else call.git.revision(branch)
    if sha is None:
        raise not_found()
    return sha


def _of_fork(call: RepoCall, owner: str, branch: str) -> str | None:
    if owner.casefold() == call.repo.owner.login.casefold():
        return call.git.revision(branch)
    fork = call.world.repositories.named(owner, call.repo.name)
    source: Bare | None = call.world.repositories.git(fork) if fork else None
    sha = source.branch(branch) if source else None
    if source and sha:
        call.git.run("fetch", "--quiet", str(source.folder), sha)
    return sha
