"""The sandbox starts, stops and starts again, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from gate.sandbox.home import Home, SandboxError
from tests.flights_world import FlightsWorld
from tests.sandbox_process import (
    CHECKOUT,
    clean_environment,
    launch,
    private_world,
    said,
    some_ports,
    start,
    wait_for,
)

pytest_plugins = ("tests.sandbox_world",)


def gate_sandbox(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gate", "sandbox", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False)


USER_SCRIPT = """
import json
import os
from clearml import Task
from github import Auth, Github

task = Task.init(project_name="Elsewhere", task_name="from another folder", reuse_last_task_id=False)
task.get_logger().report_scalar("test", "accuracy", 0.5, 0)
task.close()
github = Github(auth=Auth.Token(os.environ["GITHUB_TOKEN"]), base_url=os.environ["GITHUB_API_URL"])
pull = github.get_repo(os.environ["GITHUB_REPOSITORY"]).get_pull(1)
pull.create_issue_comment("Seen from another folder.")
"""


def test_what_a_visitor_did_with_the_printed_environment_outlives_a_restart(private_home: Home, tmp_path: Path) -> None:
    process = start(private_home.folder, "--no-dashboard")
    try:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "script.py").write_text(USER_SCRIPT)
        (entrance,) = re.findall(r'eval ".*"', said(private_home.folder))
        visitor = subprocess.run(
            ["sh", "-c", f"{entrance}\ncd '{elsewhere}' && exec '{sys.executable}' script.py"],
            cwd=CHECKOUT,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert visitor.returncode == 0, visitor.stderr
        before = FlightsWorld(private_home).memory()
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert time.monotonic() - begin < 10
    finally:
        process.kill()
    assert "Traceback" not in said(private_home.folder)
    assert processes_of(private_home) == []
    assert "from another folder" in [task["name"] for task in before["tasks"]]
    assert "Seen from another folder." in before["comments"][0]
    with private_world(private_home) as again:
        assert again.memory() == before


def processes_of(home: Home) -> list[str]:
    """Living processes that name the home or one of its ports, or work inside it."""
    traces = (str(home.folder), f"--server.port {home.ports['dashboard']}")
    return [
        line
        for process in psutil.process_iter(["cmdline", "cwd", "status", "pid"])
        if process.info["status"] != psutil.STATUS_ZOMBIE and process.pid != os.getpid()
        for line in [" ".join([*(process.info["cmdline"] or ()), process.info["cwd"] or ""])]
        if any(trace in line for trace in traces)
    ]


def test_the_dashboard_starts_and_ends_with_the_sandbox(private_home: Home) -> None:
    with private_world(private_home, dashboard=True):
        assert private_home.url("dashboard") in said(private_home.folder)
        (dashboard,) = [line for line in processes_of(private_home) if "streamlit run" in line]
        assert "--server.address 127.0.0.1" in dashboard
    assert processes_of(private_home) == []


def test_nothing_outlives_a_killed_sandbox(private_home: Home) -> None:
    process = start(private_home.folder)
    assert any("streamlit" in line for line in processes_of(private_home))
    process.kill()
    process.wait()
    deadline = time.monotonic() + 5
    while processes_of(private_home) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(private_home) == []
    assert not private_home.is_running()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_a_cut_seeding_leaves_no_process_and_is_no_world(end: signal.Signals, tmp_path: Path) -> None:
    home = Home.open(tmp_path / "cut", some_ports())
    process = launch(home.folder, "--no-dashboard")
    logs = home.world / "logs"
    wait_for(lambda: any(logs.glob("main-*.log")), process, home.folder, patience=120)
    process.send_signal(end)
    assert process.wait(10) == (0 if end == signal.SIGINT else -signal.SIGKILL)
    assert "Traceback" not in said(home.folder)
    time.sleep(0.5)
    assert processes_of(home) == []
    again = launch(home.folder, "--no-dashboard")
    try:
        wait_for(lambda: not any(logs.glob("main-*.log")) and home.is_running(), again, home.folder, patience=20)
    finally:
        again.send_signal(signal.SIGTERM)
        assert again.wait(10) == 0


INTERRUPTED = """
import os, signal
os.kill(os.getpid(), signal.SIGTERM)
print("imported")
"""
INTERRUPTING = """
import time
from gate.sandbox.endings import interruptible
with interruptible():
    import interrupted
    time.sleep(30)
    print("not reached")
print("tidied")
"""


def test_an_interrupt_lets_an_import_end(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(INTERRUPTED)
    environment = clean_environment() | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{CHECKOUT}"}
    command = [sys.executable, "-c", INTERRUPTING]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=True)
    assert answer.stdout.split() == ["imported", "Stopped.", "tidied"]
    assert answer.stderr == ""


def test_the_environment_of_a_sandbox_that_is_not_running_is_refused(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "sandbox", some_ports())
    answer = gate_sandbox("env", "--home", str(home.folder))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "is not running" in answer.stderr


@pytest.mark.parametrize(("package", "extra"), [("starlette", "sandbox"), ("streamlit", "dashboard")])
def test_a_missing_package_is_named_with_the_extra_that_brings_it(package: str, extra: str, tmp_path: Path) -> None:
    home = tmp_path / "sandbox"
    script = f"import runpy, sys; sys.modules[{package!r}] = None; runpy.run_module('gate', run_name='__main__')"
    command = [sys.executable, "-c", script, "sandbox", "--home", str(home)]
    answer = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith(f"The package {package} is not installed.")
    assert f"pip install 'promotion-gate[{extra}]'" in answer.stderr
    assert not home.exists()


def test_a_second_sandbox_on_one_home_is_refused(world: FlightsWorld) -> None:
    answer = gate_sandbox("--home", str(world.home.folder), "--no-dashboard")
    assert answer.returncode == 2
    assert "already running" in answer.stderr


def test_a_taken_port_is_named_and_not_replaced(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "sandbox", some_ports())
    with socket.create_server(("127.0.0.1", home.ports["github"])):
        answer = gate_sandbox("--home", str(home.folder), "--no-dashboard")
    assert answer.returncode == 2
    assert f"Port {home.ports['github']} (github) is taken" in answer.stderr
    assert "--home" in answer.stderr
    assert Home.open(home.folder).ports == home.ports


def test_reset_removes_the_world_and_keeps_ports_and_keys(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "sandbox", some_ports())
    (home.world / "clearml").mkdir(parents=True)
    assert gate_sandbox("reset", "--yes", "--home", str(home.folder)).returncode == 0
    assert not home.world.exists()
    assert Home.read(home.folder) == home


def test_keys_are_for_the_owner_only_and_never_printed(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "sandbox")
    assert (home.folder / "sandbox.json").stat().st_mode & 0o777 == 0o600
    assert home.secret_key not in repr(home)
    assert not any(token in repr(home) for token in home.tokens.values())


def test_a_damaged_home_says_what_to_do(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "sandbox")
    (home.folder / "sandbox.json").write_text("{")
    with pytest.raises(SandboxError, match="Remove it"):
        Home.read(home.folder)


def test_a_home_of_another_version_says_what_to_do(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "sandbox")
    settings = json.loads((home.folder / "sandbox.json").read_text())
    (home.folder / "sandbox.json").write_text(json.dumps(settings | {"schema": 0}))
    answer = gate_sandbox("reset", "--yes", "--home", str(home.folder))
    assert answer.returncode == 2
    assert f"another version. Remove {home.folder}, then start" in answer.stderr
