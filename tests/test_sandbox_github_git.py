"""The GitHub sandbox: files, trees, references, history and git itself, seen by PyGithub and the git client."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from github import GithubException, InputGitTreeElement, UnknownObjectException
from github.Repository import Repository

from tests.github_hub import Hub, base64, running

IDENTITY = ("-c", "user.name=Ann", "-c", "user.email=ann@users.noreply.sandbox.example")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


def tip(repo: Repository, branch: str = "main") -> str:
    return repo.get_branch(branch).commit.sha


def orphan(repo: Repository, branch: str, **files: str) -> str:
    """A branch that shares no history with any other."""
    tree = repo.create_git_tree([InputGitTreeElement(name, "100644", "blob", text) for name, text in files.items()])
    commit = repo.create_git_commit(f"Start {branch}", tree, [])
    return repo.create_git_ref(f"refs/heads/{branch}", commit.sha).object.sha


def git(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    where = ["-C", str(folder)] if folder else []
    command = ["git", *where, "-c", "credential.helper=", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"})


def test_a_file_is_written_read_changed_and_deleted(hub: Hub) -> None:
    repo = hub.repository()
    made = repo.create_file("deep/er/a b.txt", "Add", "one")
    assert repo.get_contents("deep/er/a b.txt").decoded_content == b"one"
    changed = repo.update_file("deep/er/a b.txt", "Change", b"\x00two", made["content"].sha)
    assert repo.get_contents("deep/er/a b.txt").decoded_content == b"\x00two"
    assert repo.get_contents("deep/er/a b.txt", ref=made["commit"].sha).decoded_content == b"one"
    repo.delete_file("deep/er/a b.txt", "Remove", changed["content"].sha)
    assert [file.path for file in repo.get_contents("")] == ["README.md"]
    assert repo.get_commit(tip(repo)).commit.message == "Remove"


def test_a_folder_lists_its_files(hub: Hub) -> None:
    repo = hub.repository()
    repo.create_file("box/a.txt", "Add", "a")
    repo.create_file("box/in/b.txt", "Add", "bb")
    assert [(one.path, one.type, one.size) for one in repo.get_contents("box")] == [
        ("box/a.txt", "file", 1),
        ("box/in", "dir", 0),
    ]


def test_a_large_file_comes_without_its_content(hub: Hub) -> None:
    repo = hub.repository()
    made = repo.create_file("large.bin", "Add", b"x" * (1024 * 1024 + 1))
    answer = hub.call("GET", f"/repos/{repo.full_name}/contents/large.bin").json()
    assert (answer["content"], answer["encoding"], answer["size"]) == ("", "none", 1024 * 1024 + 1)
    assert repo.get_git_blob(made["content"].sha).size == 1024 * 1024 + 1


def test_a_file_is_only_replaced_by_who_saw_it(hub: Hub) -> None:
    repo = hub.repository()
    seen = repo.create_file("a.txt", "Add", "one")["content"].sha
    path = f"/repos/{repo.full_name}/contents/a.txt"
    blind = hub.call("PUT", path, message="m", content=base64("two"))
    assert (blind.status_code, blind.json()["message"]) == (422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    repo.update_file("a.txt", "Change", "two", seen)
    for method, body in (("PUT", {"content": base64("three")}), ("DELETE", {})):
        late = hub.call(method, path, message="m", sha=seen, **body)
        assert (late.status_code, late.json()["message"]) == (409, f"a.txt does not match {seen}")
    assert repo.get_contents("a.txt").decoded_content == b"two"


def test_a_file_is_not_written_to_a_branch_that_is_not_there(hub: Hub) -> None:
    repo = hub.repository()
    with pytest.raises(UnknownObjectException) as caught:
        repo.create_file("a.txt", "Add", "a", branch="nowhere")
    assert caught.value.data["message"] == "Branch nowhere not found"
    with pytest.raises(GithubException, match="No commit found for the ref nowhere"):
        repo.get_contents("README.md", ref="nowhere")


def test_the_first_file_begins_an_empty_repository(hub: Hub) -> None:
    repo = hub.repository(auto_init=False)
    repo.create_file("a.txt", "Begin", "a")
    assert [commit.commit.message for commit in repo.get_commits()] == ["Begin"]


def test_of_eight_writers_who_saw_the_same_file_one_wins(hub: Hub) -> None:
    repo = hub.repository()
    seen = repo.create_file("ledger", "Start", "0")["content"].sha
    for turn in range(3):
        before = repo.get_commits().totalCount

        def write(number: int, seen: str = seen, turn: int = turn) -> int:
            body = {"message": f"Write {number}", "content": base64(f"{turn} {number}"), "sha": seen}
            return hub.call("PUT", f"/repos/{repo.full_name}/contents/ledger", **body).status_code

        with ThreadPoolExecutor(8) as pool:
            answers = sorted(pool.map(write, range(1, 9)))
        assert answers == [200] + [409] * 7
        assert repo.get_commits().totalCount == before + 1
        seen = repo.get_contents("ledger").sha


def test_of_eight_writers_of_a_new_file_one_wins(hub: Hub) -> None:
    repo = hub.repository()

    def write(number: int) -> int:
        body = {"message": "Claim", "content": base64(str(number))}
        return hub.call("PUT", f"/repos/{repo.full_name}/contents/claim", **body).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(write, range(8)))
    assert answers[0] == 201
    assert set(answers[1:]) <= {409, 422}
    assert repo.get_commits().totalCount == 2


def test_a_branch_without_ancestors_grows_from_trees(hub: Hub) -> None:
    repo = hub.repository()
    sha = orphan(repo, "ledger", a="1", b="2")
    assert [file.path for file in repo.get_contents("", ref="ledger")] == ["a", "b"]
    assert [commit.sha for commit in repo.get_commits(sha="ledger")] == [sha]
    with pytest.raises(UnknownObjectException):
        repo.compare("main", "ledger")


def test_a_tree_is_built_onto_another(hub: Hub) -> None:
    repo = hub.repository()
    orphan(repo, "base", keep="k", drop="d")
    blob = repo.create_git_blob("deep", "utf-8")
    changes = [
        InputGitTreeElement("x/y/deep.txt", "100644", "blob", sha=blob.sha),
        InputGitTreeElement("drop", "100644", "blob", sha=None),
    ]
    tree = repo.create_git_tree(changes, repo.get_git_tree("base"))
    paths = [one.path for one in repo.get_git_tree(tree.sha, recursive=True).tree]
    assert paths == ["keep", "x", "x/y", "x/y/deep.txt"]


@pytest.mark.parametrize("path", ["../out", "/root", "a//b", ".git/config"])
def test_a_tree_takes_no_path_out_of_itself(hub: Hub, path: str) -> None:
    entry = {"path": path, "mode": "100644", "type": "blob", "content": "x"}
    answer = hub.call("POST", f"/repos/{hub.repository().full_name}/git/trees", tree=[entry])
    assert (answer.status_code, answer.json()["message"]) == (422, "tree.path contains a malformed path component")


def test_a_commit_keeps_its_people_and_names_their_accounts(hub: Hub) -> None:
    repo = hub.repository()
    people = {"name": "Bob Bee", "email": "bob@users.noreply.sandbox.example", "date": "2013-04-01T06:00:00Z"}
    tree = repo.get_git_tree("main").sha
    body = {"message": "Backdate", "tree": tree, "parents": [tip(repo)], "author": people}
    sha = hub.call("POST", f"/repos/{repo.full_name}/git/commits", **body).json()["sha"]
    commit = repo.get_commit(sha)
    assert (commit.author.login, commit.commit.author.name) == ("bob", "Bob Bee")
    refused = hub.call("POST", f"/repos/{repo.full_name}/git/commits", **body | {"author": people | {"date": "soon"}})
    assert refused.status_code == 422
    assert commit.commit.author.date.isoformat() == "2013-04-01T06:00:00+00:00"
    assert repo.get_git_commit(sha).parents[0].sha == tip(repo)


def test_a_reference_is_made_moved_and_deleted(hub: Hub) -> None:
    repo = hub.repository()
    first = tip(repo)
    repo.create_file("a.txt", "Add", "a")
    ref = repo.create_git_ref("refs/heads/feature/one", first)
    ref.edit(tip(repo))
    assert tip(repo, "feature/one") == tip(repo)
    with pytest.raises(GithubException) as caught:
        ref.edit(first)
    assert (caught.value.status, caught.value.data["message"]) == (422, "Update is not a fast forward")
    ref.edit(first, force=True)
    assert repo.get_git_ref("heads/feature/one").object.sha == first
    assert [one.ref for one in repo.get_git_matching_refs("heads/feat")] == ["refs/heads/feature/one"]
    ref.delete()
    with pytest.raises(UnknownObjectException):
        repo.get_branch("feature/one")


def test_a_reference_is_made_once_and_only_to_a_commit(hub: Hub) -> None:
    repo = hub.repository()
    path = f"/repos/{repo.full_name}/git/refs"
    wrong = {
        "Reference already exists": ("refs/heads/main", tip(repo)),
        "Object does not exist": ("refs/heads/new", "1" * 40),
        "refs/heads/a..b is not a valid ref name.": ("refs/heads/a..b", tip(repo)),
        "refs/pull/9/head is not a valid ref name.": ("refs/pull/9/head", tip(repo)),
    }
    for message, (ref, sha) in wrong.items():
        answer = hub.call("POST", path, ref=ref, sha=sha)
        assert (answer.status_code, answer.json()["message"]) == (422, message)


def test_two_branches_are_compared_both_ways(hub: Hub) -> None:
    repo = hub.repository()
    base = tip(repo)
    repo.create_git_ref("refs/heads/work", base)
    assert repo.compare("main", "work").status == "identical"
    repo.create_file("a.txt", "Work", "a\nb\n", branch="work")
    assert (repo.compare("main", "work").status, repo.compare("work", "main").status) == ("ahead", "behind")
    repo.create_file("b.txt", "Main", "b")
    both = repo.compare("main", "work")
    assert (both.status, both.ahead_by, both.behind_by) == ("diverged", 1, 1)
    assert (both.merge_base_commit.sha, both.total_commits) == (base, 1)
    assert [(file.filename, file.status, file.additions) for file in both.files] == [("a.txt", "added", 2)]


def test_a_commit_shows_its_files_and_history_follows_a_path(hub: Hub) -> None:
    repo = hub.repository()
    made = repo.create_file("old.txt", "Add", "one\ntwo\nthree\n")
    repo.create_file("other.txt", "Other", "x")
    commit = repo.get_commit(made["commit"].sha)
    assert [(file.filename, file.changes) for file in commit.files] == [("old.txt", 3)]
    assert commit.stats.total == 3
    assert [one.sha for one in repo.get_commits(path="old.txt")] == [commit.sha]
    assert repo.get_commit("main").sha == tip(repo)
    with pytest.raises(GithubException) as caught:
        repo.get_commit("0" * 40)
    assert (caught.value.status, caught.value.data["message"]) == (422, f"No commit found for SHA: {'0' * 40}")


def test_git_clones_and_pushes_with_a_token(hub: Hub, tmp_path: Path) -> None:
    repo = hub.repository()
    assert git("clone", "--quiet", hub.remote(repo), str(tmp_path)).returncode == 0
    (tmp_path / "a.txt").write_text("a")
    git("add", ".", folder=tmp_path)
    assert git(*IDENTITY, "commit", "--quiet", "-m", "Push", folder=tmp_path).returncode == 0
    for user in ("x-access-token", "ann"):
        pushed = git("push", hub.remote(repo, "ann", user), f"HEAD:refs/heads/by-{user}", folder=tmp_path)
        assert pushed.returncode == 0, pushed.stderr
    assert repo.get_contents("a.txt", ref="by-ann").decoded_content == b"a"
    assert repo.get_commit("by-x-access-token").author.login == "ann"


def test_git_pushes_nothing_without_permission(hub: Hub, tmp_path: Path) -> None:
    repo, hidden = hub.repository(), hub.repository(private=True)
    git("clone", "--quiet", hub.remote(repo), str(tmp_path))
    refusals = {
        hub.remote(repo, "bob"): "403",
        hub.remote(repo, "ann", "bob"): "Authentication failed",
        hub.remote(hidden, "bob"): "not found",
    }
    for remote, reason in refusals.items():
        pushed = git("push", remote, "HEAD:refs/heads/mine", folder=tmp_path)
        assert pushed.returncode != 0
        assert reason in pushed.stderr
    assert git("ls-remote", hub.remote(hidden)).returncode != 0
    assert [branch.name for branch in repo.get_branches()] == ["main"]


def test_git_pushes_no_pull_request_heads(hub: Hub, tmp_path: Path) -> None:
    repo = hub.repository()
    git("clone", "--quiet", hub.remote(repo), str(tmp_path))
    pushed = git("push", hub.remote(repo, "ann"), "HEAD:refs/pull/7/head", folder=tmp_path)
    assert pushed.returncode != 0
    assert "hidden ref" in pushed.stderr


def test_the_first_push_decides_the_default_branch(hub: Hub, tmp_path: Path) -> None:
    repo = hub.repository(auto_init=False)
    git("init", "--quiet", "--initial-branch=trunk", str(tmp_path))
    (tmp_path / "a.txt").write_text("a")
    git("add", ".", folder=tmp_path)
    git(*IDENTITY, "commit", "--quiet", "-m", "Begin", folder=tmp_path)
    assert git("push", hub.remote(repo, "ann"), "HEAD:refs/heads/trunk", folder=tmp_path).returncode == 0
    assert hub.seen_by("bob", repo).default_branch == "trunk"
