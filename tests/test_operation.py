"""A running dashboard as its operator sees it: asked how it is, read in its logs, ended in the middle of its work."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import streamlit
from playwright.sync_api import Page

from gate.desk import Worker
from gate.workflow import World, decide
from gate.workflow.book import history
from gate.workflow.reconcile import APPROVAL
from gate.workflow.scopes import places
from pages import _desk
from tests.browser import PATIENCE, ROOT, chromium, needs_chromium, running
from tests.chat import PATH, chat, until
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld
from tests.test_browser import write_comment
from tests.test_worker import ended

pytestmark = needs_chromium
CLICKED = "tasks.update_tags"


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


def lines(log: Path) -> list[dict[str, Any]]:
    """Every line that was logged; each must be JSON."""
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def kinds(owls: SmallWorld) -> list[str]:
    world = owls.connect()
    return [record.kind for record in history(world.forge, places(world)[0])]


def approve(owls: SmallWorld, page: Page, url: str, number: int) -> None:
    """Click, and return when the promotion has reached its first change of a tag."""
    page.goto(f"{url}/review?pr={number}&scope=owls")
    write_comment(page, "sees both eyes").click(timeout=PATIENCE)
    assert until(lambda: any(CLICKED in heard.line for heard in owls.tracker.heard), 60)


def asked_as_documented(url: str, folder: Path) -> str:
    """What the commands of docs/operations.md print, whose dashboard is at the usual port."""
    (commands,) = re.findall(r"```bash\n(.*?)```", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.S)
    line = ["bash", "-euc", commands.replace("http://127.0.0.1:8501", url)]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def later(world: World) -> World:
    """A process that comes a minute later: the lease of the one before is over."""
    return replace(world, now=lambda: datetime.now(UTC) + timedelta(minutes=1))


def test_of_two_dashboards_one_is_ended_in_the_middle_of_a_promotion_and_finishes_it_once(
    owls: SmallWorld, page: Page, tmp_path: Path
) -> None:
    """Behind a proxy with sticky sessions nobody sees which replica it is; all state is elsewhere."""
    number, _, candidate = a_better_candidate(owls)
    second = owls.pull("Look twice")
    owls.run(second.head.sha, {"test/accuracy": [0.86]})
    owls.tracker.overtake(CLICKED, lambda: time.sleep(4))
    logs = [tmp_path / "one", tmp_path / "other"]
    with (
        chat() as receiver,
        running(owls, logs[0], GATE_LOG="json", **receiver.environment) as (one, process),
        running(owls, logs[1], GATE_LOG="json", **receiver.environment) as (other, _),
    ):
        assert until(lambda: requests.get(f"{one}/readyz", timeout=30).ok, 60), "it looks for unfinished work by itself"
        tab = page.context.new_page()
        tab.goto(f"{other}/review?pr={number}&scope=owls")
        late = write_comment(tab, "sees both eyes")
        approve(owls, page, one, number)
        scraped = asked_as_documented(one, tmp_path)
        assert "gate_decisions_waiting 1.0" in scraped
        assert 'gate_service_requests_total{outcome="ok",service="github"}' in scraped
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == -signal.SIGTERM
        assert (owls.holders(), kinds(owls)) == ([candidate], ["bootstrap", "approve", "promoted"])
        late.click()
        assert until(lambda: "refused" in [line["said"] for line in lines(logs[1])], 60)
        tab.goto(f"{other}/review?pr={second.number}&scope=owls")
        write_comment(tab, "twice as good").click()
        assert until(lambda: kinds(owls)[3:] == ["approve", "promoted"], 60)
        assert until(lambda: receiver.titles == ["Approved", "Approved"], 60)
    head = owls.as_user("noor").get_pull(number).head.sha
    assert owls.connect().forge.status(head, APPROVAL) == "success"
    told = {line["said"]: line for line in lines(logs[0])}
    assert told["stopped"]["finished"] is True
    done = told["decided"]
    assert (done["by"], done["kind"], done["end"], done["pull"]) == ("noor", "approve", "promoted", number)
    assert len(done["session"]) == 8
    assert done["request"] in {line["request"] for line in lines(logs[0]) if line["said"] == "visitor came"}
    assert PATH not in logs[0].read_text(), "all of a chat's address but its host is a secret"


# A dashboard's worker that gets half a second to end, in the way a dashboard ends.
HASTY = """
import json, os, sys
from gate.connect import connect
from gate.desk import Worker
from gate.identity import Person
from gate.workflow import Decision
worker = Worker(connect)
worker.start()
worker.submit(Decision(person=Person("noor", "test"), **json.loads(sys.argv[1])))
sys.stdin.readline()
os._exit(0 if worker.stop(0.5) else 7)
"""


def test_what_a_process_could_not_finish_in_time_the_next_ones_finish_once(owls: SmallWorld) -> None:
    number, _, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    wish = {name: getattr(click, name) for name in ("kind", "pull", "scope", "packet", "comment", "nonce")}
    owls.tracker.overtake(CLICKED, lambda: time.sleep(4))
    line = [sys.executable, "-c", HASTY, json.dumps(wish)]
    process = subprocess.Popen(line, cwd=ROOT, env={**os.environ, **owls.environment}, stdin=subprocess.PIPE)
    assert until(lambda: any(CLICKED in heard.line for heard in owls.tracker.heard), 60)
    process.communicate(b"end\n", timeout=60)
    assert (process.returncode, kinds(owls)) == (7, ["bootstrap", "approve"])
    workers = [Worker(lambda: later(owls.connect())) for _ in range(2)]
    for worker in workers:
        worker.start()
    assert until(lambda: all(worker.pulse.looked is not None for worker in workers), 60)
    assert [worker.stop(10) for worker in workers] == [True, True]
    assert (owls.holders(), kinds(owls)[-1]) == ([candidate], "promoted")
    assert (kinds(owls).count("approve"), kinds(owls).count("promoted")) == (1, 1)


# -- the worker itself


def test_a_worker_that_is_stopped_does_what_was_asked_for_and_takes_nothing_new(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    worker = Worker(owls.connect)
    worker.start()
    asked = worker.submit(decision(owls, number, kind="reject"))
    late = decision(owls, number)
    assert worker.stop(30)
    assert asked.record is not None
    assert "being stopped" in worker.submit(late).refused[0]
    assert not worker.pulse.alive


def test_what_has_not_begun_when_the_time_is_over_is_refused_and_moves_nothing(owls: SmallWorld) -> None:
    number, best, _ = a_better_candidate(owls)
    clicks = [decision(owls, number, kind="changes"), decision(owls, number)]
    owls.forge.overtake("/pulls/", lambda: time.sleep(2))
    worker = Worker(owls.connect)
    worker.start()
    waiting = [worker.submit(click) for click in clicks]
    assert until(lambda: worker.pulse.oldest > 0.5)
    assert not worker.stop(0.2)
    assert "nothing moved" in ended(waiting[1]).refused[0]
    assert owls.holders() == [best]


def test_a_worker_that_is_dismissed_ends_by_itself(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    worker = Worker(owls.connect, interval=0.1)
    worker.start()
    asked = worker.submit(decision(owls, number, kind="reject"))
    worker.dismiss()
    assert until(lambda: not worker.pulse.alive)
    assert asked.record is not None


def test_a_look_at_one_model_costs_as_much_as_the_documentation_says(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    worker = Worker(owls.connect)
    before = len(owls.forge.heard)
    worker.recover()
    assert worker.pulse.looked is not None
    assert len(owls.forge.heard) - before <= 5


def test_a_worker_whose_desk_is_cleared_does_not_go_on_beside_its_successor(owls: SmallWorld, opened: Any) -> None:
    opened(owls, "inbox")
    worker = _desk.worker()
    assert worker.pulse.alive
    streamlit.cache_resource.clear()
    assert until(lambda: not worker.pulse.alive)
    assert _desk.worker() is not worker
