"""Every write of every decision meets every fault, over real sockets, with the real clients; then it must heal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product

from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.identity import Person
from gate.ports import Absent, ServiceError
from gate.workflow import Decision, Question, Refused, Settlement, World, check, decide, reconcile, settle
from gate.workflow.book import open_book, verify
from gate.workflow.scopes import scopes_of_default_branch
from gate.workflow.statuses import APPROVAL
from tests.faulty import Faulty
from tests.small_world import SmallWorld

NOOR = Person("noor", "campaign")
LIMITED = {"message": "You have exceeded a secondary rate limit. Please wait."}
PATIENCE = 1  # seconds until a client gives up


async def silence(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(PATIENCE * 1.6)
    await PlainTextResponse("late", 200)(scope, receive, send)


async def reset(scope: Scope, receive: Receive, send: Send) -> None:
    """Abort the connection; the transport is uvicorn's, behind the bound method that sends."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]


async def cut(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse('{"meta": {"result_co', 200, media_type="application/json")(scope, receive, send)


FAULTS: Mapping[str, ASGIApp] = {
    "timeout": silence,
    "connection reset": reset,
    "500": PlainTextResponse("a fault", 500),
    "502": PlainTextResponse("a fault", 502),
    "403 limit, Retry-After": JSONResponse(LIMITED, 403, {"Retry-After": "7"}),
    "403 limit": JSONResponse(LIMITED, 403),
    "429": JSONResponse(LIMITED, 429),
    "401": JSONResponse({"message": "Bad credentials"}, 401),
    "404": JSONResponse({"message": "Not Found"}, 404),
    "409": JSONResponse({"message": "does not match"}, 409),
    "422": JSONResponse({"message": "Validation Failed"}, 422),
    "307": RedirectResponse("/elsewhere", 307),
    "cut JSON": cut,
}
POSITIONS = ("before", "after, reported failed", "after")


@dataclass(frozen=True)
class Write:
    """A request that changes something: on which server, and what its line and body hold."""

    deed: str
    server: str
    where: str
    saying: str = ""
    first: bool = False


WRITES = (
    Write("approve", "forge", "/git/trees", first=True),
    Write("approve", "forge", "/git/refs", first=True),
    Write("approve", "forge", "PUT ", '"bootstrap', first=True),
    Write("approve", "forge", "POST ", '"pending"'),
    Write("approve", "forge", "PUT ", '"approve '),
    Write("approve", "tracker", "tasks.update_tags", "add_tags"),
    Write("approve", "tracker", "tasks.update_tags", "remove_tags"),
    Write("approve", "forge", "PUT ", '"promoted '),
    Write("approve", "forge", "POST ", '"success"'),
    Write("reject", "forge", "PUT ", '"reject '),
    Write("reject", "forge", "POST ", '"failure"'),
    Write("rollback", "forge", "PUT ", '"rollback '),
    Write("rollback", "forge", "POST ", '"failure"'),
    Write("rollback", "tracker", "tasks.update_tags", "add_tags"),
    Write("rollback", "tracker", "tasks.update_tags", "remove_tags"),
    Write("rollback", "forge", "PUT ", '"rolled_back '),
)


@dataclass
class Case:
    """One write, one fault, one position, in a world that is used for several cases one after another."""

    owls: SmallWorld
    write: Write
    fault: str
    position: str

    def run(self) -> list[str]:
        """The invariants that were broken, each in a sentence."""
        owls = self.owls
        base = owls.holders() or [owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best", "keep"])]
        pull = owls.pull(f"{self.write} {self.fault} {self.position}"[:200])
        candidate = owls.run(pull.head.sha, {"test/accuracy": [0.8]}, tags=["mine"])
        before = {task: [tag for tag in owls.tags(task) if tag != "best"] for task in (*base, candidate)}
        world = self.world()
        deed = _deed(world, self.write.deed, pull.number, pull.head.sha, base[0])
        self.strike()
        with suppress(ServiceError, Absent, Refused):
            deed()
        wrong = [] if _met(owls) else ["the fault was not met"]
        owls.forge.faults.clear()
        owls.tracker.faults.clear()
        wrong += self.now(world, base[0], candidate, pull.head.sha)
        place = scopes_of_default_branch(world)[0].place(world.tracker.server)
        reconcile(world, place)
        wanted = {"approve": candidate, "reject": base[0], "rollback": base[0]}[self.write.deed]
        if self.undone(world, wanted, pull.head.sha):
            with suppress(Refused):
                _deed(world, self.write.deed, pull.number, pull.head.sha, base[0])()
        return wrong + self.rest(world, wanted, pull.head.sha, before)

    def world(self) -> World:
        connected = self.owls.connect_quickly(PATIENCE)
        return replace(connected, sleep=lambda _: None)

    def strike(self) -> None:
        server: Faulty = getattr(self.owls, self.write.server)
        answer = FAULTS[self.fault]
        if self.position != "after":
            server.answer(self.write.where, self.write.saying, answer, self.position != "before")
            return
        # The effect is done and its answer was heard: what is asked next meets the fault.
        read = "GET " if self.write.server == "forge" else "get_all_ex"
        server.overtake(self.write.where, lambda: server.answer(read, "", answer), self.write.saying)

    def now(self, world: World, best: str, candidate: str, commit: str) -> list[str]:
        holders = set(self.owls.holders())
        wrong = [] if holders and holders <= {best, candidate} else [f"I7: {holders} hold the tag"]
        if (
            world.forge.status(commit, APPROVAL) == "success"
            and self.write.deed == "approve"
            and holders != {candidate}
        ):
            wrong.append("I3: green before the tag had moved")
        return wrong

    def undone(self, world: World, wanted: str, commit: str) -> bool:
        state = "success" if self.write.deed == "approve" else "failure"
        return self.owls.holders() != [wanted] or world.forge.status(commit, APPROVAL) != state

    def rest(self, world: World, wanted: str, commit: str, before: Mapping[str, list[str]]) -> list[str]:
        owls, wrong = self.owls, []
        state = "success" if self.write.deed == "approve" else "failure"
        if owls.holders() != [wanted]:
            wrong.append(f"I1: {owls.holders()} hold the tag at rest, not {wanted}")
        if world.forge.status(commit, APPROVAL) != state:
            wrong.append(f"I8: the status is {world.forge.status(commit, APPROVAL)}, not {state}")
        if {task: [tag for tag in owls.tags(task) if tag != "best"] for task in before} != before:
            wrong.append("I13: another tag changed")
        place = scopes_of_default_branch(world)[0].place(world.tracker.server)
        heard = len(owls.forge.heard), len(owls.tracker.heard)
        book = reconcile(world, place)
        again = [*owls.forge.heard[heard[0] :], *owls.tracker.heard[heard[1] :]]
        if any(not each.line.startswith("GET") and "get_all" not in each.line for each in again):
            wrong.append("I9: a second look wrote something")
        if book.ledger.tail and verify(world.forge, place) != book.ledger.tail.seq:
            wrong.append("I4: the ledger does not verify")
        return wrong


def _met(owls: SmallWorld) -> bool:
    return not owls.forge.faults and not owls.tracker.faults


def _deed(world: World, deed: str, pull: int, commit: str, base: str) -> Callable[[], object]:
    if deed == "rollback":
        with suppress(Refused):  # tried again, it is the best already
            decide(world, _click(world, "approve", pull))
        policy = scopes_of_default_branch(world)[0]
        epoch = open_book(world.forge, policy.place(world.tracker.server)).ledger.epoch
        return lambda: settle(world, policy, Settlement("rollback", base, epoch, NOOR, "campaign"))
    click = _click(world, deed, pull)
    return lambda: decide(world, click)


def _click(world: World, kind: str, pull: int) -> Decision:
    packet = check(world, Question(pull=pull, scope="owls")).packet_digest
    return Decision(kind, pull, "owls", packet, NOOR, "campaign", json.dumps([kind, pull, packet]))  # type: ignore[arg-type]


def cases(first: bool) -> Iterator[tuple[str, str, list[Write]]]:
    """Which writes can share a world: those that begin a ledger need a new one each."""
    for fault, position in product(FAULTS, POSITIONS):
        if first:
            yield from ((fault, position, [write]) for write in WRITES if write.first)
        else:
            yield fault, position, [write for write in WRITES if not write.first]
