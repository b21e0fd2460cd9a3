"""The GitHub side of the flights world: the repository, who may do what in it, and the open pull requests."""

from __future__ import annotations

from gate.sandbox.flights.pulls import HISTORY, Pull
from gate.sandbox.flights.repository import GATED, UNGATED, Clone
from gate.sandbox.flights.wire import github, of_repository
from gate.sandbox.home import BOT, ORGANISATION, REPOSITORY, Home

OWNER = "tomas"
FORKER = "kai"
ROLES = {"noor": "push", "mira": "push", "lena": "pull", BOT: "push"}
REQUIRED = "model-approval"


def make_repository(home: Home) -> None:
    """An empty public repository of the organisation, and its collaborators."""
    name = REPOSITORY.partition("/")[2]
    about = "To which airport does a flight leaving New York go?"
    github(home, OWNER, "POST", f"/orgs/{ORGANISATION}/repos", name=name, description=about, private=False)
    for login, permission in ROLES.items():
        of_repository(home, OWNER, "PUT", f"/collaborators/{login}", permission=permission)


def write_history(clone: Clone) -> list[str]:
    """Commit and push the history of main; return its commits, oldest first."""
    commits = []
    for day, commit in enumerate(HISTORY):
        clone.write(UNGATED | (GATED if commit.gated else {}), commit.edits)
        commits.append(clone.commit(commit.title, commit.author, day))
    clone.push(OWNER, "main")
    return commits


def protect_and_fork(home: Home) -> None:
    """Merging into main needs the gate's status from now on; the outsider makes a fork."""
    checks = {"strict": False, "contexts": [REQUIRED]}
    rest = dict.fromkeys(("enforce_admins", "required_pull_request_reviews", "restrictions"))
    of_repository(home, OWNER, "PUT", "/branches/main/protection", required_status_checks=checks, **rest)
    of_repository(home, FORKER, "POST", "/forks")


def open_pull(home: Home, pull: Pull, day: int) -> tuple[Clone, str]:
    """Push the branch, open the pull request and comment on it; return the author's clone and the commit."""
    owner = FORKER if pull.author == FORKER else ORGANISATION
    clone = Clone.of(home, pull.branch, owner)
    clone.git("switch", "--quiet", "--create", pull.branch)
    clone.edit(pull.edits)
    commit = clone.commit(pull.title, pull.author, day)
    clone.push(pull.author, pull.branch)
    head = f"{owner}:{pull.branch}"
    fields = {"title": pull.title, "body": pull.body, "head": head, "base": "main"}
    number = of_repository(home, pull.author, "POST", "/pulls", **fields)["number"]
    for login, text in pull.comments.items():
        of_repository(home, login, "POST", f"/issues/{number}/comments", body=text)
    return clone, commit
