"""GitHub as a forge: pull requests, files, statuses, people and comments of one repository."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, cast
from urllib.parse import quote

from github import Github, InputGitTreeElement
from github.ContentFile import ContentFile
from github.IssueComment import IssueComment
from github.PullRequest import PullRequest
from github.Repository import Repository as GithubRepository

from gate.adapters.github_client import REQUEST_SECONDS, calling, client
from gate.adapters.github_people import makers_of
from gate.adapters.github_scratch import GithubScratch
from gate.adapters.github_vitals import branch_path, required_of, rules_path, vitals_of
from gate.ports import Absent, Account, Makers, Moved, Passing, Pull, Relation, Repository, ServiceError, Text
from gate.vitals import ForgeVitals, Required

PAGE = 100
LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?")


class GithubForge:
    """One repository on GitHub. ``journal`` receives the name of every request sent."""

    def __init__(
        self,
        api_url: str,
        name: str,
        token: str | None,
        journal: Callable[[str], None],
        rate_wait: int,
        request_seconds: int = REQUEST_SECONDS,
    ) -> None:
        self._client = partial(client, api_url, token, rate_wait, request_seconds)
        self._own = threading.local()
        self._name, self._journal = name, journal
        self._own_login: str | None = None
        self._asked_login = False

    @property
    def _github(self) -> Github:
        """One for each thread: PyGithub keeps a request in its connection until it is sent."""
        if not hasattr(self._own, "github"):
            self._own.github = self._client()
            self._own.repo = self._own.github.get_repo(self._name)
        return cast(Github, self._own.github)

    @property
    def _repo(self) -> GithubRepository:
        return cast(GithubRepository, self._github and self._own.repo)

    def _calling(self, request: str, swap: bool = False) -> Any:
        return calling(f"{request} of {self._name}", self._journal, swap)

    def repository(self) -> Repository:
        with self._calling("the repository"):
            self._repo.complete()
            urls = (self._repo.clone_url, self._repo.ssh_url)
            return Repository(self._repo.full_name, self._repo.default_branch, self._repo.html_url, urls)

    def scratch(self) -> GithubScratch:
        """Hands to make a branch with a pull request here, and to remove both."""
        return GithubScratch(self._repo, self._calling)

    def vitals(self) -> ForgeVitals:
        with self._calling("the repository"):
            return vitals_of(*self._github.requester.requestJsonAndCheck("GET", f"/repos/{self._name}"))

    def required(self, branch: str) -> Required:
        with self._calling(f"branch {branch}"):
            _, found = self._github.requester.requestJsonAndCheck("GET", branch_path(self._name, branch))
        try:
            with self._calling(f"rules of branch {branch}"):
                _, rules = self._github.requester.requestJsonAndCheck("GET", rules_path(self._name, branch))
        except (Absent, ServiceError):  # an older server has no rulesets, and some tokens may not read them
            return required_of(found, None)
        return required_of(found, rules)

    def pull(self, number: int) -> Pull:
        with self._calling(f"pull request {number}"):
            return _pull(self._repo.get_pull(number).complete())

    def pulls(self) -> list[Pull]:
        with self._calling("the open pull requests"):
            return [_pull(found) for found in self._repo.get_pulls(state="open", sort="created", direction="desc")]

    def pulls_of(self, commit: str) -> list[Pull]:
        try:
            with self._calling(f"the pull requests of commit {commit}"):
                found = [_pull(pull) for pull in self._repo.get_commit(commit).get_pulls()]
        except ServiceError as error:
            if " 422 " in str(error):  # a well-formed sha that the repository does not have
                raise Absent(str(error)) from error
            raise
        return sorted((pull for pull in found if pull.head == commit), key=lambda pull: not pull.open)

    def read(self, path: str, ref: str) -> Text | None:
        try:
            with self._calling(f"{path} at {ref}"):
                found = self._repo.get_contents(path, ref=ref)
                if isinstance(found, list):
                    raise ServiceError(f"{path} at {ref} is a folder, not a file")
                return Text(self._content(found), _said(found.sha))
        except Absent:
            return None

    def _content(self, file: ContentFile) -> str:
        if file.encoding == "base64":
            return file.decoded_content.decode()
        self._journal(f"blob {file.sha}")  # above 1 MB the contents API leaves the text out
        return self._decoded(self._repo.get_git_blob(file.sha))

    @staticmethod
    def _decoded(blob: Any) -> str:
        import base64

        return base64.b64decode(blob.content).decode()

    def names(self, folder: str, ref: str) -> list[str]:
        try:
            with self._calling(f"folder {folder} at {ref}"):
                found = self._repo.get_contents(folder, ref=ref)
                return sorted(_said(entry.name) for entry in (found if isinstance(found, list) else [found]))
        except Absent:
            return []

    def write(self, path: str, content: str, branch: str, message: str, previous: str | None) -> None:
        with self._calling(f"write of {path} on {branch}", swap=True):
            if previous is None:
                self._repo.create_file(path, message, content, branch=branch)
            else:
                self._repo.update_file(path, message, content, previous, branch=branch)

    def start_branch(self, branch: str, readme: str) -> None:
        element = InputGitTreeElement("README.md", "100644", "blob", content=readme)
        try:
            with self._calling(f"new branch {branch}", swap=True):
                tree = self._repo.create_git_tree([element])
                _said(tree.sha)
                commit = self._repo.create_git_commit("Start the ledger of promotions", tree, [])
                _said(self._repo.create_git_ref(f"refs/heads/{branch}", _said(commit.sha)).ref)
        except Moved:
            if self.names("", branch):
                return  # somebody else started it first
            raise

    def head(self, branch: str) -> str:
        try:
            with self._calling(f"branch {branch}"):
                return _said(self._repo.get_branch(branch).commit.sha)
        except Absent:
            return ""

    def branch_off(self, branch: str, commit: str) -> None:
        with self._calling(f"new branch {branch}", swap=True):
            self._repo.create_git_ref(f"refs/heads/{branch}", commit)

    def ask(self, branch: str, base: str, title: str, body: str) -> None:
        with self._calling(f"new pull request of {branch}", swap=True):
            self._repo.create_pull(base=base, head=branch, title=title, body=body)

    def reaches(self, branch: str, commit: str) -> bool:
        with self._calling(f"history of {branch} for commit {commit}"):
            return self._repo.compare(commit, branch).status in ("ahead", "identical")

    def relation(self, one: str, other: str) -> Relation:
        with self._calling(f"commits {one} and {other} side by side"):
            found = self._repo.compare(one, other)
            return Relation(_said(found.status), found.ahead_by, found.behind_by, found.html_url)

    def files(self, commit: str) -> tuple[Mapping[str, str], bool]:
        with self._calling(f"files of commit {commit}"):
            tree = self._repo.get_git_tree(commit, recursive=True)
            whole = not tree.raw_data.get("truncated", False)
            return {each.path: f"{each.mode} {each.sha}" for each in tree.tree if each.type != "tree"}, whole

    def status(self, commit: str, context: str) -> str | None:
        with self._calling(f"status of commit {commit}"):
            return next((state for name, state in self._newest(commit) if name.lower() == context.lower()), None)

    def _newest(self, commit: str) -> Iterator[tuple[str, str]]:
        """Context and state of the newest status of each context; PyGithub would answer thirty of them."""
        for page in count(1):
            _, found = self._github.requester.requestJsonAndCheck(
                "GET", f"/repos/{self._name}/commits/{commit}/status", parameters={"per_page": PAGE, "page": page}
            )
            yield from ((one["context"], one["state"]) for one in found["statuses"])
            if len(found["statuses"]) < PAGE:
                return

    def statuses(self, commit: str, context: str) -> list[tuple[str, str]]:
        with self._calling(f"statuses of commit {commit}"):
            # Commit.get_statuses() of PyGithub asks a route of old.
            _, found = self._github.requester.requestJsonAndCheck(
                "GET", f"/repos/{self._name}/commits/{commit}/statuses", parameters={"per_page": 100}
            )
        same = (one for one in found if one["context"].lower() == context.lower())
        return [(one["state"], one["description"] or "") for one in same]

    def post_status(self, commit: str, context: str, state: str, description: str, url: str) -> None:
        with self._calling(f"new status {context} {state} of commit {commit}"):
            link: dict[str, Any] = {"target_url": url} if url else {}
            posted = self._repo.get_commit(commit).create_status(
                state, context=context, description=description[:140], **link
            )
        # A renamed repository answers 307, which PyGithub turns into an object full of None.
        if posted.state != state:
            raise Passing(f"GitHub did not take the status {context} {state}: it answered {posted.state}")

    def account(self, login: str) -> Account:
        if not LOGIN.fullmatch(login):
            raise Absent(f"'{login}' is no GitHub login")
        with self._calling(f"permission of {login}"):
            _, data = self._github.requester.requestJsonAndCheck(
                "GET", f"/repos/{self._name}/collaborators/{quote(login)}/permission"
            )
        return Account(data["user"]["login"], int(data["user"]["id"]), data["permission"])

    def whoami(self) -> Account:
        try:
            with self._calling("the token's own user"):
                user = self._github.get_user()
                login, kind = user.login, user.type
        except ServiceError as error:
            if " 403 " not in str(error):
                raise
            raise Absent("the token is an App's, not a person's") from error
        if kind != "User":
            raise Absent(f"the token is that of {login}, which is no person")
        return self.account(login)

    def in_team(self, team: str, login: str) -> bool:
        organisation, _, slug = team.partition("/")
        path = f"/orgs/{quote(organisation)}/teams/{quote(slug)}/memberships/{quote(login)}"
        try:
            with self._calling(f"membership of {login} in {team}"):
                _, data = self._github.requester.requestJsonAndCheck("GET", path)
        except Absent:
            return False
        return bool(data["state"] == "active")

    def makers(self, pull: int) -> Makers:
        with self._calling(f"commits of pull request {pull}"):
            return makers_of(self._repo.get_pull(pull).get_commits())

    def comment(self, pull: int, marker: str, body: str, keep: Callable[[str], bool] = lambda there: False) -> str:
        own = self._own_comments(pull, marker)
        if any(keep(found.body) for found in own):
            return own[0].html_url
        if not own:
            with self._calling(f"new comment on pull request {pull}"):
                return _said(self._repo.get_issue(pull).create_comment(body).html_url)
        if (before := own[0].body) != body:
            with self._calling(f"edit of the comment on pull request {pull}"):
                own[0].edit(body)
                _said(None if own[0].body == before else own[0].body)
        for twin in own[1:]:
            with suppress(Absent), self._calling(f"removal of a second comment on pull request {pull}"):
                twin.delete()  # absent: somebody else removed it first
        return own[0].html_url

    def _own_comments(self, pull: int, marker: str) -> list[IssueComment]:
        """A marker further down may be a quotation."""
        login = self._login()
        with self._calling(f"comments of pull request {pull}"):
            every = self._repo.get_issue(pull).get_comments()
            return [found for found in every if (found.body or "").startswith(marker) and _wrote(login, found)]

    def _login(self) -> str | None:
        """The token's own login; an App's token (that of Actions is one) may not ask, which answers None."""
        if not self._asked_login:
            self._asked_login = True
            try:
                with self._calling("the token's own user"):
                    self._own_login = self._github.get_user().login
            except ServiceError as error:
                if " 403 " not in str(error):
                    raise
        return self._own_login


def _wrote(login: str | None, comment: IssueComment) -> bool:
    """Whether the comment is ours: by login, or where that is unknown by being a bot's, never a person's."""
    if comment.user is None:
        return False
    return comment.user.login == login if login else comment.user.type == "Bot"


def _said(field: str | None) -> str:
    """A field that every answer has; PyGithub makes an object full of None of a redirect."""
    if field is None:
        raise ValueError("the answer is empty")
    return field


def _pull(pull: PullRequest) -> Pull:
    sides = [side.repo for side in (pull.base, pull.head) if side.repo is not None]
    urls = tuple(dict.fromkeys(url for repo in sides for url in (repo.clone_url, repo.ssh_url)))
    return Pull(
        number=pull.number,
        title=pull.title,
        author=pull.user.login if pull.user else "ghost",
        author_id=pull.user.id if pull.user else 0,
        head=pull.head.sha,
        base_ref=pull.base.ref,
        base=pull.base.sha,
        open=pull.state == "open",
        fork=pull.head.repo is None or pull.head.repo.full_name != pull.base.repo.full_name,
        url=pull.html_url,
        created=pull.created_at.isoformat(),
        repositories=urls,
        merged=pull.merged_at is not None,
    )
