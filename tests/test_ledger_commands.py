"""The ledger on the command line: list, verify, roll back, adopt, restore; as processes, as CI runs them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from gate import ledger as books
from gate.workflow import decide
from gate.workflow.book import BRANCH, history
from gate.workflow.scopes import places
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld


def gate(owls: SmallWorld, *arguments: str, token: str = "noor") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **owls.environment, "GITHUB_TOKEN": f"token-{token}"}
    command = [sys.executable, "-m", "gate", *arguments, "--timeout", "120"]
    return subprocess.run(command, env=environment, timeout=150, check=False, capture_output=True, text=True)


def promoted(owls: SmallWorld, comment: str = "sees better") -> tuple[int, str, str]:
    number, best, candidate = a_better_candidate(owls)
    assert decide(owls.connect(), decision(owls, number, comment=comment)).kind == "promoted"
    return number, best, candidate


def test_a_rollback_on_the_command_line_is_listed_with_who_and_why(owls: SmallWorld) -> None:
    _, best, candidate = promoted(owls)
    ended = gate(owls, "rollback", best, "--reason", "recall fell")
    assert (ended.returncode, ended.stdout) == (0, f"owls: rolled back, best is {best}\n")
    listed = gate(owls, "ledger", "list")
    assert listed.returncode == 0
    lines = listed.stdout.splitlines()
    assert lines[0] == f"owls: at rest, best is {best}"
    assert [line.split()[2] for line in lines[1:]] == ["bootstrap", "approve", "promoted", "rollback", "rolled_back"]
    assert lines[4].split()[3:] == ["noor", best, "recall", "fell"]
    assert owls.tags(candidate) == ["mine"]


REFUSED = [("lena", 1, "read permission"), ("gate-bot", 2, "GITHUB_TOKEN must be a person's")]


@pytest.mark.parametrize(("token", "code", "why"), REFUSED)
def test_who_may_not_decide_may_not_on_the_command_line(owls: SmallWorld, token: str, code: int, why: str) -> None:
    _, best, candidate = promoted(owls)
    ended = gate(owls, "rollback", best, "--reason", "mine was better", token=token)
    assert (ended.returncode, owls.holders()) == (code, [candidate])
    assert why in ended.stderr


def test_a_tag_moved_by_hand_is_exit_code_5_until_a_person_chooses(owls: SmallWorld) -> None:
    promoted(owls)
    stranger = owls.run(owls.main(), tags=["best"])
    for command in (("reconcile",), ("ledger", "list")):
        ended = gate(owls, *command)
        assert ended.returncode == 5
        assert "gate adopt" in ended.stdout
    assert gate(owls, "adopt", stranger, "--reason", "it was urgent").returncode == 0
    assert gate(owls, "reconcile").stdout == f"owls: at rest, best is {stranger}\n"
    assert owls.holders() == [stranger]


def test_the_export_is_safe_in_a_spreadsheet(owls: SmallWorld) -> None:
    promoted(owls, comment='=HYPERLINK("http://evil.example")')
    rows = list(csv.DictReader(io.StringIO(gate(owls, "ledger", "list", "--format", "csv").stdout.lstrip("\ufeff"))))
    assert [row["kind"] for row in rows] == ["bootstrap", "approve", "promoted"]
    assert rows[1]["comment"].startswith("'=HYPERLINK")
    lines = gate(owls, "ledger", "list", "--format", "json").stdout.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]


def test_verifying_counts_records_and_the_statuses_that_agree(owls: SmallWorld) -> None:
    promoted(owls)
    ended = gate(owls, "ledger", "verify")
    assert (ended.returncode, ended.stdout) == (
        0,
        "Owls/train: 3 records, every hash in place, 1 commit statuses agree\n",
    )


def rewritten(owls: SmallWorld, comment: str) -> None:
    """Somebody with write access forges the ledger, with every hash made anew."""
    world = owls.connect()
    (place,) = places(world)
    records, previous = [], books.GENESIS
    for record in history(world.forge, place):
        forged = replace(record, comment=comment, previous_hash=previous).sealed()
        records.append(forged)
        previous = forged.hash
    path = books.segment_path(place, 1)
    known = world.forge.read(path, BRANCH)
    assert known is not None
    world.forge.write(path, "".join(record.line() for record in records), BRANCH, "forged", known.sha)


def test_a_ledger_that_was_written_anew_contradicts_the_commit_statuses(owls: SmallWorld) -> None:
    _, _, candidate = promoted(owls)
    rewritten(owls, "nobody said so")
    ended = gate(owls, "ledger", "verify")
    assert ended.returncode == 5
    assert "the ledger was cut or written anew" in ended.stderr
    assert owls.holders() == [candidate]
