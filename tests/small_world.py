"""A small world in a second: both sandbox servers in this process, one repository, and runs made over the wire."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import requests
from github import Auth, Github, InputGitTreeElement
from github.PullRequest import PullRequest

from gate.connect import connect
from gate.sandbox.clearml import ClearmlSandbox
from gate.sandbox.github import GithubSandbox
from gate.sandbox.serve import Serving
from gate.workflow import World
from tests import clearml_schemas, github_openapi
from tests.faulty import Faulty

KEY, SECRET = "KEY", "SECRET"
REPOSITORY = "skyline/owls"
PEOPLE = {"tomas": "admin", "noor": "push", "mira": "push", "lena": "pull"}
PROJECT, TASK, TAG = "Owls", "train", "best"
POLICY = f"""
[[scope]]
name = "owls"
project = "{PROJECT}"
task = "{TASK}"
tag = "{TAG}"
[[scope.rule]]
kind = "metric"
metric = "test/accuracy"
direction = "max"
allowed_loss = "1pp"
"""
CLASSES_RULE = '[[scope.rule]]\nkind = "classes"\n'
NO_ROWS: tuple[tuple[str, str, str], ...] = ()


@dataclass
class SmallWorld:
    """The servers' addresses, and hands to make commits, pull requests and runs."""

    environment: dict[str, str]
    github_url: str
    tracker: Faulty
    forge: Faulty
    github: GithubSandbox
    clone_url: str = ""
    store: ClearmlSandbox | None = None
    _project: str = ""
    _http: requests.Session = field(default_factory=requests.Session)

    # -- the gate's side

    def connect(self, **changed: str) -> World:
        return connect({**self.environment, **changed})

    def connect_quickly(self, seconds: int) -> World:
        """A world that gives up on a request after so many seconds."""
        return connect(self.environment, timeout=lambda: float(seconds), request_seconds=seconds)

    # -- GitHub

    def as_user(self, login: str) -> Any:
        github = Github(
            auth=Auth.Token(f"token-{login}"),
            base_url=self.environment["GITHUB_API_URL"],
            seconds_between_requests=0,
            seconds_between_writes=0,
            retry=None,
        )
        return github.get_repo(REPOSITORY)

    def commit(self, message: str, files: Mapping[str, str], parent: str | None = None, author: str = "mira") -> str:
        repo = self.as_user(author)
        elements = [InputGitTreeElement(path, "100644", "blob", content=text) for path, text in files.items()]
        parents = [repo.get_git_commit(parent)] if parent else []
        tree = repo.create_git_tree(elements, parents[0].tree) if parents else repo.create_git_tree(elements)
        return str(repo.create_git_commit(message, tree, parents).sha)

    def main(self) -> str:
        return str(self.as_user("tomas").get_branch("main").commit.sha)

    def set_policy(self, text: str) -> None:
        repo = self.as_user("tomas")
        found = repo.get_contents("gate.toml", ref="main")
        repo.update_file("gate.toml", "Change the policy", text, found.sha, branch="main")

    def pull(self, title: str, author: str = "mira") -> PullRequest:
        """Open a pull request with one new commit on a branch of its own."""
        repo = self.as_user(author)
        sha = self.commit(title, {"train.py": f"print({title!r})\n"}, self.main(), author)
        branch = f"try-{sha[:8]}"
        repo.create_git_ref(f"refs/heads/{branch}", sha)
        return repo.create_pull(base="main", head=branch, title=title, body="")

    # -- ClearML

    def call(self, endpoint: str, body: object) -> dict[str, Any]:
        answer = self._http.post(f"{self.environment['CLEARML_API_HOST']}/{endpoint}", json=body, timeout=20)
        assert answer.ok, answer.text
        return dict(answer.json()["data"])

    def login(self) -> None:
        self._http.trust_env = False
        url = f"{self.environment['CLEARML_API_HOST']}/auth.login"
        token = requests.post(url, auth=(KEY, SECRET), timeout=20).json()["data"]["token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def run(
        self,
        commit: str,
        scalars: Mapping[str, Sequence[float]] | None = None,
        *,
        name: str = TASK,
        status: str = "completed",
        tags: Sequence[str] = (),
        diff: str = "",
        repository: str | None = None,
        rows: Sequence[tuple[str, str, str]] = NO_ROWS,
    ) -> str:
        """A task of this commit; ``scalars`` maps title/series to a curve, ``rows`` are (id, y_true, y_pred)."""
        self._project = self._project or self.call("projects.create", {"name": PROJECT, "description": ""})["id"]
        script = {"version_num": commit, "diff": diff, "repository": repository or self.clone_url, "branch": "main"}
        body = {"name": name, "type": "training", "project": self._project, "script": script, "tags": list(tags)}
        task = str(self.call("tasks.create", body)["id"])
        self.call("tasks.started", {"task": task})
        for metric, curve in (scalars or {"test/accuracy": [0.9]}).items():
            self.report(task, metric, curve)
        if rows:
            self.upload(task, "predictions", parquet(rows))
        if status != "in_progress":
            self.call(f"tasks.{'failed' if status == 'failed' else 'completed'}", {"task": task})
        return task

    def stored(self, documents: Sequence[Mapping[str, Any]]) -> list[str]:
        """Finished runs put into the server directly, for thousands of them: each of what differs from a fresh one."""
        self._project = self._project or self.call("projects.create", {"name": PROJECT, "description": ""})["id"]
        given = {"name": TASK, "project": self._project, "status": "completed"}
        assert self.store is not None
        return self.store.add_tasks([{**given, **document} for document in documents])

    def report(self, task: str, metric: str, curve: Sequence[float]) -> None:
        title, series = metric.split("/")
        for iteration, value in enumerate(curve):
            event = {"type": "training_stats_scalar", "task": task, "metric": title, "variant": series}
            self.call("events.add", {**event, "iter": iteration, "value": value, "timestamp": 1_700_000_000_000})

    def batch(self, events: Sequence[Mapping[str, object]]) -> None:
        """Many events in one request, as the SDK sends them."""
        lines = "\n".join(json.dumps(event) for event in events)
        head = {"Content-Type": "application/json-lines"}
        url = f"{self.environment['CLEARML_API_HOST']}/events.add_batch"
        self._http.post(url, data=lines, headers=head, timeout=20).raise_for_status()

    def upload(self, task: str, name: str, content: bytes, uri: str = "", sha256: str = "") -> None:
        files = self.environment["CLEARML_FILES_HOST"]
        path = f"owls/{task}/{name}.parquet"
        self._http.post(files + "/", files={path: (f"{name}.parquet", content)}, timeout=20).raise_for_status()
        artifact = {
            "key": name,
            "type": "custom",
            "mode": "output",
            "uri": uri or f"{files}/{path}",
            "content_size": len(content),
            "hash": sha256 or hashlib.sha256(content).hexdigest(),
        }
        self.call("tasks.add_or_update_artifacts", {"task": task, "artifacts": [artifact], "force": True})

    def tags(self, task: str) -> list[str]:
        found = self.call("tasks.get_all_ex", {"id": [task], "only_fields": ["tags"]})["tasks"][0]
        return sorted(found.get("tags") or ())

    def holders(self) -> list[str]:
        found = self.call("tasks.get_all_ex", {"tags": ["__$all", TAG], "only_fields": ["id"]})["tasks"]
        return sorted(task["id"] for task in found)


