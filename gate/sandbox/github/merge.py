"""Merging a pull request, if everything that is required of it is there."""

from __future__ import annotations

from gate.sandbox.github import history, protection
from gate.sandbox.github.bare import RefMoved
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError, not_found
from gate.sandbox.github.objects import Person
from gate.sandbox.github.pull_requests import wanted
from gate.sandbox.github.pulls import Pull
from gate.sandbox.github.store import now

METHODS = ("merge", "squash")


def merge(call: RepoCall) -> Answer:
    """``PUT pulls/{number}/merge``."""
    pull = wanted(call)
    tree = _mergeable(call, pull)
    commit = _commit(call, pull, tree)
    try:
        call.git.move(f"refs/heads/{pull.base_ref}", commit, pull.base_sha)
    except RefMoved as moved:
        raise ApiError(405, "Base branch was modified. Review and try the merge again.") from moved
    _record(call, pull, commit)
    return Answer({"sha": commit, "merged": True, "message": "Pull Request successfully merged"})


def merged(call: RepoCall) -> Answer:
    """``GET pulls/{number}/merge``: 204 when it was merged."""
    if wanted(call).merged_at is None:
        raise not_found()
    return Answer(status=204)


def _mergeable(call: RepoCall, pull: Pull) -> str:
    if call.text("sha") not in (None, pull.head_sha):
        raise ApiError(409, "Head branch was modified. Review and try the merge again.")
    if pull.state == "closed" or pull.draft:
        raise ApiError(405, "Pull Request is not mergeable")
    if call.take("merge_method", str, "merge") not in METHODS:
        raise ApiError(405, f"{call.body['merge_method']} merges are not allowed on this repository.")
    missing = protection.missing(call.world, pull)
    if missing:
        raise ApiError(405, missing)
    tree = history.merged_tree(call.git, pull.base_sha, pull.head_sha)
    if tree is None:
        raise ApiError(405, "Pull Request is not mergeable")
    return tree


def _commit(call: RepoCall, pull: Pull, tree: str) -> str:
    who = Person(call.account.login, call.account.email, now())
    if call.take("merge_method", str, "merge") == "squash":
        parents, title, text = [pull.base_sha], f"{pull.title} (#{pull.number})", pull.body or ""
    else:
        source = f"{pull.head_repo.owner.login}/{pull.head_ref}"
        title, text = f"Merge pull request #{pull.number} from {source}", pull.title
        parents = [pull.base_sha, pull.head_sha]
    title, text = call.text("commit_title") or title, call.take("commit_message", str, text)
    return call.git.write_commit(tree, parents, who, who, f"{title}\n\n{text}".rstrip() + "\n")


def _record(call: RepoCall, pull: Pull, commit: str) -> None:
    moment = now()
    call.world.store.update(
        "pulls",
        pull.id,
        state="closed",
        base_sha=pull.base_sha,
        merge_sha=commit,
        merged_by=call.account.id,
        **dict.fromkeys(("merged_at", "closed_at", "updated_at"), moment),
    )
    call.world.repositories.pushed(call.repo)
