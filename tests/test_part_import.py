"""The gate loads the part of the clearml SDK it uses, which halves the time of a check, and spoils nothing by it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_world import PROJECT, TASK, SmallWorld

ROOT = Path(__file__).parents[1]
ASK = f"""
import sys
from gate.connect import connect
def ask():
    return connect().tracker.holders("best", "{PROJECT}", "{TASK}")[0].id
"""
FIND = f"[task.id for task in Task.get_tasks(project_name='{PROJECT}', task_name='{TASK}')]"


def printed(world: SmallWorld, script: str) -> str:
    """What a process of its own prints: other tests have loaded the SDK here already."""
    environment = {**os.environ, **world.environment}
    command = [sys.executable, "-c", ASK + script]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_training_half_of_the_sdk_is_not_loaded(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["best"])
    script = "ask(); print([name for name in ('clearml.task', 'clearml.binding', 'pandas') if name in sys.modules])"
    assert printed(owls, script) == "[]"


@pytest.mark.parametrize("order", ["before", "after"])
def test_the_whole_sdk_works_beside_the_gate_whichever_comes_first(owls: SmallWorld, order: str) -> None:
    run = owls.run(owls.main(), tags=["best"])
    steps = [f"from clearml import Task; import clearml.backend_api.session; print({FIND})", "print(ask())"]
    lines = [f"['{run}']", run]
    if order == "after":
        steps, lines = steps[::-1], lines[::-1]
    assert printed(owls, "\n".join(steps)).splitlines() == lines


def test_a_package_that_is_not_installed_is_missed_by_the_import_that_follows(owls: SmallWorld) -> None:
    script = """
from gate.adapters.part_import import load_alone
load_alone("not_there", "part")
try:
    import not_there.part
except ModuleNotFoundError as error:
    print(error)
"""
    assert printed(owls, script) == "No module named 'not_there'"


def test_an_sdk_whose_parts_need_the_whole_is_loaded_whole(owls: SmallWorld, tmp_path: Path) -> None:
    """A part that imports a name of the package itself cannot be had alone."""
    run = owls.run(owls.main(), tags=["best"])
    script = f"""
import importlib.util, pathlib, shutil
shutil.copytree(pathlib.Path(importlib.util.find_spec("clearml").origin).parent, {str(tmp_path / "sdk" / "clearml")!r})
part = pathlib.Path({str(tmp_path / "sdk" / "clearml" / "config" / "__init__.py")!r})
package = part.parents[1] / "__init__.py"
package.write_text("NAME = 1\\n" + package.read_text())
part.write_text("from clearml import NAME\\n" + part.read_text())
sys.path.insert(0, {str(tmp_path / "sdk")!r})
print(ask(), sys.modules["clearml"].NAME)
"""
    assert printed(owls, script) == f"{run} 1"


def test_an_sdk_that_is_loaded_already_stays_the_one_that_is_loaded(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["best"])
    script = "import clearml; ask(); print(sys.modules['clearml'] is clearml)"
    assert printed(owls, script) == "True"
