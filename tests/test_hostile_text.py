"""Text that others chose, through everything that shows a decision: it stays text."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from gate.ledger import Override
from gate.record import Model
from gate.workflow import Question, check, decide, publish
from gate.workflow.audit import as_csv
from gate.workflow.book import open_book
from gate.workflow.statuses import APPROVAL, words
from tests import rendered
from tests.records import NEW, chain
from tests.reviewer import decision
from tests.small_world import POLICY, SmallWorld

HOSTILE = (
    "<script>alert(1)</script>",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "@everyone #1 closes #2 -->",
    "`| a | b |` **bold** \u202egnp.exe\u200b",
    "](javascript:x) @everyone <img> --> %0A::error::",
    "=HYPERLINK(1)\n::set-output name=x::y\r\x1b[2J",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_is_text_in_status_csv_and_terminal(owls: SmallWorld, text: str) -> None:
    owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best"])
    pull = owls.pull(text[:60].replace("\n", " ").replace("\r", " "))
    owls.run(pull.head.sha, {"test/accuracy": [0.9]})
    decide(owls.connect(), decision(owls, pull.number, kind="reject", comment=text))
    review = check(owls.connect(), Question(pull=pull.number))
    assert publish(owls.connect(), review) == []
    _, said = owls.connect().forge.statuses(pull.head.sha, APPROVAL)[0]
    assert said.isprintable()
    assert len(said) <= 140
    records = open_book(owls.connect().forge, review.scope).ledger.records
    assert not re.search(r"(^|,)\"?[=+@]", as_csv(records).decode("utf-8-sig"), re.MULTILINE)
    environment = {**os.environ, **owls.environment}
    listed = subprocess.run(
        [sys.executable, "-m", "gate", "ledger", "list"], env=environment, capture_output=True, text=True, check=True
    )
    assert all(line.isprintable() for line in listed.stdout.split("\n"))
    assert "\n::set-output" not in listed.stdout


@pytest.mark.parametrize("text", HOSTILE)
def test_an_override_s_reason_is_text_where_it_is_shown_first(text: str) -> None:
    model = Model(NEW.task, NEW.commit, NEW.pull, Override(text, "noor", "2030-01-01T00:00:00+00:00"))
    said = words(chain("promoted", candidate=model)[0], NEW.commit, "success")
    assert said.isprintable()
    assert said.startswith("OVERRIDE by noor until 2030-01-01: ")
    assert said.endswith("]"), "the anchor is never cut off"


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_task_tag_and_metric_are_text_in_the_comment(owls: SmallWorld, text: str) -> None:
    name = " ".join("".join(c if c.isprintable() else " " for c in text).replace('"', "").split())
    tag = name.replace("\\", "").lstrip("=")
    owls.set_policy(POLICY.replace('task = "train"', f'task = "{name}"').replace('tag = "best"', f'tag = "{tag}"'))
    pull = owls.pull("Look")
    owls.run(pull.head.sha, {"test/accuracy": [0.9]}, name=name)
    review = check(owls.connect(), Question(pull=pull.number))
    assert publish(owls.connect(), review) == []
    (comment,) = owls.as_user("noor").get_issue(pull.number).get_comments()
    seen = rendered.markdown(comment.body)
    assert name in seen.text
    assert seen.names & {"script", "img", "i"} == set()
    assert all(link.startswith(owls.github_url) or "/experiments/" in link for link in seen.links)
    assert seen.mentions == []
