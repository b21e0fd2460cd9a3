"""The calls to GitHub. All is made on two branches of the scratch repository, which are removed."""

from __future__ import annotations

from functools import partial

from gate.ports import Absent, Account, Moved
from gate.selftest.step import Broken, Stage, Step, hold

CONTEXT = "gate-selftest"
MARKER = "<!-- gate-selftest -->"


def vitals(stage: Stage) -> str:
    found = stage.scratch.forge.vitals()
    stage["default"] = found.default_branch
    return f"{found.name}, rights {', '.join(name for name, held in found.rights.items() if held) or 'none'}"


def repository(stage: Stage) -> str:
    found = stage.scratch.forge.repository()
    hold(found.default_branch == stage["default"], found)
    return found.url


def required(stage: Stage) -> str:
    found = stage.scratch.forge.required(stage["default"])
    return f"{len(found.contexts)} contexts{'' if found.known else '; rulesets cannot be read'}"


def nothing_there(stage: Stage) -> str:
    forge = stage.scratch.forge
    found = forge.read("a.txt", stage.scratch.name), forge.names("folder", stage.scratch.name)
    hold(found == (None, []), found)
    return "None and an empty list"


def start_branch(stage: Stage) -> str:
    forge, branch = stage.scratch.forge, stage.scratch.name
    for _ in range(2):
        forge.start_branch(branch, "# gate selftest\n")
    found = forge.names("", branch)
    hold(found == ["README.md"], found)
    stage["branch"] = branch
    return branch


def create(stage: Stage) -> str:
    forge, branch = stage.scratch.forge, stage["branch"]
    forge.write("a.txt", "1", branch, "first", None)
    found = forge.read("a.txt", branch)
    hold(found is not None and found.content == "1", found)
    stage["blob"] = found.sha if found else ""
    return f"blob {stage['blob'][:12]}"


def replace(stage: Stage) -> str:
    forge, branch = stage.scratch.forge, stage["branch"]
    forge.write("a.txt", "2", branch, "second", stage["blob"])
    found = forge.read("a.txt", branch)
    hold(found is not None and found.content == "2", found)
    return "read back at once"


def stale(stage: Stage, seen: bool) -> str:
    previous = stage["blob"] if seen else None
    try:
        stage.scratch.forge.write("a.txt", "3", stage["branch"], "late", previous)
    except Moved as moved:
        return f"refused: {moved}"
    raise Broken("a write over a version that was not the last was taken")


def listed(stage: Stage) -> str:
    found = stage.scratch.forge.names("", stage["branch"])
    hold(found == ["README.md", "a.txt"], found)
    return ", ".join(found)


def branch_off(stage: Stage) -> str:
    """Makes the branch for the pull request: one commit ahead of the default branch."""
    forge, work = stage.scratch.forge, f"{stage.scratch.name}-work"
    begin = forge.head(stage["default"])
    hold((begin != "", forge.head(work)) == (True, ""), begin)
    forge.branch_off(work, begin)
    try:
        forge.branch_off(work, begin)
    except Moved as moved:
        forge.write(f"{stage.scratch.name}.txt", "1", work, "gate selftest", None)
        stage["work"], stage["begin"], stage["head"] = work, begin, forge.head(work)
        return f"not twice: {moved}"
    raise Broken("a branch was made twice")


def reaches(stage: Stage) -> str:
    forge = stage.scratch.forge
    found = forge.reaches(stage["work"], stage["begin"]), forge.reaches(stage["default"], stage["head"])
    hold(found == (True, False), found)
    return "the older commit, and not the newer one"


def relation(stage: Stage) -> str:
    found = stage.scratch.forge.relation(stage["begin"], stage["head"])
    hold((found.status, found.ahead, found.behind) == ("ahead", 1, 0), found)
    return found.url


def files(stage: Stage) -> str:
    found, whole = stage.scratch.forge.files(stage["head"])
    hold(f"{stage.scratch.name}.txt" in found or not whole, sorted(found)[:20])
    return f"{len(found):,} files{'' if whole else ', and more'}"


def post_status(stage: Stage) -> str:
    forge, head = stage.scratch.forge, stage["head"]
    hold(forge.status(head, CONTEXT) is None, "a status of a new commit")
    for state in ("pending", "failure"):
        forge.post_status(head, CONTEXT, state, "gate selftest", "")
    found = forge.status(head, CONTEXT.upper())
    hold(found == "failure", found)
    return "the newest one counts"


def statuses(stage: Stage) -> str:
    found = [state for state, _ in stage.scratch.forge.statuses(stage["head"], CONTEXT)]
    hold(found == ["failure", "pending"], found)
    return "both, newest first"


