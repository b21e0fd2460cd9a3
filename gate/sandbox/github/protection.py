"""Protected branches: which contexts must succeed before a merge."""

from __future__ import annotations

import json
from typing import Any

from gate.sandbox.github import checks, history, statuses
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError, malformed
from gate.sandbox.github.pulls import Pull
from gate.sandbox.github.repositories import Repository
from gate.sandbox.github.world import World


def protect(call: RepoCall) -> Answer:
    """``PUT branches/{branch}/protection``; only the required status checks count here."""
    branch = _branch(call)
    required = call.take("required_status_checks", dict, {"strict": False, "contexts": []})
    row = (call.repo.id, branch, bool(required.get("strict")), json.dumps(_contexts(required)))
    call.world.store.rows("INSERT OR REPLACE INTO protections VALUES (?, ?, ?, ?)", *row)
    return read(call)


def read(call: RepoCall) -> Answer:
    """``GET branches/{branch}/protection``."""
    return Answer(show(call, _branch(call)))


def required_status_checks(call: RepoCall) -> Answer:
    """``GET branches/{branch}/protection/required_status_checks``."""
    return Answer(show(call, _branch(call))["required_status_checks"])


def show(call: RepoCall, branch: str) -> dict[str, Any]:
    """The protection of a branch; one that has none is not there."""
    kept = kept_for(call.world, call.repo, branch)
    if kept is None:
        raise ApiError(404, "Branch not protected")
    strict, contexts = kept
    url = f"{call.api}/branches/{branch}/protection"
    checks = {
        "url": f"{url}/required_status_checks",
        "contexts_url": f"{url}/required_status_checks/contexts",
        "strict": strict,
        "contexts": contexts,
        "checks": [{"context": context, "app_id": None} for context in contexts],
    }
    return {
        "url": url,
        "required_status_checks": checks,
        "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": True},
    }


def kept_for(world: World, repo: Repository, branch: str) -> tuple[bool, list[str]] | None:
    """Whether a branch must be up to date, and the contexts it requires; None when it is not protected."""
    query = "SELECT strict, contexts FROM protections WHERE repo = ? AND branch = ?"
    row = world.store.row(query, repo.id, branch)
    return (bool(row["strict"]), json.loads(row["contexts"])) if row else None


def missing(world: World, pull: Pull) -> str | None:
    """What still keeps a pull request from being merged, in words."""
    strict, contexts = kept_for(world, pull.repo, pull.base_ref) or (False, [])
    results = statuses.results(world, pull.repo, pull.head_sha) | checks.results(world, pull.repo, pull.head_sha)
    for context in contexts:
        result = results.get(context.casefold(), "expected")
        if result != "success":
            return f'Required status check "{context}" is {result}.'
    bare = world.repositories.git(pull.repo)
    if strict and history.base_of(bare, pull.base_sha, pull.head_sha) != pull.base_sha:
        return "Required status checks are strict: the head branch is not up to date with the base branch."
    return None


def _branch(call: RepoCall) -> str:
    """The branch that the call names, which must be there."""
    name = call.at["branch"]
    if call.git.branch(name) is None:
        raise ApiError(404, "Branch not found")
    return name


def _contexts(required: dict[str, Any]) -> list[str]:
    contexts = required.get("contexts", [])
    bound = [check.get("context") for check in required.get("checks", []) if isinstance(check, dict)]
    names = list(dict.fromkeys([*contexts, *bound]))
    if not all(isinstance(name, str) for name in names):
        raise malformed("Required status checks are a list of texts.")
    return names
