"""Eight workers, each a process of its own, decide at the same moment on one sandbox; some are killed outright."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from gate.lease import Lease
from gate.ledger import Scope
from gate.record import ENDS, Record
from gate.workflow import Question, World, check, reconcile
from gate.workflow.book import history, open_book
from gate.workflow.statuses import APPROVAL
from tests.small_world import SmallWorld

ROOT = Path(__file__).parents[2]
SECONDS, LEASE = 6, Lease(12.0, 6.0)
AIMED, WATCHED = 0.15, 6.0  # share of rounds in which the winner is killed, and seconds to see it win
PATIENCE = 90.0
REVIEWERS = ("noor", "tomas")
WORKER = f"""
import json, sys
from dataclasses import replace
from gate.connect import connect
from gate.identity import Person
from gate.lease import Lease
from gate.ledger import Scope
from gate.ports import Absent, ServiceError
from gate.workflow import Decision, Refused, decide
connected = connect(timeout=lambda: {SECONDS}.0, request_seconds={SECONDS})
world = replace(connected, lease=Lease({LEASE.seconds}, {LEASE.request}))
print("ready", flush=True)
for line in sys.stdin:
    pull, packet, login, nonce = json.loads(line)
    try:
        ended = decide(world, Decision("approve", pull, "owls", packet, Person(login, "race"), "race", nonce)).kind
    except Refused as error:
        ended = "refused"
    except (ServiceError, Absent) as error:
        ended = f"cut: {{error}}"
    print(ended, flush=True)
"""


class Worker:
    """One process; started anew after it was killed."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", WORKER]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        self.process = subprocess.Popen(command, env=self._environment, cwd=ROOT, **pipes)  # type: ignore[call-overload]

    def hear(self) -> str:
        return self.process.stdout.readline().strip()

    def say(self, *parts: object) -> None:
        self.process.stdin.write(json.dumps(parts) + "\n")

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def workers(owls: SmallWorld, count: int) -> Iterator[list[Worker]]:
    made = [Worker({**os.environ, **owls.environment}) for _ in range(count)]
    try:
        for worker in made:
            worker.hear()
        yield made
    finally:
        for worker in made:
            worker.kill()


@dataclass
class Tally:
    """What the rounds came to."""

    rounds: int = 0
    kills: int = 0
    takeovers: int = 0
    slowest: float = 0.0
    ends: dict[str, int] = field(default_factory=dict)


def race(owls: SmallWorld, crew: list[Worker], dice: random.Random, tally: Tally) -> list[str]:
    """One round: two candidates, every worker decides on one of them, and some are killed. What was broken."""
    best = owls.holders() or [owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best"])]
    pulls = [owls.pull(f"race {tally.rounds} {side}") for side in "ab"]
    tasks = [owls.run(pull.head.sha, {"test/accuracy": [0.8]}) for pull in pulls]
    world = replace(owls.connect_quickly(SECONDS), lease=LEASE)
    reviews = [check(world, Question(pull=pull.number, scope="owls")) for pull in pulls]
    place, before = reviews[0].scope, len(history(world.forge, reviews[0].scope))
    for number, worker in enumerate(crew):
        side = number % 2
        worker.say(pulls[side].number, reviews[side].packet_digest, REVIEWERS[side], f"{tally.rounds}-{number}")
    killed = [*_at_random(crew, dice), *(_in_flight(world, place, crew) if dice.random() < AIMED else [])]
    _answers([worker for worker in crew if worker.alive], tally)
    began = time.monotonic()
    reconcile(world, place)
    tally.slowest = max(tally.slowest, time.monotonic() - began)
    records = history(world.forge, place)[before:]
    tally.takeovers += sum(record.kind == "takeover" for record in records)
    tally.kills += len(killed)
    tally.rounds += 1
    for worker in killed:
        worker.start()
        worker.hear()
    statuses = [world.forge.status(pull.head.sha, APPROVAL) for pull in pulls]
    return judged(records, owls.holders(), [*best, *tasks], statuses, tally.rounds)


def _at_random(crew: list[Worker], dice: random.Random) -> list[Worker]:
    """Up to three, at moments of no meaning."""
    killed = dice.sample(crew, dice.choice((0, 0, 1, 2, 3)))
    for worker in killed:
        time.sleep(dice.uniform(0.0, 1.5))
        worker.kill()
    return killed


def _in_flight(world: World, place: Scope, crew: list[Worker]) -> list[Worker]:
    """The one whose decision was recorded and is not carried out yet, where it is seen in time."""
    end = time.monotonic() + WATCHED
    while time.monotonic() < end:
        ledger = open_book(world.forge, place).ledger
        owner = ledger.tail.worker.split(":")[1] if ledger.in_flight and ledger.tail else ""
        for worker in crew:
            if worker.alive and owner == str(worker.process.pid):
                worker.kill()
                return [worker]
    return []


def _answers(crew: list[Worker], tally: Tally) -> None:
    threads = [threading.Thread(target=_answer, args=(worker, tally), daemon=True) for worker in crew]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)


def _answer(worker: Worker, tally: Tally) -> None:
    said = worker.hear().split(":")[0]
    tally.ends[said] = tally.ends.get(said, 0) + 1


def judged(
    records: tuple[Record, ...], holders: list[str], tasks: list[str], statuses: list[str | None], number: int
) -> list[str]:
    """``tasks`` are the best and the two candidates, ``statuses`` of the candidates' commits."""
    decisions = [record for record in records if record.kind in ENDS]
    won = [record.candidate.task for record in decisions if record.candidate]
    wanted = won or tasks[:1]
    wrong = []
    if len(decisions) > 1:
        wrong.append(f"round {number}: I6: {len(decisions)} won on evidence of one epoch")
    if holders != wanted[-1:]:
        wrong.append(f"round {number}: I1: {holders} hold the tag, the ledger says {wanted}")
    green = [task for task, status in zip(tasks[1:], statuses, strict=True) if status == "success"]
    if green != won:
        wrong.append(f"round {number}: I3, I8: green are {green}, promoted {won}")
    return wrong
