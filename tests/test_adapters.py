"""The two adapters keep the promises of their ports, whatever else the servers hold."""

from __future__ import annotations

import pytest

from gate.ports import Absent, Moved, ServiceError
from tests.small_world import PROJECT, TASK, SmallWorld

NAMES = ["Owl", "Owls 2", "owls", "More Owls", "Ow.s", "Owls (night)", "Owls [C++"]


def in_project(owls: SmallWorld, name: str, commit: str) -> str:
    """A tagged run in another project."""
    project = owls.call("projects.create", {"name": name, "description": ""})["id"]
    task = owls.run(commit, tags=["best"])
    owls.call("tasks.edit", {"task": task, "project": project, "force": True})
    return task


@pytest.mark.parametrize("name", NAMES)
def test_runs_of_a_project_with_a_similar_name_are_not_seen(owls: SmallWorld, name: str) -> None:
    commit = owls.main()
    mine = owls.run(commit, tags=["best"])
    theirs = in_project(owls, name, commit)
    tracker = owls.connect().tracker
    assert [run.id for run in tracker.runs_of([commit], PROJECT)] == [mine]
    assert [run.id for run in tracker.holders("best", PROJECT, TASK)] == [mine]
    assert [run.id for run in tracker.runs_of([commit], name)] == [theirs]


def test_a_project_that_does_not_exist_has_no_runs(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["best"])
    tracker = owls.connect().tracker
    assert (tracker.runs_of([owls.main()], "Nobody"), tracker.holders("best", "Nobody", TASK)) == ([], [])


def test_only_runs_of_the_commits_asked_for_come_back(owls: SmallWorld) -> None:
    wanted, other = owls.main(), "b" * 40
    runs = {commit: owls.run(commit) for commit in (wanted, other, wanted.upper(), f"{wanted}0")}
    tracker = owls.connect().tracker
    assert [run.id for run in tracker.runs_of([wanted], PROJECT)] == [runs[wanted]]
    assert {run.id for run in tracker.runs_of([wanted, other], PROJECT)} == {runs[wanted], runs[other]}


def test_the_newest_run_of_a_commit_comes_first_however_many_there_are(owls: SmallWorld) -> None:
    commit = owls.main()
    owls.run(commit)
    for _ in range(30):
        newest = owls.run(commit)
    found = owls.connect().tracker.runs_of([commit], PROJECT)
    assert (found[0].id, len(found)) == (newest, 25)


def test_a_holder_has_exactly_the_tag_and_the_name_and_may_be_archived(owls: SmallWorld) -> None:
    commit = owls.main()
    holder, archived = (owls.run(commit, tags=["best", "other"]) for _ in range(2))
    owls.call("tasks.archive", {"tasks": [archived]})
    owls.run(commit, tags=["best ever"])
    owls.run(commit, tags=["best"], name=f"{TASK} more")
    found = owls.connect().tracker.holders("best", PROJECT, TASK)
    assert {run.id: run.archived for run in found} == {holder: False, archived: True}


def test_holders_are_counted_past_the_servers_largest_page(owls: SmallWorld) -> None:
    commit = owls.main()
    for _ in range(501):
        owls.run(commit, {}, tags=["best"])
    assert len(owls.connect().tracker.holders("best", PROJECT, TASK)) == 501


def test_a_tag_added_or_removed_twice_changes_nothing_else(owls: SmallWorld) -> None:
    task = owls.run(owls.main(), tags=["keep"])
    tracker = owls.connect().tracker
    for _ in range(2):
        tracker.add_tag(task, "best")
    assert owls.tags(task) == ["best", "keep"]
    for _ in range(2):
        tracker.remove_tag(task, "best")
    assert owls.tags(task) == ["keep"]


def test_a_tag_for_a_run_that_is_gone_is_an_answer(owls: SmallWorld) -> None:
    with pytest.raises(Absent):
        owls.connect().tracker.add_tag("0" * 32, "best")


def test_a_long_curve_is_read_to_its_end(owls: SmallWorld) -> None:
    task = owls.run(owls.main(), {})
    event = {"type": "training_stats_scalar", "task": task, "metric": "test", "variant": "accuracy"}
    lines = [
        {**event, "iter": number, "value": number / 1e5, "timestamp": 1_700_000_000_000} for number in range(10_050)
    ]
    owls.batch(lines)
    (run,) = owls.connect().tracker.runs_of([owls.main()], PROJECT)
    curve = owls.connect().tracker.curve(run, "test/accuracy")
    assert curve.iterations == tuple(range(10_050))
    assert curve.values == tuple(number / 1e5 for number in range(10_050))


def test_the_trackers_name_is_its_host_and_port(owls: SmallWorld) -> None:
    assert f"http://{owls.connect().tracker.server}" == owls.environment["CLEARML_API_HOST"]


