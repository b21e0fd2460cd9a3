"""A user's own training script, in an environment of its own, against the running sandbox: the gate finds its run."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gate.sandbox.home import Home
from tests.flights_world import FlightsWorld, metrics
from tests.fresh_python import fresh_python
from tests.sandbox_process import CHECKOUT, private_world

pytest_plugins = ("tests.sandbox_world",)

# As an ML engineer writes it: nothing in it knows of a sandbox or of the gate.
SCRIPT = '''
from pathlib import Path

import pandas as pd
from clearml import Dataset, Task

PARAMETERS = {"depth": 3, "rate": 0.1}


def register():
    """Put this month's answers under version control, and answer the local copy."""
    folder = Path("answers")
    folder.mkdir(exist_ok=True)
    (folder / "answers.csv").write_text("id,answer\\n1,ATL\\n2,BOS\\n")
    dataset = Dataset.create(dataset_name="answers", dataset_project="Night", dataset_version="1.0.0")
    dataset.add_files(folder)
    dataset.upload()
    dataset.finalize()
    return Dataset.get(dataset_name="answers", dataset_project="Night", alias="train").get_local_copy()


def main():
    task = Task.init(project_name="Flights", task_name="train destination")
    task.connect(PARAMETERS)
    answers = pd.read_csv(Path(register()) / "answers.csv")
    logger = task.get_logger()
    for epoch in range(5):
        logger.report_scalar("learning", "loss", 1 / (epoch + 1), epoch)
    logger.report_scalar("test", "accuracy", 0.75, 5)
    predictions = pd.DataFrame({"id": answers["id"], "y_true": answers["answer"], "y_pred": ["ATL", "ATL"]})
    predictions.to_parquet("predictions.parquet", index=False)
    task.upload_artifact("predictions", "predictions.parquet", wait_on_upload=True)
    task.close()


if __name__ == "__main__":
    main()
'''
IGNORED = "answers/\npredictions.parquet\n"
PUSH = """
git switch --quiet --create at-night
git add --all
git -c user.name=Mira -c user.email=mira@example.com commit --quiet --message 'Train at night'
git push --quiet "${GITHUB_SERVER_URL/'://'/'://x-access-token:'$GITHUB_TOKEN@}/$GITHUB_REPOSITORY.git" at-night
"""
OLD_INPUTS = {
    "CLEARML_PROJECT": "Flights",
    "CLEARML_TASK_NAME": "train destination",
    "CLEARML_SCALAR_TITLE": "test",
    "CLEARML_SCALAR_SERIES": "accuracy",
    "CLEARML_BEST_TAGNAME": "best at night",
}


@dataclass(frozen=True)
class User:
    """Somebody with a home folder, a virtual environment and what `gate sandbox env` printed."""

    world: FlightsWorld
    folder: Path
    printed: str

    def shell(self, line: str, cwd: Path | None = None, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run a line with the printed variables, PATH and HOME, and nothing else."""
        environment = {
            "PATH": f"{self.folder / 'venv' / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
        }
        command = ["bash", "-e", "-c", f"{self.printed}\n{line}"]
        given = {"cwd": cwd or self.folder, "env": environment, "timeout": 180}
        done = subprocess.run(command, capture_output=True, text=True, check=False, **given)
        assert code in (None, done.returncode), done.stdout + done.stderr
        return done

    def commit(self) -> str:
        """Clone, add the script on a branch of its own, push, and answer the commit."""
        clone = self.clone("writing")
        (clone / "train_at_night.py").write_text(SCRIPT)
        (clone / ".gitignore").write_text(IGNORED)
        self.shell(PUSH, clone)
        return self.shell("git rev-parse HEAD", clone).stdout.strip()

    def clone(self, name: str, branch: str = "main") -> Path:
        self.shell(f'git clone --quiet --branch {branch} "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY.git" {name}')
        return self.folder / name

    def train(self, clone: Path) -> str:
        """Run the script, and answer the task id that the SDK printed."""
        where = self.shell("python -c 'import sys; print(sys.prefix)'").stdout.strip()
        assert where == str(self.folder / "venv") != sys.prefix
        said = self.shell("python train_at_night.py", clone).stdout
        (task,) = re.findall(r"created new task id=([0-9a-f]{32})", said)
        return str(task)

    def check(self, commit: str, **inputs: str) -> tuple[int, dict[str, object]]:
        given = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in inputs.items())
        line = f"{given}{shlex.quote(sys.executable)} -m gate check --commit {commit} --no-post --format json"
        done = self.shell(line, CHECKOUT, code=None)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def user(private_home: Home, tmp_path: Path) -> Iterator[User]:
    (tmp_path / "home").mkdir()
    fresh_python(tmp_path / "venv")
    with private_world(private_home) as world:
        command = [sys.executable, "-m", "gate", "sandbox", "env", "--home", str(private_home.folder)]
        printed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=True).stdout
        yield User(world, tmp_path, printed)


def test_a_users_own_script_is_found_by_its_commit(user: User) -> None:
    commit = user.commit()
    task = user.train(user.clone("fresh", "at-night"))

    (recorded,) = user.world.runs(commit)
    assert (recorded["id"], recorded["status"], recorded["script"]["diff"]) == (task, "completed", "")
    assert recorded["script"]["entry_point"] == "train_at_night.py"
    assert metrics(recorded) == {"learning/loss": 0.2, "test/accuracy": 0.75}
    assert list(user.world.predictions(recorded)["y_pred"]) == ["ATL", "ATL"]
    (dataset,) = [each["id"] for each in user.world.tasks() if each["name"] == "answers"]
    assert recorded["hyperparams"]["Datasets"]["train"]["value"] == dataset

    code, report = user.check(commit, **OLD_INPUTS)
    assert (code, report["verdict"], report["candidate"]["id"]) == (0, "review", task)
    code, report = user.check(commit)  # by gate.toml, which asks for the flights
    assert (code, report["verdict"], report["candidate"]["id"]) == (1, "failed", task)
    assert [each["outcome"] for each in report["findings"] if each["rule"] == "data train"] == ["failed"]


def test_a_users_script_with_an_uncommitted_edit_is_found_and_refused(user: User) -> None:
    commit = user.commit()
    clone = user.clone("edited", "at-night")
    script = clone / "train_at_night.py"
    script.write_text(script.read_text().replace("0.75", "0.99"))
    task = user.train(clone)
    code, report = user.check(commit, **OLD_INPUTS)
    assert (code, report["candidate"]) == (3, None)
    assert report["refused"] == [{"id": task, "reason": "it ran with uncommitted changes"}]
