"""The GitHub sandbox: pull requests, their statuses, comments and merges, seen by the real PyGithub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from github import GithubException
from github.PullRequest import PullRequest
from github.Repository import Repository

from tests.github_hub import Hub, running


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


def opened(repo: Repository, branch: str = "work", text: str = "a\nb\n") -> PullRequest:
    """A pull request that adds one file of its own."""
    repo.create_git_ref(f"refs/heads/{branch}", repo.get_branch("main").commit.sha)
    repo.create_file(f"{branch}.txt", f"Add {branch}", text, branch=branch)
    return repo.create_pull("main", branch, title=f"Add {branch}", body="Because")


def protect(hub: Hub, repo: Repository, *contexts: str, strict: bool = False) -> None:
    """Require contexts on main; PyGithub would send null for each switch it leaves out, which is no boolean."""
    body = {
        "required_status_checks": {"strict": strict, "contexts": contexts},
        "enforce_admins": True,
        "required_pull_request_reviews": None,
        "restrictions": None,
    }
    assert hub.call("PUT", f"/repos/{repo.full_name}/branches/main/protection", **body).status_code == 200


def refusal(status: int, call: object, *arguments: object, **named: object) -> str:
    with pytest.raises(GithubException) as caught:
        call(*arguments, **named)
    assert caught.value.status == status
    errors = caught.value.data.get("errors", [])
    return " ".join([caught.value.data["message"], *(error.get("message", "") for error in errors)])


def test_a_pull_request_shows_what_it_brings(hub: Hub) -> None:
    repo = hub.repository()
    pull = opened(repo)
    assert (pull.number, pull.title, pull.state, pull.user.login, pull.merged) == (1, "Add work", "open", "ann", False)
    assert (pull.mergeable, pull.commits, pull.changed_files, pull.additions, pull.deletions) == (True, 1, 1, 2, 0)
    assert [commit.commit.message for commit in pull.get_commits()] == ["Add work"]
    assert [file.filename for file in pull.get_files()] == ["work.txt"]
    assert [one.number for one in repo.get_commit(pull.head.sha).get_pulls()] == [1]
    assert repo.get_issue(1).pull_request.html_url == pull.html_url
    assert [issue.number for issue in repo.get_issues()] == [1]


def test_a_pull_request_follows_its_branch(hub: Hub) -> None:
    repo = hub.repository()
    pull = opened(repo)
    repo.create_file("more.txt", "More", "more", branch="work")
    tip = repo.get_branch("work").commit.sha
    assert (repo.get_pull(1).head.sha, repo.get_pull(1).commits) == (tip, 2)
    repo.get_git_ref("heads/work").edit(pull.head.sha, force=True)
    assert (repo.get_pull(1).head.sha, repo.get_pull(1).commits) == (pull.head.sha, 1)
    repo.get_git_ref("heads/work").delete()
    assert (repo.get_pull(1).state, repo.get_pull(1).head.sha) == ("closed", pull.head.sha)


def test_a_pull_request_is_opened_once_and_only_with_commits(hub: Hub) -> None:
    repo = hub.repository()
    opened(repo)
    assert "already exists for ann:work" in refusal(422, repo.create_pull, "main", "work", title="Again")
    repo.create_git_ref("refs/heads/same", repo.get_branch("main").commit.sha)
    assert "No commits between main and same" in refusal(422, repo.create_pull, "main", "same", title="Same")
    assert "Validation Failed" in refusal(422, repo.create_pull, "main", "nowhere", title="None")
    assert "Validation Failed" in refusal(422, repo.create_pull, "nowhere", "work", title="None")


def test_pull_requests_are_listed_by_state_head_and_base(hub: Hub) -> None:
    repo = hub.repository()
    for branch in ("one", "two", "three"):
        opened(repo, branch)
    repo.get_pull(2).edit(state="closed", title="Closed")
    assert [pull.number for pull in repo.get_pulls()] == [3, 1]
    assert [pull.number for pull in repo.get_pulls(state="all", sort="created", direction="asc")] == [1, 2, 3]
    assert [pull.title for pull in repo.get_pulls(state="closed")] == ["Closed"]
    assert [pull.number for pull in repo.get_pulls(head="ann:three")] == [3]
    assert list(repo.get_pulls(base="other")) == []
    repo.get_pull(2).edit(state="open")
    assert repo.get_pulls().totalCount == 3


def test_a_pull_request_is_changed_by_its_author_or_a_writer(hub: Hub) -> None:
    repo = hub.repository()
    opened(repo)
    assert "push access" in refusal(403, hub.seen_by("bob", repo).get_pull(1).edit, title="Mine")
    repo.get_pull(1).edit(title="New", body="Text")
    assert (repo.get_pull(1).title, repo.get_pull(1).body) == ("New", "Text")


def test_a_fork_asks_to_be_pulled_from(hub: Hub) -> None:
    repo = hub.repository()
    fork = hub.seen_by("bob", repo).create_fork()
    assert (fork.fork, fork.parent.full_name, fork.owner.login) == (True, repo.full_name, "bob")
    fork.create_file("theirs.txt", "Theirs", "x", branch="main")
    pull = hub.seen_by("bob", repo).create_pull("main", "bob:main", title="From a fork")
    assert (pull.head.repo.full_name, pull.base.repo.full_name) == (fork.full_name, repo.full_name)
    assert (pull.head.label, pull.mergeable, pull.changed_files) == ("bob:main", True, 1)
    tip = fork.create_file("more.txt", "More", "y", branch="main")["commit"].sha
    repo.get_commit(tip).create_status("success", context="gate")
    assert repo.get_pull(1).head.sha == tip
    assert repo.compare("main", "bob:main").ahead_by == 2
    assert hub.seen_by("bob", repo).permissions.push is False


def test_a_merge_brings_both_sides_together(hub: Hub) -> None:
    repo = hub.repository()
    pull = opened(repo)
    repo.create_file("main.txt", "Main", "m")
    merged = repo.get_pull(1).merge()
    assert merged.merged
    commit = repo.get_commit("main")
    assert (commit.sha, len(commit.parents)) == (merged.sha, 2)
    assert commit.commit.message.startswith("Merge pull request #1 from ann/work\n\nAdd work")
    assert {file.path for file in repo.get_contents("")} == {"README.md", "main.txt", "work.txt"}
    after = repo.get_pull(1)
    assert (after.merged, after.merged_by.login, after.state, after.is_merged()) == (True, "ann", "closed", True)
    assert (after.commits, after.changed_files, after.head.sha) == (1, 1, pull.head.sha)
    assert hub.call("GET", f"/repos/{repo.full_name}/pulls/1").json()["mergeable"] is None


def test_a_squash_leaves_one_commit(hub: Hub) -> None:
    repo = hub.repository()
    pull = opened(repo)
    repo.create_file("more.txt", "More", "x", branch="work")
    repo.get_pull(pull.number).merge(merge_method="squash")
    commit = repo.get_commit("main")
    assert (len(commit.parents), commit.commit.message) == (1, "Add work (#1)\n\nBecause")


def test_a_merge_needs_the_head_it_was_asked_for(hub: Hub) -> None:
    repo = hub.repository()
    pull = opened(repo)
    repo.create_file("more.txt", "More", "x", branch="work")
    assert "Head branch was modified" in refusal(409, pull.merge, sha=pull.head.sha)
    assert repo.get_pull(1).merge(sha=repo.get_branch("work").commit.sha).merged
    assert "not mergeable" in refusal(405, repo.get_pull(1).merge)


def test_what_conflicts_is_not_merged(hub: Hub) -> None:
    repo = hub.repository()
    opened(repo)
    repo.create_file("work.txt", "Otherwise", "different")
    pull = repo.get_pull(1)
    assert (pull.mergeable, pull.mergeable_state) == (False, "dirty")
    assert "not mergeable" in refusal(405, pull.merge)


def test_a_required_status_keeps_a_merge_back(hub: Hub) -> None:
    repo = hub.repository()
    pull = opened(repo)
    protect(hub, repo, "Gate")
    assert repo.get_branch("main").protected
    assert repo.get_branch("main").get_required_status_checks().contexts == ["Gate"]
    assert 'Required status check "Gate" is expected.' in refusal(405, pull.merge)
    commit = repo.get_commit(pull.head.sha)
    for state in ("pending", "failure", "error"):
        commit.create_status(state, context="gate")
        assert f'"Gate" is {state}' in refusal(405, pull.merge)
    commit.create_status("success", context="gate")
    assert pull.merge().merged


def test_the_protection_of_a_branch_is_read_as_it_was_set(hub: Hub) -> None:
    repo = hub.repository()
    protect(hub, repo, "Gate", "lint", strict=True)
    protection = repo.get_branch("main").get_protection()
    required = protection.required_status_checks
    assert (required.strict, required.contexts, protection.enforce_admins) == (True, ["Gate", "lint"], True)
    protect(hub, repo, "lint")
    required = repo.get_branch("main").get_protection().required_status_checks
    assert (required.strict, required.contexts) == (False, ["lint"])


def test_a_branch_without_protection_says_so(hub: Hub) -> None:
    repo = hub.repository()
    main = repo.get_branch("main")
    assert refusal(404, main.get_protection) == "Branch not protected"
    assert refusal(404, main.get_required_status_checks) == "Branch not protected"
    nowhere = hub.call("GET", f"/repos/{repo.full_name}/branches/nowhere/protection")
    assert (nowhere.status_code, nowhere.json()["message"]) == (404, "Branch not found")


def test_a_protection_is_for_administrators_to_read(hub: Hub) -> None:
    repo = hub.repository()
    repo.add_to_collaborators("bob", "push")
    protect(hub, repo, "gate")
    assert "admin rights" in refusal(403, hub.seen_by("bob", repo).get_branch("main").get_protection)


def test_a_required_check_run_satisfies_when_skipped(hub: Hub) -> None:
    repo = hub.repository()
    repo.add_to_collaborators("ci[bot]", "push")
    pull = opened(repo)
    protect(hub, repo, "gate")
    run = hub.seen_by("ci[bot]", repo).create_check_run("gate", pull.head.sha)
    assert "is pending" in refusal(405, pull.merge)
    run.edit(conclusion="skipped")
    assert pull.merge().merged


def test_a_strict_protection_wants_the_branch_up_to_date(hub: Hub) -> None:
    repo = hub.repository()
    pull = opened(repo)
    protect(hub, repo, strict=True)
    repo.create_file("main.txt", "Main", "m")
    assert "not up to date" in refusal(405, pull.merge)


def test_the_newest_status_of_each_context_counts(hub: Hub) -> None:
    repo = hub.repository()
    commit = repo.get_commit("main")
    assert commit.get_combined_status().state == "pending"
    commit.create_status("failure", context="gate", description="no", target_url="https://example.org/1")
    assert commit.get_combined_status().state == "failure"
    made = commit.create_status("success", context="GATE")
    assert (made.creator.login, made.description, made.target_url) == ("ann", None, None)
    commit.create_status("pending", context="other")
    combined = commit.get_combined_status()
    assert (combined.state, combined.total_count) == ("pending", 2)
    assert {(one.context, one.state) for one in combined.statuses} == {("GATE", "success"), ("other", "pending")}
    history = hub.call("GET", f"/repos/{repo.full_name}/commits/{commit.sha}/statuses?per_page=2").json()
    assert [(one["context"], one["state"]) for one in history] == [("other", "pending"), ("GATE", "success")]


def test_a_status_is_refused_that_github_would_refuse(hub: Hub) -> None:
    repo = hub.repository()
    commit = repo.get_commit("main")
    assert "state is not included in the list" in refusal(422, commit.create_status, "passed")
    assert "maximum is 140" in refusal(422, commit.create_status, "success", description="x" * 141)
    assert commit.create_status("success", description="x" * 140).state == "success"
    assert "maximum is 255" in refusal(422, commit.create_status, "success", context="x" * 256)
    unknown = hub.call("POST", f"/repos/{repo.full_name}/statuses/{'1' * 40}", state="success")
    assert unknown.json()["errors"][0]["message"] == f"No commit found for SHA: {'1' * 40}"


def test_a_context_takes_a_thousand_statuses(hub: Hub) -> None:
    repo = hub.repository()
    path = f"/repos/{repo.full_name}/statuses/{repo.get_branch('main').commit.sha}"
    answers = [hub.call("POST", path, state="success", context="gate").status_code for _ in range(1001)]
    assert answers == [201] * 1000 + [422]
    assert hub.call("POST", path, state="success", context="other").status_code == 201


def test_a_comment_is_written_changed_and_removed(hub: Hub) -> None:
    repo = hub.repository()
    pull = opened(repo)
    comment = pull.create_issue_comment("First")
    hub.seen_by("bob", repo).get_pull(1).create_issue_comment("Second")
    assert [(one.body, one.user.login) for one in pull.get_issue_comments()] == [("First", "ann"), ("Second", "bob")]
    comment.edit("Changed")
    assert pull.get_issue_comment(comment.id).body == "Changed"
    assert repo.get_pull(1).comments == 2
    comment.delete()
    assert [one.body for one in repo.get_issue(1).get_comments()] == ["Second"]


def test_a_comment_belongs_to_its_author_and_to_writers(hub: Hub) -> None:
    repo = hub.repository()
    mine = opened(repo).create_issue_comment("Mine")
    bobs = hub.seen_by("bob", repo).get_pull(1)
    assert "push access" in refusal(403, bobs.get_issue_comment(mine.id).edit, "Yours")
    own = bobs.create_issue_comment("Own")
    own.edit("Still own")
    repo.get_pull(1).get_issue_comment(own.id).delete()
    assert [one.body for one in bobs.get_issue_comments()] == ["Mine"]


def test_a_comment_has_a_body_of_at_most_65536_characters(hub: Hub) -> None:
    pull = opened(hub.repository())
    assert pull.create_issue_comment("é" * 65536).body == "é" * 65536
    assert "maximum is 65536" in refusal(422, pull.create_issue_comment, "x" * 65537)
    assert "Validation Failed" in refusal(422, pull.create_issue_comment, " ")
    assert refusal(404, pull.get_issue_comment, 12345) == "Not Found"