def test_a_file_is_written_over_the_version_that_was_read_and_no_other(owls: SmallWorld) -> None:
    forge = owls.connect().forge
    forge.start_branch("notes", "# Notes")
    forge.write("a.txt", "1", "notes", "first", None)
    seen = forge.read("a.txt", "notes")
    assert seen is not None
    forge.write("a.txt", "2", "notes", "second", seen.sha)
    with pytest.raises(Moved):
        forge.write("a.txt", "3", "notes", "late", seen.sha)
    with pytest.raises(Moved):
        forge.write("a.txt", "3", "notes", "created twice", None)
    now = forge.read("a.txt", "notes")
    assert now is not None
    assert now.content == "2"


def test_a_branch_started_twice_is_started_once(owls: SmallWorld) -> None:
    forge = owls.connect().forge
    for _ in range(2):
        forge.start_branch("notes", "# Notes")
    assert forge.names("", "notes") == ["README.md"]


def test_what_is_not_there_is_none_or_empty_and_files_are_sorted(owls: SmallWorld) -> None:
    forge = owls.connect().forge
    assert (forge.read("a.txt", "main"), forge.read("a.txt", "nowhere"), forge.names("x", "nowhere")) == (
        None,
        None,
        [],
    )
    forge.start_branch("notes", "# Notes")
    for name in ("10", "02", "01"):
        forge.write(f"x/{name}.txt", name, "notes", name, None)
    assert forge.names("x", "notes") == ["01.txt", "02.txt", "10.txt"]


def test_a_file_above_a_megabyte_is_read_whole(owls: SmallWorld) -> None:
    forge, content = owls.connect().forge, "owl\n" * 300_000
    forge.start_branch("notes", "# Notes")
    forge.write("big.txt", content, "notes", "big", None)
    found = forge.read("big.txt", "notes")
    assert found is not None
    assert found.content == content


def test_a_branch_reaches_its_own_history_and_nothing_beside_or_ahead_of_it(owls: SmallWorld) -> None:
    old = owls.main()
    owls.set_policy("# moved on\n")
    forge, pull = owls.connect().forge, owls.pull("Try")
    beside = owls.commit("beside", {"a": "b"}, old)
    reached = [forge.reaches("main", commit) for commit in (old, owls.main(), pull.head.sha, beside)]
    assert reached == [True, True, False, False]
    with pytest.raises(Absent):
        forge.reaches("main", "f" * 40)


def test_a_status_is_read_by_its_own_context_whatever_its_case(owls: SmallWorld) -> None:
    forge, commit = owls.connect().forge, owls.main()
    forge.post_status(commit, "gate", "pending", "x" * 300, "")
    forge.post_status(commit, "gate", "failure", "now", "")
    forge.post_status(commit, "other", "success", "", "")
    assert [forge.status(commit, context) for context in ("gate", "GATE", "other", "none")] == [
        *("failure", "failure", "success"),
        None,
    ]


def test_permissions_are_those_of_now_and_a_login_is_never_part_of_an_address(owls: SmallWorld) -> None:
    forge = owls.connect().forge
    held = {login: forge.account(login).permission for login in ("tomas", "noor", "lena")}
    assert held == {"tomas": "admin", "noor": "write", "lena": "read"}
    assert [forge.account(login).may_write for login in held] == [True, True, False]
    owls.as_user("tomas").add_to_collaborators("noor", "pull")
    assert forge.account("noor").permission == "read"
    for login in ("", "../../orgs/skyline", "noor/permission?", "a" * 40):
        with pytest.raises(Absent, match="is no GitHub login"):
            forge.account(login)


def test_somebody_elses_comment_with_the_same_marker_is_left_alone(owls: SmallWorld) -> None:
    number, marker = owls.pull("Try").number, "<!-- gate -->"
    theirs = owls.as_user("mira").get_issue(number).create_comment(f"{marker} mine")
    forge = owls.connect().forge
    first = forge.comment(number, marker, f"{marker} one")
    assert forge.comment(number, marker, f"{marker} two") == first
    bodies = [comment.body for comment in owls.as_user("noor").get_issue(number).get_comments()]
    assert bodies == [theirs.body, f"{marker} two"]
    before = len(owls.forge.heard)
    forge.comment(number, marker, f"{marker} two")
    assert not any(heard.line.startswith(("PATCH", "POST")) for heard in owls.forge.heard[before:])


def test_a_pull_request_from_a_fork_names_both_repositories(owls: SmallWorld) -> None:
    fork = owls.as_user("lena").create_fork()
    sha = owls.main()
    tree = fork.get_git_commit(sha).tree
    commit = fork.create_git_commit("Try", tree, [fork.get_git_commit(sha)])
    fork.create_git_ref("refs/heads/try", commit.sha)
    number = owls.as_user("lena").create_pull(base="main", head="lena:try", title="Try", body="").number
    pull = owls.connect().forge.pull(number)
    assert (pull.fork, pull.author, pull.open) == (True, "lena", True)
    assert [url for url in pull.repositories if url.endswith("/lena/owls.git")]
    assert owls.clone_url in pull.repositories


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_refusal_of_the_forge_is_a_failure_that_names_the_request(owls: SmallWorld, status: int) -> None:
    forge = owls.connect().forge
    for _ in range(3):
        owls.forge.fail("/pulls/7", status=status)
    with pytest.raises(ServiceError, match="pull request 7"):
        forge.pull(7)
