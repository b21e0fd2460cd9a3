"""The GitHub sandbox: accounts, permissions, errors, pagination, check runs and pages, seen by the real PyGithub."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from github import Auth, BadCredentialsException, Github, GithubException, UnknownObjectException

from gate.sandbox.github import GithubSandbox
from tests.github_hub import NO_WAITS, Hub, running, token


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


def refused(hub: Hub, status: int, /, *request: object, **body: object) -> dict:
    answer = hub.call(*request, **body)
    assert (answer.status_code, answer.json()["status"]) == (status, str(status))
    assert answer.json()["documentation_url"].startswith("https://docs.github.com")
    return answer.json()


def test_a_token_speaks_for_its_account(hub: Hub) -> None:
    user = hub.client("ann").get_user()
    assert (user.login, user.id, user.type) == ("ann", hub.ids["ann"], "User")
    assert hub.client("bob").get_user("ann").id == user.id


def test_an_account_added_twice_keeps_its_id_and_both_tokens(tmp_path: Path) -> None:
    sandbox = GithubSandbox(tmp_path, "http://127.0.0.1:1")
    assert sandbox.add_account("eve", "one") == sandbox.add_account("Eve", "two")
    sandbox.close()


def test_the_installation_of_an_app_is_no_user(hub: Hub) -> None:
    assert refused(hub, 403, "GET", "/user", "ci[bot]")["message"] == "Resource not accessible by integration"
    assert hub.client("ann").get_user("ci[bot]").type == "Bot"


def test_a_wrong_token_is_bad_credentials_and_none_reads_what_is_public(hub: Hub) -> None:
    repo = hub.repository()
    with pytest.raises(BadCredentialsException):
        Github(auth=Auth.Token("wrong"), base_url=f"{hub.url}/api/v3").get_user().login  # noqa: B018
    assert hub.call("GET", f"/repos/{repo.full_name}", None).json()["permissions"]["pull"] is True
    assert refused(hub, 401, "GET", "/user", None)["message"] == "Requires authentication"
    assert refused(hub, 401, "POST", f"/repos/{repo.full_name}/git/refs", None, ref="refs/heads/x", sha="0" * 40)


def test_both_ways_to_write_a_token_are_read(hub: Hub) -> None:
    for scheme in ("token", "Bearer"):
        headers = {"Authorization": f"{scheme} {token('bob')}"}
        assert requests.get(f"{hub.url}/api/v3/user", headers=headers, timeout=9).json()["login"] == "bob"


def test_every_answer_carries_a_request_id_and_the_rate(hub: Hub) -> None:
    headers = hub.call("GET", "/rate_limit").headers
    assert headers["X-GitHub-Request-Id"]
    assert int(headers["X-RateLimit-Remaining"]) > 0
    assert hub.client("ann").get_rate_limit().resources.core.limit == 15000
    assert hub.call("GET", "").json()["current_user_url"] == f"{hub.url}/api/v3/user"


def test_errors_have_the_form_github_gives_them(hub: Hub) -> None:
    repo = hub.repository()
    assert refused(hub, 404, "GET", "/repos/ann/nothing")["message"] == "Not Found"
    assert refused(hub, 404, "GET", "/nowhere")["message"] == "Not Found"
    assert refused(hub, 404, "DELETE", "/user")["message"] == "Not Found"
    assert "wasn't supplied" in refused(hub, 422, "POST", f"/repos/{repo.full_name}/pulls", head="main")["message"]
    assert refused(hub, 422, "POST", "/user/repos", name=repo.name)["errors"][0]["field"] == "name"
    raw = requests.post(
        f"{hub.url}/api/v3/user/repos", data="{", headers={"Authorization": f"token {token('ann')}"}, timeout=9
    )
    assert (raw.status_code, raw.json()["message"]) == (400, "Problems parsing JSON")
    assert refused(hub, 400, "POST", f"/repos/{repo.full_name}/git/blobs", content="\ud800")


def test_a_repository_tells_each_caller_what_it_may(hub: Hub) -> None:
    repo = hub.repository(description="Owls by voice")
    assert (repo.description, repo.default_branch, repo.private) == ("Owls by voice", "main", False)
    assert (repo.permissions.admin, hub.seen_by("bob", repo).permissions.push) == (True, False)
    repo.add_to_collaborators("bob", "push")
    permissions = hub.seen_by("bob", repo).permissions
    assert (permissions.push, permissions.maintain, permissions.admin) == (True, False, False)


def test_of_four_who_make_the_same_repository_one_wins(hub: Hub) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: hub.call("POST", "/user/repos", name="same").status_code, range(4)))
    assert sorted(answers) == [201, 422, 422, 422]


def test_an_organisation_owns_what_is_made_in_it(hub: Hub) -> None:
    made = hub.call("POST", "/orgs/owls/repos", name="nest").json()
    assert (made["owner"]["type"], made["full_name"], made["permissions"]["admin"]) == (
        "Organization",
        "owls/nest",
        True,
    )
    assert refused(hub, 404, "POST", "/orgs/bob/repos", name="nest")


@pytest.mark.parametrize(
    ("granted", "permission", "role"),
    [
        ("pull", "read", "read"),
        ("triage", "read", "triage"),
        ("push", "write", "write"),
        ("maintain", "write", "maintain"),
        ("admin", "admin", "admin"),
    ],
)
def test_the_permission_of_a_collaborator_is_one_of_four_words(
    hub: Hub, granted: str, permission: str, role: str
) -> None:
    repo = hub.repository(private=True)
    repo.add_to_collaborators("bob", granted)
    assert repo.get_collaborator_permission("bob") == permission
    assert repo.get_collaborator_role_name("bob") == role


def test_a_stranger_reads_what_is_public_and_nothing_else(hub: Hub) -> None:
    public, private = hub.repository(), hub.repository(private=True)
    assert (public.get_collaborator_permission("bob"), private.get_collaborator_permission("bob")) == ("read", "none")
    with pytest.raises(UnknownObjectException):
        hub.seen_by("bob", private)
    private.add_to_collaborators("bob", "pull")
    assert hub.seen_by("bob", private).private
    private.remove_from_collaborators("bob")
    with pytest.raises(UnknownObjectException):
        hub.seen_by("bob", private)


def test_an_owner_administers_without_being_a_collaborator(hub: Hub) -> None:
    repo = hub.repository()
    repo.remove_from_collaborators("ann")
    assert repo.get_collaborator_permission("ann") == "admin"


def test_nobody_has_a_permission_who_is_no_user(hub: Hub) -> None:
    with pytest.raises(GithubException) as caught:
        hub.repository().get_collaborator_permission("nobody")
    assert (caught.value.status, caught.value.data["message"]) == (404, "nobody is not a user")


def test_writing_takes_the_role_for_it(hub: Hub) -> None:
    repo = hub.repository()
    path = f"/repos/{repo.full_name}"
    ref = {"ref": "refs/heads/mine", "sha": repo.get_branch("main").commit.sha}
    assert "push access" in refused(hub, 403, "POST", f"{path}/git/refs", "bob", **ref)["message"]
    assert "integration" in refused(hub, 403, "POST", f"{path}/git/refs", "ci[bot]", **ref)["message"]
    repo.add_to_collaborators("bob", "push")
    assert "admin rights" in refused(hub, 403, "PUT", f"{path}/collaborators/owls", "bob", permission="pull")["message"]


def test_a_list_is_walked_page_by_page(hub: Hub) -> None:
    repo = hub.repository()
    head = repo.get_branch("main").commit.sha
    for number in range(7):
        repo.create_git_ref(f"refs/heads/b{number}", head)
    path = f"/repos/{repo.full_name}/branches?per_page=3"
    links = [set(hub.call("GET", f"{path}&page={page}").links) for page in (1, 2, 3)]
    assert links == [{"next", "last"}, {"prev", "first", "next", "last"}, {"prev", "first"}]
    third = requests.get(hub.call("GET", path).links["last"]["url"], timeout=9).json()
    assert [branch["name"] for branch in third] == ["b6", "main"]
    client = hub.client("ann")
    client.per_page = 3
    assert len(list(client.get_repo(repo.full_name).get_branches())) == 8


def test_a_page_holds_a_hundred_at_most(hub: Hub) -> None:
    repo = hub.repository()
    head = repo.get_branch("main").commit.sha
    for number in range(101):
        hub.call("POST", f"/repos/{repo.full_name}/statuses/{head}", state="success", context=f"c{number}")
    answer = hub.call("GET", f"/repos/{repo.full_name}/commits/{head}/statuses?per_page=500")
    assert (len(answer.json()), answer.links["last"]["url"][-6:]) == (100, "page=2")


def test_only_an_app_writes_check_runs(hub: Hub) -> None:
    repo = hub.repository()
    repo.add_to_collaborators("ci[bot]", "push")
    head = repo.get_branch("main").commit.sha
    with pytest.raises(GithubException) as caught:
        repo.create_check_run("gate", head)
    assert caught.value.status == 403
    bots = hub.seen_by("ci[bot]", repo)
    run = bots.create_check_run("gate", head, status="in_progress", output={"title": "t", "summary": "s"})
    assert (run.status, run.conclusion, repo.get_check_run(run.id).output.title) == ("in_progress", None, "t")
    run.edit(status="completed", conclusion="failure")
    assert [(one.name, one.conclusion) for one in repo.get_commit(head).get_check_runs()] == [("gate", "failure")]


def test_a_check_run_that_completes_needs_a_conclusion(hub: Hub) -> None:
    repo = hub.repository()
    repo.add_to_collaborators("ci[bot]", "push")
    head = repo.get_branch("main").commit.sha
    path, body = f"/repos/{repo.full_name}/check-runs", {"name": "gate", "head_sha": head}
    assert "conclusion" in refused(hub, 422, "POST", path, "ci[bot]", **body, status="completed")["message"]
    assert refused(hub, 422, "POST", path, "ci[bot]", **body, conclusion="fine")["errors"][0]["field"] == "conclusion"
    long = {"title": "t", "summary": "x" * 65536}
    assert "65535" in refused(hub, 422, "POST", path, "ci[bot]", **body, output=long)["message"]


def test_pages_show_foreign_text_as_text(hub: Hub) -> None:
    repo = hub.repository()
    head = repo.get_branch("main").commit.sha
    repo.create_git_ref("refs/heads/work", head)
    repo.create_file("a/b.txt", "Add", "<b>bold</b>", branch="work")
    pull = repo.create_pull("main", "work", title="<script>alert(1)</script>", body="Why")
    pull.create_issue_comment("<img src=x>")
    repo.get_commit(pull.head.sha).create_status("success", context="gate", description="fine")
    page = requests.get(pull.html_url, timeout=9).text
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "&lt;img src=x&gt;" in page
    assert "gate: success (fine)" in page
    pages = {
        repo.html_url: "work",
        f"{repo.html_url}/commit/{pull.head.sha}": "a/b.txt",
        f"{repo.html_url}/compare/main...work": "added a/b.txt",
        f"{repo.html_url}/blob/work/a/b.txt": "&lt;b&gt;bold",
    }
    for address, text in pages.items():
        assert text in requests.get(address, timeout=9).text
    for address in (f"{repo.html_url}/blob/work/a/%2e%2e/%2e%2e/x", f"{repo.html_url}/pull/2"):
        assert requests.get(address, timeout=9).status_code == 404


def test_pages_of_private_repositories_are_not_there(hub: Hub) -> None:
    assert requests.get(hub.repository(private=True).html_url, timeout=9).status_code == 404


SERVER = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from gate.sandbox.github import GithubSandbox
from gate.sandbox.serve import serve

def build(url):
    sandbox = GithubSandbox(Path(sys.argv[1]), url)
    sandbox.add_account("ann", "token-of-ann")
    return sandbox.app

with serve(build) as url:
    print(url, flush=True)
    time.sleep(60)
"""


def test_a_killed_server_has_lost_nothing_it_acknowledged(tmp_path: Path) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    client = Github(auth=Auth.Token(token("ann")), base_url=f"{server.stdout.readline().strip()}/api/v3", **NO_WAITS)
    repo = client.get_user().create_repo("kept", auto_init=True)
    repo.create_file("seen.txt", "Add", "seen")
    head = repo.get_branch("main").commit.sha
    repo.get_commit(head).create_status("success", context="gate")
    os.kill(server.pid, signal.SIGKILL)
    server.communicate()
    with running(tmp_path) as hub:
        again = hub.client("ann").get_repo("ann/kept")
        assert again.get_contents("seen.txt").decoded_content == b"seen"
        assert again.get_commit(head).get_combined_status().state == "success"