def parquet(rows: Sequence[tuple[str, str, str]]) -> bytes:
    columns = dict(zip(("id", "y_true", "y_pred"), (list(column) for column in zip(*rows, strict=True)), strict=True))
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


@contextmanager
def small_world(folder: Path) -> Iterator[SmallWorld]:
    """Both servers with an empty tracker and a repository that holds only the policy."""
    with ExitStack() as stack:
        clearml = ClearmlSandbox(folder / "clearml", KEY, SECRET)
        stack.callback(clearml.close)
        tracker = Faulty(clearml_schemas.checked(clearml.api))
        made: list[GithubSandbox] = []
        forges: list[Faulty] = []

        def github(url: str) -> Any:
            made.append(GithubSandbox(folder / "github", url))
            forges.append(Faulty(github_openapi.checked(made[0].app)))
            return forges[0]

        stack.callback(lambda: [each.close() for each in made])
        serving = stack.enter_context(Serving())
        urls = {
            "CLEARML_API_HOST": serving.add(lambda _: tracker),
            "CLEARML_FILES_HOST": serving.add(lambda _: clearml.files),
            "CLEARML_WEB_HOST": serving.add(lambda _: clearml.web),
        }
        url = serving.add(github)
        environment = {
            **urls,
            "CLEARML_API_ACCESS_KEY": KEY,
            "CLEARML_API_SECRET_KEY": SECRET,
            "GITHUB_API_URL": f"{url}/api/v3",
            "GITHUB_SERVER_URL": url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": "token-gate-bot",
        }
        os.environ.update({name: value for name, value in environment.items() if name.startswith("CLEARML")})
        world = SmallWorld(environment, url, tracker, forges[0], made[0], store=clearml)
        world.login()
        _found(world, made[0])
        yield world
        assert tracker.app.violations == [], "against the schemas that the ClearML SDK ships"
        assert forges[0].app.violations == [], "against GitHub's own OpenAPI description"


def _found(world: SmallWorld, server: GithubSandbox) -> None:
    for login in PEOPLE:
        server.add_account(login, f"token-{login}")
    server.add_account("gate-bot", "token-gate-bot", "Bot")
    server.add_account("skyline", "token-skyline", "Organization")
    server.add_team("skyline", "reviewers")
    api = world.environment["GITHUB_API_URL"]
    head = {"Authorization": "token token-tomas"}
    requests.post(f"{api}/orgs/skyline/repos", json={"name": "owls"}, headers=head, timeout=20).raise_for_status()
    repo = world.as_user("tomas")
    for login, permission in {**PEOPLE, "gate-bot": "push"}.items():
        if login != "tomas":
            repo.add_to_collaborators(login, permission)
    sha = world.commit("Begin", {"gate.toml": POLICY, "train.py": "print(1)\n"}, author="tomas")
    repo.create_git_ref("refs/heads/main", sha)
    world.clone_url = repo.clone_url
