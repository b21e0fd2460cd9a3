"""Small read-only pages behind the addresses the API hands out; for public repositories only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gate.sandbox.github import history, pulls, statuses
from gate.sandbox.github.bare import Bare
from gate.sandbox.github.repositories import Repository
from gate.sandbox.github.world import World

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
COMMENTS = "SELECT * FROM comments WHERE repo = ? AND number = ? ORDER BY id"
SAFE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "X-Content-Type-Options": "nosniff"}

Page = Callable[[World, Repository, Bare, dict[str, Any]], dict[str, Any] | None]


def page_routes(world: World) -> list[Route]:
    """Every page."""
    return [Route(f"/{{owner}}/{{repo}}{path}", _endpoint(world, page)) for path, page in PAGES.items()]


def _endpoint(world: World, page: Page) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        at = request.path_params
        repo = world.repositories.named(at["owner"], at["repo"])
        shown = page(world, repo, world.repositories.git(repo), at) if repo and not repo.private else None
        if repo is None or shown is None:
            return HTMLResponse("<h1>404</h1><p>Not found</p>", 404, SAFE)
        html = TEMPLATES.get_template("page.html").render(repo=repo, home=world.repositories.html(repo), **shown)
        return HTMLResponse(html, headers=SAFE)

    return endpoint


def _repository(world: World, repo: Repository, bare: Bare, at: dict[str, Any]) -> dict[str, Any]:
    branches = [name.removeprefix("refs/heads/") for name in bare.refs("refs/heads/")]
    opened = [pull for pull in pulls.every(world, repo) if pull.state == "open"]
    return {"title": repo.full_name, "body": repo.description, "branches": branches, "pulls": opened}


def _pull(world: World, repo: Repository, bare: Bare, at: dict[str, Any]) -> dict[str, Any] | None:
    pull = pulls.find(world, repo, at["number"])
    if pull is None:
        return None
    return {
        "title": f"{pull.title} #{pull.number}",
        "state": "merged" if pull.merged_at else pull.state,
        "author": world.accounts.numbered(pull.author).login,
        "body": pull.body,
        "commits": [bare.commit(sha) for sha in history.between(bare, pull.base_sha, pull.head_sha)],
        "statuses": statuses.newest(world, repo, pull.head_sha),
        "comments": [
            {"author": world.accounts.numbered(row["author"]).login, "body": row["body"]}
            for row in world.store.rows(COMMENTS, repo.id, pull.number)
        ],
    }


def _commit(world: World, repo: Repository, bare: Bare, at: dict[str, Any]) -> dict[str, Any] | None:
    sha = bare.revision(at["sha"])
    if sha is None:
        return None
    commit = bare.commit(sha)
    return {
        "title": sha,
        "author": commit.author.name,
        "body": commit.message,
        "files": history.changes(bare, next(iter(commit.parents), None), sha),
        "statuses": statuses.newest(world, repo, sha),
    }


def _compare(world: World, repo: Repository, bare: Bare, at: dict[str, Any]) -> dict[str, Any] | None:
    base, _, head = at["basehead"].partition("...")
    one, other = bare.revision(base), bare.revision(head)
    point = history.base_of(bare, one, other) if one and other else None
    if one is None or other is None or point is None:
        return None
    commits = [bare.commit(sha) for sha in history.between(bare, one, other)]
    return {"title": f"{base}...{head}", "commits": commits, "files": history.changes(bare, point, other)}


def _blob(world: World, repo: Repository, bare: Bare, at: dict[str, Any]) -> dict[str, Any] | None:
    """The address does not say where the name of the branch ends: the shortest that exists is taken."""
    parts = at["rest"].split("/")
    for end in range(1, len(parts)):
        sha, path = bare.revision("/".join(parts[:end])), "/".join(parts[end:])
        found = bare.at(sha, path) if sha else None
        if found is not None and found.kind == "blob":
            return {"title": path, "body": found.data.decode(errors="replace")}
    return None


PAGES: dict[str, Page] = {
    "": _repository,
    "/pull/{number}": _pull,
    "/commit/{sha}": _commit,
    "/compare/{basehead:path}": _compare,
    "/blob/{rest:path}": _blob,
}
