"""Run a job of a GitHub workflow step by step on this machine, as its runner does: `run` in bash, `uses` of our action.

Actions of others are stood in for by what they answer (`OTHERS`); any other is an error.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.expressions import filled, holds

ROOT = Path(__file__).parents[1]
SHELLS = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
OTHERS: Mapping[str, Mapping[str, str]] = {
    "actions/setup-python": {"python-path": sys.executable},
    "actions/cache": {"cache-hit": ""},
    "actions/upload-artifact": {},
}
KEPT = ("PATH", "LANG", "TMPDIR", "PIP_INDEX_URL", "PIP_CONFIG_FILE")


@dataclass
class Job:
    """A job while it runs, and what it leaves. ``code`` is the exit code of the step that failed, or 0."""

    code: int = 0
    log: str = ""
    summary: str = ""
    path: list[str] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)

    def outputs(self, step: str) -> dict[str, str]:
        return dict(self.steps[step]["outputs"])


@dataclass
class Machine:
    """A runner, and what GitHub tells it: the event, secrets and variables. ``github`` are further GITHUB_* values."""

    folder: Path
    temp: Path
    github: Mapping[str, str]
    event_name: str
    event: Mapping[str, Any]
    token: str
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    tools: Path | None = None

    def run(self, workflow: Path, job: str = "") -> Job:
        """The only job, or the one called so."""
        written = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        jobs = written["jobs"]
        chosen = jobs[job] if job else next(iter(jobs.values()))
        self.workspace.mkdir(parents=True, exist_ok=True)
        ran = Job()
        contexts = {
            "github": self._context(),
            "secrets": self.secrets,
            "vars": self.variables,
            "runner": self._runner(),
        }
        given = self._environment()
        for layer in (written.get("env", {}), chosen.get("env", {})):
            given |= {name: filled(value, contexts) for name, value in layer.items()}
        self._steps(chosen["steps"], contexts, given, ran)
        return ran

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    def _steps(
        self, steps: list[dict[str, Any]], contexts: Mapping[str, Any], given: Mapping[str, str], ran: Job
    ) -> None:
        for number, step in enumerate(steps):
            here = {**contexts, "steps": ran.steps, "env": {**given, **ran.more}}
            functions = self._functions(ran.code)
            if not holds(step.get("if", "success()"), here, functions):
                continue
            own = {name: filled(value, here, functions) for name, value in step.get("env", {}).items()}
            here["env"] = {**given, **ran.more, **own}
            outputs, code = self._step(step, here, here["env"], ran)
            ran.steps[step.get("id", f"step {number}")] = {"outputs": outputs}
            ran.code = ran.code or (0 if step.get("continue-on-error") else code)

    def _step(
        self, step: dict[str, Any], contexts: Mapping[str, Any], environment: Mapping[str, str], ran: Job
    ) -> tuple[Mapping[str, str], int]:
        if "run" in step:
            return self._script(filled(step["run"], contexts), step.get("shell"), environment, ran)
        name = step["uses"].partition("@")[0]
        if name in OTHERS:
            return OTHERS[name], 0
        if not name.endswith("/promotion-gate"):
            raise ValueError(f"{step['uses']} is not known here")
        return self._composite(step.get("with", {}), contexts, environment, ran)

    def _composite(
        self, given: Mapping[str, Any], contexts: Mapping[str, Any], environment: Mapping[str, str], ran: Job
    ) -> tuple[Mapping[str, str], int]:
        action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        unknown = set(given) - set(action["inputs"])
        assert not unknown, f"the action has no inputs {sorted(unknown)}"
        inputs = {
            name: filled(given.get(name, said.get("default", "")), contexts) for name, said in action["inputs"].items()
        }
        inner = Job(path=ran.path, more=ran.more)
        within = {"github": contexts["github"], "runner": contexts["runner"], "inputs": inputs, "steps": inner.steps}
        environment = {**environment, "GITHUB_ACTION_PATH": str(ROOT)}
        self._steps(action["runs"]["steps"], within, environment, inner)
        ran.log += inner.log
        ran.summary += inner.summary
        return {name: filled(said["value"], within) for name, said in action["outputs"].items()}, inner.code

    def _script(
        self, script: str, shell: str | None, environment: Mapping[str, str], ran: Job
    ) -> tuple[Mapping[str, str], int]:
        files = {name: self.folder / name for name in ("output", "env", "path", "step_summary", "script")}
        for file in files.values():
            file.write_text("")
        files["script"].write_text(script)
        told = {f"GITHUB_{name.upper()}": str(files[name]) for name in ("output", "env", "path", "step_summary")}
        path = os.pathsep.join([*ran.path, *([str(self.tools)] if self.tools else []), environment["PATH"]])
        done = subprocess.run(
            [*SHELLS[shell], str(files["script"])],
            cwd=self.workspace,
            env={**environment, **told, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=240,
            check=False,
        )
        ran.log += done.stdout
        ran.summary += files["step_summary"].read_text()
        ran.more |= _pairs(files["env"].read_text())
        ran.path[:0] = reversed(files["path"].read_text().split())
        return _pairs(files["output"].read_text()), done.returncode

    def _functions(self, failed: int) -> dict[str, Callable[..., object]]:
        return {
            "success": lambda: not failed,
            "failure": lambda: bool(failed),
            "always": lambda: True,
            "hashFiles": lambda pattern: _hash(sorted(self.workspace.glob(pattern))),
        }

    def _context(self) -> dict[str, Any]:
        known = {name.removeprefix("GITHUB_").lower(): value for name, value in self.github.items()}
        return {**known, "event": self.event, "event_name": self.event_name, "token": self.token}

    def _runner(self) -> dict[str, str]:
        return {"os": "Linux", "arch": "X64", "temp": str(self.temp)}

    def _environment(self) -> dict[str, str]:
        event = self.folder / "event.json"
        event.write_text(json.dumps(self.event))
        self.temp.mkdir(parents=True, exist_ok=True)
        places = {"HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder / "cache")}
        # What the tests have is installed for the gate too, all but the gate itself.
        packages = {"PYTHONPATH": sysconfig.get_path("purelib"), "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}
        runner = {f"RUNNER_{name.upper()}": value for name, value in self._runner().items()}
        return {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            **places,
            **packages,
            **runner,
            **self.github,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": self.event_name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_WORKSPACE": str(self.workspace),
        }


def _pairs(text: str) -> dict[str, str]:
    """``name=value`` lines; the form for values of several lines is not used here."""
    return {name: value for name, _, value in (line.partition("=") for line in text.splitlines())}


def _hash(files: list[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest() if files else ""
