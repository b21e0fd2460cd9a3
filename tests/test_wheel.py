"""What is installed is what is tracked: nothing of the package is left behind, nothing else comes along."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import requests

from tests.browser import free_port, wait_for
from tests.chat import until
from tests.sandbox_process import clean_environment

ROOT = Path(__file__).parents[1]
DASHBOARD = ("app.py", "pages", ".streamlit")
BUILT_FROM = ("gate", *DASHBOARD, "pyproject.toml", "README.md", "LICENSE")
SHARE = "data/share/promotion-gate/"


def tracked(*paths: str) -> set[str]:
    """The files below the paths that git knows and that are here."""
    listed = subprocess.run(["git", "ls-files", "-z", *paths], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.split("\0") if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """Built from a copy, because a build directory of an earlier time would lend it files."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in tracked(*BUILT_FROM):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(built)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(source)], check=True)
    (file,) = built.iterdir()
    return ZipFile(file)


def test_the_wheel_holds_every_tracked_file_of_the_package_and_no_other(wheel: ZipFile) -> None:
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name and SHARE not in name}
    assert packed == tracked("gate")


def test_the_wheel_holds_the_dashboard_where_no_import_finds_it(wheel: ZipFile) -> None:
    packed = {name.partition(SHARE)[2] for name in wheel.namelist() if SHARE in name}
    assert packed == tracked(*DASHBOARD)


def test_the_installed_command_serves_the_dashboard_from_any_folder(wheel: ZipFile, tmp_path: Path) -> None:
    assert wheel.filename
    prefix, port = tmp_path / "prefix", free_port()
    options = ["--no-deps", "--no-index", "--quiet", "--ignore-installed", "--no-compile", "--prefix", str(prefix)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, wheel.filename], check=True)
    (site,) = prefix.glob("lib/python3*/site-packages")
    environment = {**clean_environment(), "PYTHONPATH": str(site), "HOME": str(tmp_path)}
    line = [sys.executable, "-m", "gate", "dashboard", "--port", str(port)]
    process = subprocess.Popen(line, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=10).ok
        assert until(lambda: "configuration" in requests.get(f"http://127.0.0.1:{port}/readyz", timeout=10).text)
    finally:
        process.terminate()
        said = process.communicate(timeout=60)[1]
    assert process.returncode == -signal.SIGTERM, said
    assert "GITHUB_REPOSITORY is" in said


def test_the_wheel_brings_the_command(wheel: ZipFile) -> None:
    (entry_points,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "gate = gate.cli:main" in wheel.read(entry_points).decode().splitlines()
