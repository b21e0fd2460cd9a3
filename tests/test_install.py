"""A small installation: what it can do without the packages it goes without, and what it says where it cannot."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.small_world import CLASSES_RULE, POLICY, SmallWorld

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([\w.-]+)==([\w.]+)$", re.M)
PINS, MORE = (PIN.findall((ROOT / f"requirements-{name}.txt").read_text()) for name in ("headless", "predictions"))
ABSENT = ("numpy", "scipy", "duckdb", "pandas", "PIL", "rich", "streamlit", "plotly", "cryptography")
OF_TYPER = {"typer", "shellingham", "annotated_doc", "pydantic", "pydantic_core", "annotated_types"} | {
    "typing_extensions",
    "typing_inspection",
}
CURVE_RULE = '[[scope.rule]]\nkind = "curve"\nmetric = "test/loss"\ndirection = "min"\n'
LOADED = "import sys, atexit; atexit.register(lambda: print('\\n' + ' '.join(sys.modules), file=sys.stderr)); "


@pytest.fixture(scope="module")
def small_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has the packages of requirements-headless.txt and no others."""
    folder = tmp_path_factory.mktemp("small")
    packages = folder / "packages"
    packages.mkdir()
    for name, _ in PINS:
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}:
            if not (packages / top).exists():
                (packages / top).symlink_to(Path(str(found.locate_file(top))))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True, timeout=60)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "small.pth").write_text(f"{packages}\n{ROOT}\n")
    return folder / "venv" / "bin" / "python"


def run(python: Path | str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | environment
    line = [str(python), *arguments]
    return subprocess.run(line, env=given, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def loaded(python: Path | str, *arguments: str, **environment: str) -> set[str]:
    """The packages that a command has loaded when it ends."""
    code = f"{LOADED}sys.argv = ['gate', *{list(arguments)!r}]; from gate.cli import main; main()"
    return {module.split(".")[0] for module in run(python, "-c", code, **environment).stderr.splitlines()[-1].split()}


def test_the_small_installation_is_small(small_python: Path) -> None:
    code = f"from importlib.util import find_spec; print([name for name in {ABSENT!r} if find_spec(name)])"
    assert run(small_python, "-c", code).stdout.strip() == "[]"


def test_a_policy_of_metrics_is_judged_and_posted_without_any_package_for_rows(
    owls: SmallWorld, small_python: Path
) -> None:
    owls.run(owls.main(), {"test/accuracy": [0.9]}, tags=["best"])
    for title, accuracy, code in (("better", 0.91, 0), ("worse", 0.5, 1)):
        pull = owls.pull(title)
        owls.run(pull.head.sha, {"test/accuracy": [accuracy]})
        done = run(
            small_python, "-m", "gate", "check", "--pr", str(pull.number), "--format", "json", **owls.environment
        )
        assert (done.returncode, json.loads(done.stdout)["exit_code"]) == (code, code), done.stderr
        assert owls.connect().forge.status(pull.head.sha, "model-gate") == ("success", "failure")[code]


@pytest.mark.parametrize(
    ("rule", "rules", "packages"),
    [(CLASSES_RULE, "classes", "duckdb, numpy, scipy"), (CURVE_RULE, "curve test/loss", "numpy")],
    ids=["classes", "curve"],
)
def test_a_rule_that_needs_more_is_named_with_the_remedy_and_nothing_is_posted(
    owls: SmallWorld, small_python: Path, rule: str, rules: str, packages: str
) -> None:
    owls.set_policy(POLICY + rule)
    owls.run(owls.main(), tags=["best"])
    pull = owls.pull("Try")
    owls.run(pull.head.sha)
    done = run(small_python, "-m", "gate", "check", "--pr", str(pull.number), **owls.environment)
    said = f"configuration: these rules need {packages}, not installed here: {rules}; "
    assert done.returncode == 2
    assert f"{said}pip install 'promotion-gate[predictions]'" in done.stderr
    assert not [
        heard.line for heard in owls.forge.heard if heard.line.startswith("POST") and "/statuses/" in heard.line
    ]


def test_commands_about_files_say_what_they_need(small_python: Path, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_bytes(b"PAR1" * 4)
    done = run(small_python, "-m", "gate", "evaluate", str(tmp_path / "a"), str(tmp_path / "b"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "this needs duckdb, which is not installed here: pip install 'promotion-gate[predictions]'" in done.stderr


@pytest.mark.parametrize(
    "command", [["--help"], ["check", "--help"], ["--version"], ["doctor", "--help"]], ids=" ".join
)
def test_help_loads_nothing_but_the_command_line(command: list[str]) -> None:
    foreign = {name for name in loaded(sys.executable, *command) if not name.startswith("_")}
    assert foreign - set(sys.stdlib_module_names) <= {"gate", *OF_TYPER}


def test_a_check_loads_clearml_when_it_asks_clearml_and_no_screen_ever(owls: SmallWorld) -> None:
    unset = loaded(sys.executable, "check", "--commit", "a" * 40, GITHUB_REPOSITORY="")
    assert not unset & {"clearml", *ABSENT}
    owls.set_policy("# no rule\n")
    broken = loaded(sys.executable, "explain", str(ROOT / "gate/sandbox/flights/project/gate.toml"))
    assert not broken & {"clearml", "github", "streamlit", "plotly", "numpy", "scipy", "duckdb"}


def test_help_takes_less_than_three_tenths_of_a_second_of_the_processor() -> None:
    def spent() -> float:
        begin = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run(sys.executable, "-m", "gate", "--help").returncode == 0
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        return end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime

    assert min(spent() for _ in range(3)) < 0.3


def test_the_pins_of_the_small_installation_are_versions_that_the_project_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = {name.lower(): version for name, version in [*PINS, *MORE]}
    for line in [*project["dependencies"], *project["optional-dependencies"]["predictions"]]:
        name, least, below = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?>=([\d.]+),<([\d.]+)", line).groups()  # type: ignore[union-attr]
        assert number(least) <= number(pins[name.lower()]) < number(below), line


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def test_the_figures_of_the_documentation_can_be_measured_again() -> None:
    assert "python -m benchmarks.install" in (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