def ask(stage: Stage) -> str:
    forge, wish = stage.scratch.forge, (stage["work"], stage["default"], "gate selftest: it is closed again", "")
    forge.ask(*wish)
    try:
        forge.ask(*wish)
    except Moved as moved:
        stage["asked"] = stage["head"]
        return f"not twice: {moved}"
    raise Broken("a second pull request of the same branch was opened")


def pulls_of(stage: Stage) -> str:
    found = [each.number for each in stage.scratch.forge.pulls_of(stage["asked"])]
    hold(len(found) == 1, found)
    stage["pull"] = found[0]
    return f"#{found[0]}"


def pull(stage: Stage) -> str:
    found = stage.scratch.forge.pull(stage["pull"])
    hold((found.head, found.open, found.fork) == (stage["head"], True, False), found)
    stage["author"] = found.author
    return found.url


def pulls(stage: Stage) -> str:
    found = [each.number for each in stage.scratch.forge.pulls()]
    hold(stage["pull"] in found, found)
    return f"{len(found)} open"


def makers(stage: Stage) -> str:
    found = stage.scratch.forge.makers(stage["pull"])
    return f"accounts {', '.join(map(str, sorted(found.ids))) or 'none'}"


def comment(stage: Stage) -> str:
    forge, number = stage.scratch.forge, stage["pull"]
    found = {forge.comment(number, MARKER, f"{MARKER} {text}") for text in ("one", "two", "two")}
    hold(len(found) == 1, found)
    return found.pop()


def whoami(stage: Stage) -> str:
    try:
        found = stage.scratch.forge.whoami()
    except Absent as error:
        return str(error)
    return f"{found.login}, {found.permission}"


def account(stage: Stage) -> str:
    hold(_account(stage, stage.scratch.name) is None, f"an account {stage.scratch.name}")
    found = _account(stage, stage["author"])
    said = "is an App's, not a person's" if found is None else f"is {found.id}, {found.permission}"
    return f"{stage['author']} {said}"


def _account(stage: Stage, login: str) -> Account | None:
    try:
        return stage.scratch.forge.account(login)
    except Absent:
        return None


def in_team(stage: Stage) -> str:
    found = stage.scratch.forge.in_team(f"{stage['author']}/{stage.scratch.name}", stage["author"])
    hold(found is False, found)
    return "nobody is a member of a team that is not there"


def close_pulls(stage: Stage) -> str:
    stage.scratch.branches.close_pulls(f"{stage.scratch.name}-work")
    return "closed (GitHub removes no pull request)"


def remove_branches(stage: Stage) -> str:
    for branch in (stage.scratch.name, f"{stage.scratch.name}-work"):
        stage.scratch.branches.remove_branch(branch)
        hold(stage.scratch.forge.names("", branch) == [], f"the branch {branch}")
    return "both, with what was written on them"


_step = partial(Step, "GitHub")
STEPS = (
    _step("vitals", "the repository's name, default branch and the token's rights", vitals),
    _step("repository", "the same default branch", repository),
    _step("required", "a branch shows what it requires to everybody", required),
    _step("read, names: nothing there", "404 is an answer, not a failure", nothing_there),
    _step("start_branch", "a branch without a past can be made, and not twice", start_branch),
    _step("write: create", "a file is there as soon as it is written", create),
    _step("write: replace", "the blob's sha lets the next version in", replace),
    _step("write: stale", "409 or 422 where another version came first", partial(stale, seen=True)),
    _step("write: create twice", "409 or 422 where the file exists", partial(stale, seen=False)),
    _step("names", "a folder lists its files", listed),
    _step("head, branch_off", "a branch is made at a commit, and not twice", branch_off),
    _step("reaches", "a comparison tells history from what is ahead", reaches),
    _step("relation", "a comparison counts the commits between two", relation),
    _step("files", "a commit's tree has all its files", files),
    _step("post_status, status", "the newest status of a context counts, whatever its case", post_status),
    _step("statuses", "all statuses of a commit, newest first", statuses),
    _step("ask", "a pull request is opened, and not twice", ask),
    _step("pulls_of", "a commit names its pull request", pulls_of),
    _step("pull", "the head is the branch's last commit", pull),
    _step("pulls", "a new pull request is listed at once", pulls),
    _step("makers", "commits name accounts by number", makers),
    _step("comment", "one comment is found again and edited in place", comment),
    _step("whoami", "the token's owner, or that it is an App's", whoami),
    _step("account", "404 for a login that nobody has; else a permission", account),
    _step("in_team", "404 where there is no such team", in_team),
)
CLEANUP = (
    _step("clean up: pull request", "it can be closed", close_pulls),
    _step("clean up: branches", "they can be removed", remove_branches),
)
