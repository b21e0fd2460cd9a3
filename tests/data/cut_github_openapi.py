"""Cut GitHub's own OpenAPI description down to the operations the sandbox serves.

    npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
    python tests/data/cut_github_openapi.py package/generated/api.github.com.json

The package is MIT licensed. What is written keeps paths, parameters and schemas, and drops all prose.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SLICE = Path(__file__).with_name("github-openapi.json")
REPO = "/repos/{owner}/{repo}"
OPERATIONS = {
    "/": "get",
    "/rate_limit": "get",
    "/user": "get",
    "/users/{username}": "get",
    "/user/repos": "post",
    "/orgs/{org}/repos": "post",
    "/orgs/{org}/teams/{team_slug}/memberships/{username}": "get put delete",
    REPO: "get",
    f"{REPO}/collaborators/{{username}}": "put delete",
    f"{REPO}/collaborators/{{username}}/permission": "get",
    f"{REPO}/forks": "post",
    f"{REPO}/branches": "get",
    f"{REPO}/branches/{{branch}}": "get",
    f"{REPO}/branches/{{branch}}/protection": "get put",
    f"{REPO}/branches/{{branch}}/protection/required_status_checks": "get",
    f"{REPO}/git/ref/{{ref}}": "get",
    f"{REPO}/git/matching-refs/{{ref}}": "get",
    f"{REPO}/git/refs": "post",
    f"{REPO}/git/refs/{{ref}}": "patch delete",
    f"{REPO}/git/trees": "post",
    f"{REPO}/git/trees/{{tree_sha}}": "get",
    f"{REPO}/git/commits": "post",
    f"{REPO}/git/commits/{{commit_sha}}": "get",
    f"{REPO}/git/blobs": "post",
    f"{REPO}/git/blobs/{{file_sha}}": "get",
    f"{REPO}/contents/{{path}}": "get put delete",
    f"{REPO}/pulls": "get post",
    f"{REPO}/pulls/{{pull_number}}": "get patch",
    f"{REPO}/pulls/{{pull_number}}/commits": "get",
    f"{REPO}/pulls/{{pull_number}}/files": "get",
    f"{REPO}/pulls/{{pull_number}}/merge": "get put",
    f"{REPO}/commits": "get",
    f"{REPO}/commits/{{ref}}": "get",
    f"{REPO}/commits/{{commit_sha}}/pulls": "get",
    f"{REPO}/commits/{{ref}}/status": "get",
    f"{REPO}/commits/{{ref}}/statuses": "get",
    f"{REPO}/commits/{{ref}}/check-runs": "get",
    f"{REPO}/compare/{{basehead}}": "get",
    f"{REPO}/statuses/{{sha}}": "post",
    f"{REPO}/issues": "get",
    f"{REPO}/issues/{{issue_number}}": "get",
    f"{REPO}/issues/{{issue_number}}/comments": "get post",
    f"{REPO}/issues/comments/{{comment_id}}": "get patch delete",
    f"{REPO}/check-runs": "post",
    f"{REPO}/check-runs/{{check_run_id}}": "get patch",
}
PROSE = {"description", "summary", "externalDocs", "example", "examples", "tags", "operationId", "deprecated", "title"}
NAMED = {"properties", "patternProperties", "schemas", "parameters", "responses", "headers", "paths"}


def bare(node: Any, named: bool = False) -> Any:
    """Drop prose; the keys of a mapping of names (say, a property called "description") are no prose."""
    if isinstance(node, list):
        return [bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: bare(value, named=not named and key in NAMED)
        for key, value in node.items()
        if named or (key not in PROSE and not key.startswith("x-"))
    }


def references(node: Any) -> Iterator[str]:
    """Every ``$ref`` below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from references(item)


def successes(operation: dict[str, Any]) -> dict[str, Any]:
    """The bare operation without its error answers; OpenAPI wants each answer described, be it by nothing."""
    kept = {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
    bared = bare(operation | {"responses": kept})
    return bared | {"responses": {code: answer | {"description": ""} for code, answer in bared["responses"].items()}}


def referenced(description: dict[str, Any], paths: dict[str, Any]) -> dict[str, Any]:
    """The components which the paths need, and what those need in turn."""
    kept: dict[str, Any] = {}
    waiting = list(references(paths))
    while waiting:
        _, _, section, name = waiting.pop().split("/")
        if name not in kept.setdefault(section, {}):
            kept[section][name] = bare(description["components"][section][name])
            waiting.extend(references(kept[section][name]))
    return kept


def repaired(description: dict[str, Any]) -> dict[str, Any]:
    """The description without its known defects.

    A check run that has not ended answers ``conclusion: null``, which the enum lacks. The content of a folder is an
    array, yet told from a file by a discriminator, a property of objects. The example of a commit does not fit its
    schema, and goes with all examples.
    """
    contents = description["paths"][f"{REPO}/contents/{{path}}"]["get"]["responses"]["200"]["content"]
    del contents["application/json"]["schema"]["discriminator"]
    conclusion = description["components"]["schemas"]["check-run"]["properties"]["conclusion"]
    conclusion["enum"].append(None)
    return description


def cut(description: dict[str, Any]) -> dict[str, Any]:
    """The slice: the operations above, the components they reference, and nothing to read."""
    paths = {
        path: {method: successes(description["paths"][path][method]) for method in methods.split()}
        for path, methods in OPERATIONS.items()
    }
    return {
        "openapi": description["openapi"],
        "info": {
            "title": "GitHub REST API, slice of @octokit/openapi 23.0.2",
            "version": description["info"]["version"],
        },
        "paths": paths,
        "components": referenced(description, paths),
    }


if __name__ == "__main__":
    whole = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    SLICE.write_text(json.dumps(cut(repaired(whole)), separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
