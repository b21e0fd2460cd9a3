"""Where PyGithub or GitHub behave otherwise than one expects: the forge meets each, over real requests."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from gate.ports import Absent, Forge, Passing, ServiceError
from tests.small_world import REPOSITORY, SmallWorld

MARKER = "<!-- gate -->"
NOBODY = "http://127.0.0.1:9/api/v3"  # the port of discard, where nothing listens
MOVED = {"message": "Moved Permanently", "url": "http://127.0.0.1/repositories/7", "documentation_url": ""}

WRITES: dict[str, tuple[str, Callable[[Forge, str, int], object]]] = {
    "status": (
        "POST /api/v3/repos/skyline/owls/statuses/",
        lambda f, sha, n: f.post_status(sha, "x", "failure", "", ""),
    ),
    "comment": ("POST /api/v3/repos/skyline/owls/issues/", lambda f, sha, n: f.comment(n, MARKER, MARKER)),
    "file": ("PUT /api/v3/repos/skyline/owls/contents/", lambda f, sha, n: f.write("a", "1", "main", "m", None)),
    "branch": ("POST /api/v3/repos/skyline/owls/git/trees", lambda f, sha, n: f.start_branch("new", "#")),
}


def requests_of(owls: SmallWorld, before: int, method: str = "") -> list[str]:
    return [heard.line for heard in owls.forge.heard[before:] if heard.line.startswith(method)]


@pytest.mark.parametrize("kind", WRITES)
def test_a_write_to_a_renamed_repository_is_not_taken_for_done(owls: SmallWorld, kind: str) -> None:
    """307 to a POST: PyGithub follows nothing, raises nothing, and answers an object full of None."""
    where, write = WRITES[kind]
    pull = owls.pull("Try")
    there = {"Location": f"{owls.environment['GITHUB_API_URL']}/repositories/7"}
    owls.forge.answer(where, "", JSONResponse(MOVED, 307, there))
    with pytest.raises(Passing):
        write(owls.connect().forge, pull.head.sha, pull.number)


def test_an_edit_in_a_renamed_repository_is_not_taken_for_done(owls: SmallWorld) -> None:
    number, forge = owls.pull("Try").number, owls.connect().forge
    forge.comment(number, MARKER, f"{MARKER} one")
    owls.forge.answer("PATCH /api/v3/repos/skyline/owls/issues/comments/", "", JSONResponse(MOVED, 307))
    with pytest.raises(Passing):
        forge.comment(number, MARKER, f"{MARKER} two")


@pytest.mark.parametrize("kind", WRITES)
def test_a_write_is_sent_once_whatever_becomes_of_its_answer(owls: SmallWorld, kind: str) -> None:
    where, write = WRITES[kind]
    pull = owls.pull("Try")
    owls.forge.fail(where, status=502, applied=True)
    before = len(owls.forge.heard)
    with pytest.raises(Passing):
        write(owls.connect().forge, pull.head.sha, pull.number)
    assert (
        len([line for line in requests_of(owls, before) if line.startswith(where.split("/")[0]) and where in line]) == 1
    )


def test_comments_that_were_doubled_once_become_one_again(owls: SmallWorld) -> None:
    number = owls.pull("Try").number
    url = f"{owls.environment['GITHUB_API_URL']}/repos/{REPOSITORY}/issues/{number}/comments"
    for text in ("one", "one"):
        head = {"Authorization": "token token-gate-bot"}
        requests.post(url, json={"body": f"{MARKER} {text}"}, headers=head, timeout=20).raise_for_status()
    forge = owls.connect().forge
    assert forge.comment(number, MARKER, f"{MARKER} two") == forge.comment(number, MARKER, f"{MARKER} two")
    assert [found["body"] for found in requests.get(url, timeout=20).json()] == [f"{MARKER} two"]


def test_an_answer_that_was_lost_leaves_one_comment_when_it_is_tried_again(owls: SmallWorld) -> None:
    number, forge = owls.pull("Try").number, owls.connect().forge
    owls.forge.fail("POST /api/v3/repos/skyline/owls/issues/", status=502, applied=True)
    with pytest.raises(Passing):
        forge.comment(number, MARKER, MARKER)
    forge.comment(number, MARKER, f"{MARKER} two")
    assert [one.body for one in owls.as_user("mira").get_issue(number).get_comments()] == [f"{MARKER} two"]


def test_our_comment_is_found_on_the_third_page(owls: SmallWorld) -> None:
    number = owls.pull("Try").number
    session = requests.Session()
    session.headers["Authorization"] = "token token-mira"
    url = f"{owls.environment['GITHUB_API_URL']}/repos/{REPOSITORY}/issues/{number}/comments"
    for count in range(200):
        session.post(url, json={"body": f"{MARKER} not yours {count}"}, timeout=20).raise_for_status()
    forge = owls.connect().forge
    first = forge.comment(number, MARKER, f"{MARKER} one")
    before = len(owls.forge.heard)
    assert forge.comment(number, MARKER, f"{MARKER} two") == first
    assert [line.split()[0] for line in requests_of(owls, before) if "/comments" in line] == ["GET"] * 3 + ["PATCH"]


@pytest.mark.parametrize("others", [29, 30, 100, 201])
def test_a_status_is_found_behind_those_of_others(owls: SmallWorld, others: int) -> None:
    """The combined status has pages of 30; what is missed would be posted again, or called pending for ever."""
    forge, commit = owls.connect().forge, owls.main()
    forge.post_status(commit, "model-gate", "success", "", "")
    session = requests.Session()
    session.headers["Authorization"] = "token token-mira"
    url = f"{owls.environment['GITHUB_API_URL']}/repos/{REPOSITORY}/statuses/{commit}"
    for number in range(others):
        session.post(url, json={"state": "pending", "context": f"ci/{number}"}, timeout=20).raise_for_status()
    assert forge.status(commit, "model-gate") == "success"


def test_retries_that_are_used_up_are_a_failure_that_may_pass(owls: SmallWorld) -> None:
    for _ in range(3):
        owls.forge.fail("/pulls/7", status=502)
    with pytest.raises(Passing) as caught:
        owls.connect().forge.pull(7)
    assert isinstance(caught.value.__cause__, requests.exceptions.RetryError)


def test_a_refused_connection_is_a_failure_that_may_pass(owls: SmallWorld) -> None:
    with pytest.raises(Passing) as caught:
        owls.connect(GITHUB_API_URL=NOBODY).forge.repository()
    assert isinstance(caught.value.__cause__, requests.exceptions.ConnectionError)


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [(403, {"Retry-After": "3600"}, 3600), (429, {"Retry-After": "3600"}, 3600), (429, {}, 60)],
    ids=["403 for an hour", "429 for an hour", "429 without a time"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_waits_an_hour_for_a_rate_limit(
    owls: SmallWorld, method: str, status: int, headers: dict[str, str], wait: float
) -> None:
    forge, commit = owls.connect().forge, owls.main()
    limited = JSONResponse({"message": "You have exceeded a secondary rate limit."}, status, headers)
    for _ in range(3):
        owls.forge.answer(f"{method} /api/v3/repos/skyline/owls/", "", limited)
    begin = time.monotonic()
    with pytest.raises(Passing) as caught:
        forge.status(commit, "x") if method == "GET" else forge.post_status(commit, "x", "failure", "", "")
    assert caught.value.wait == wait
    assert time.monotonic() - begin < 15


@pytest.mark.parametrize("message", ["nobody is not a user", "Not Found"])
def test_whoever_is_no_user_is_an_answer_whatever_the_sentence(owls: SmallWorld, message: str) -> None:
    """PyGithub has a class of its own for 404 only where the sentence is "Not Found"."""
    owls.forge.answer("/collaborators/nobody/permission", "", JSONResponse({"message": message}, 404))
    with pytest.raises(Absent):
        owls.connect().forge.account("nobody")


def test_an_address_that_github_does_not_call_itself_by_is_said(owls: SmallWorld) -> None:
    """PyGithub asserts that the addresses in answers are on the host that was asked."""
    forge = owls.connect(GITHUB_API_URL=owls.environment["GITHUB_API_URL"].replace("127.0.0.1", "localhost")).forge
    number = owls.pull("Try").number
    forge.comment(number, MARKER, MARKER)
    with pytest.raises(ServiceError, match="GITHUB_API_URL"):
        forge.comment(number, MARKER, f"{MARKER} two")


def test_writes_are_not_slowed_down_by_a_second_each(owls: SmallWorld) -> None:
    forge, commit = owls.connect().forge, owls.main()
    begin = time.monotonic()
    for number in range(12):
        forge.post_status(commit, f"x{number}", "success", "", "")
    assert time.monotonic() - begin < 11


def test_a_status_costs_one_request_on_the_route_of_today(owls: SmallWorld) -> None:
    forge, commit = owls.connect().forge, owls.main()
    root, before = f"/api/v3/repos/{REPOSITORY}", len(owls.forge.heard)
    forge.post_status(commit, "x", "success", "", "")
    forge.status(commit, "x")
    forge.statuses(commit, "x")
    assert requests_of(owls, before) == [
        f"POST {root}/statuses/{commit}",
        f"GET {root}/commits/{commit}/status",
        f"GET {root}/commits/{commit}/statuses",
    ]


def test_a_pull_request_whose_fork_was_deleted_is_read_without_its_merge_commit(owls: SmallWorld) -> None:
    number = owls.pull("Try").number
    url = f"{owls.environment['GITHUB_API_URL']}/repos/{REPOSITORY}/pulls/{number}"
    body = requests.get(url, timeout=20).json()
    body["head"]["repo"] = None
    del body["merge_commit_sha"]  # later versions of the API have it no more
    owls.forge.answer(f"/pulls/{number}", "", JSONResponse(body))
    found = owls.connect().forge.pull(number)
    assert (found.fork, found.repositories) == (True, (owls.clone_url, body["base"]["repo"]["ssh_url"]))


def test_every_request_names_the_version_of_the_api(owls: SmallWorld) -> None:
    asked: list[dict[bytes, bytes]] = []

    async def remembering(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(dict(scope["headers"]))
        await Response(status_code=404)(scope, receive, send)

    owls.forge.answer("/pulls/7", "", remembering)
    with pytest.raises((Absent, ServiceError)):
        owls.connect().forge.pull(7)
    assert asked[0][b"x-github-api-version"] == b"2022-11-28"


def test_the_gate_makes_no_tokens_of_apps(owls: SmallWorld) -> None:
    """Their default permissions would be none; it takes the token that it is given."""
    files = (Path(__file__).parents[1] / "gate" / "adapters").glob("*.py")
    names: set[Any] = {getattr(node, "attr", None) for file in files for node in ast.walk(ast.parse(file.read_text()))}
    assert "Token" in names
    assert not names & {"AppAuth", "AppInstallationAuth", "get_installation_auth"}
