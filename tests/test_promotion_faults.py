"""Every write of an approval fails, before or after it took effect: nothing wrong is to be seen, and it heals."""

from __future__ import annotations

from contextlib import suppress

import pytest

from gate.ports import Absent, ServiceError
from gate.workflow import Question, Refused, check, decide, reconcile
from gate.workflow.reconcile import APPROVAL
from tests.faulty import Faulty
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld

WRITES = {
    # which server, and what its request holds
    "pending": ("forge", "POST ", '"pending"'),
    "the branch's tree": ("forge", "/git/trees", ""),
    "the branch": ("forge", "/git/refs", ""),
    "bootstrap": ("forge", "PUT ", '"bootstrap'),
    "approve": ("forge", "PUT ", '"approve '),
    "tag added": ("tracker", "tasks.update_tags", "add_tags"),
    "tag removed": ("tracker", "tasks.update_tags", "remove_tags"),
    "promoted": ("forge", "PUT ", '"promoted '),
    "success": ("forge", "POST ", '"success"'),
}
FAULTS = [(500, False), (500, True), (404, False), (409, False)]


@pytest.mark.parametrize(
    ("status", "applied"), FAULTS, ids=[f"{s} {'after' if a else 'instead of'} its effect" for s, a in FAULTS]
)
@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_fails_leaves_a_best_and_no_false_green_and_heals(
    owls: SmallWorld, write: str, status: int, applied: bool
) -> None:
    number, best, candidate = a_better_candidate(owls)
    head = owls.as_user("noor").get_pull(number).head.sha
    place = check(owls.connect(), Question(pull=number)).scope
    click = decision(owls, number)
    server, where, saying = WRITES[write]
    faulty: Faulty = getattr(owls, server)
    faulty.fail(where, saying, status=status, applied=applied)
    with suppress(ServiceError, Absent, Refused):
        decide(owls.connect(), click)
    assert faulty.faults == [], "the fault was met"
    assert owls.holders() in ([best], sorted([best, candidate]), [candidate])
    if owls.connect().forge.status(head, APPROVAL) == "success":
        assert owls.holders() == [candidate]
    if reconcile(owls.connect(), place).ledger.epoch == 0:
        decide(owls.connect(), decision(owls, number))
    assert (owls.tags(best), owls.tags(candidate)) == (["keep"], ["best", "mine"])
    assert owls.connect().forge.status(head, APPROVAL) == "success"
    kinds = [record.kind for record in reconcile(owls.connect(), place).ledger.records]
    assert kinds == ["bootstrap", "approve", "promoted"]
