"""Start and stop what a sandbox consists of: three ClearML servers, the GitHub server, the dashboard."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from gate.launcher import launcher
from gate.sandbox import LOOPBACK
from gate.sandbox.children import Children
from gate.sandbox.clearml import ClearmlSandbox
from gate.sandbox.endings import missing
from gate.sandbox.flights import lessons
from gate.sandbox.github import GithubSandbox
from gate.sandbox.home import BOT, ORGANISATION, Home, SandboxError
from gate.sandbox.sdk_environment import isolated
from gate.sandbox.serve import Serving

APP = launcher()
ACTORS = ("tomas", "noor", "mira", "lena")
KINDS = {BOT: "Bot", ORGANISATION: "Organization"}
START_PATIENCE = 60.0  # seconds until the dashboard must answer


@contextmanager
def servers(home: Home) -> Iterator[None]:
    """Serve ClearML and GitHub on the home's ports until the block ends."""
    home.check_ports()
    with ExitStack() as stack:
        clearml = stack.enter_context(closing(ClearmlSandbox(home.world / "clearml", home.access_key, home.secret_key)))
        github = stack.enter_context(closing(GithubSandbox(home.world / "github", home.url("github"))))
        for login, token in home.tokens.items():
            github.add_account(login, token, KINDS.get(login, "User"))
        apps = {"api": clearml.api, "web": clearml.web, "files": clearml.files, "github": github.app}
        serving = stack.enter_context(Serving())
        for service, app in apps.items():
            serving.add(lambda _, app=app: app, home.ports[service])  # type: ignore[misc]
        yield


def check_dashboard() -> None:
    """Refuse a dashboard that could not start, before minutes go into the world behind it."""
    if APP is None:
        raise SandboxError(
            "The dashboard's pages are not installed here. Install the package anew, or use --no-dashboard."
        )
    if find_spec("streamlit") is None:
        raise SandboxError(f"{missing('streamlit', 'dashboard')} Or use --no-dashboard.")


def start_dashboard(home: Home, children: Children) -> subprocess.Popen[bytes]:
    """Start the dashboard on the home's port, and return when it answers."""
    assert APP is not None, "check_dashboard comes first"
    options = {
        "server.port": home.ports["dashboard"],
        "server.address": LOOPBACK,
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    visitor = {"GATE_ACTING_AS": ",".join(ACTORS), "GATE_DASHBOARD_URL": home.url("dashboard")}
    visitor["GATE_LESSONS"] = str(lessons.write(home))
    log = home.folder / "dashboard.log"
    command = [sys.executable, "-m", "streamlit", "run", str(APP), *flags]
    child = children.start(command, log, APP.parent, isolated(home, home.environment() | visitor))
    _wait_until_healthy(home, child, log)
    return child


def _wait_until_healthy(home: Home, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE
    while not _healthy(home):
        if child.poll() is not None or time.monotonic() > deadline:
            raise SandboxError(f"The dashboard did not start. What it said is in {log}.")
        time.sleep(0.1)


def _healthy(home: Home) -> bool:
    try:
        with urlopen(f"{home.url('dashboard')}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False
