"""A decision and what it rests on may lie in two segments of the ledger: nothing is forgotten at the boundary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate import ledger
from gate.ledger import LedgerDamaged, Model, Record
from gate.ports import Text
from gate.workflow import Question, Refused, check, decide, reconcile
from gate.workflow.book import BRANCH, history, open_book
from tests.in_memory import MAIN, PLACE, Owls
from tests.processes import Processes
from tests.records import NEW, chain, text
from tests.small_world import POLICY

TWO = f"[approval]\napprovals = 2\n{POLICY}"
AT_THE_MERGE = f'[approval]\npromote_on = "merge"\n{POLICY}'


def processes(policy: str, records: int) -> Processes:
    """A world whose ledger has so many records."""
    made = Processes(Owls(policy=policy))
    best = Model(made.best, MAIN)
    lines = chain("bootstrap", *["reject"] * (records - 1), scope=PLACE.key, best=best, previous_best=best)
    fill(made, lines)
    made.owls.posted[NEW.commit].append(("failure", "Rejected"))
    return made


def fill(made: Processes, lines: list[Record]) -> None:
    for start in range(0, len(lines), ledger.SEGMENT_RECORDS):
        path = ledger.segment_path(PLACE, ledger.segment_of(start + 1))
        made.owls.files[BRANCH, path] = Text(text(lines[start : start + ledger.SEGMENT_RECORDS]), f"{len(lines)}")


def tail(made: Processes) -> Record:
    found = open_book(made.world().forge, PLACE).ledger.tail
    assert found is not None
    return found


@pytest.mark.parametrize("before", [498, 499, 500])
def test_a_vote_counts_on_whichever_side_of_the_boundary_it_lies(before: int) -> None:
    made = processes(TWO, before)
    assert decide(made.world(), made.click(1, "noor")).kind == "vote"
    assert decide(made.world(), made.click(2, kind="reject")).kind == "reject"
    with pytest.raises(Refused, match="noor has approved this already"):
        decide(made.world(), made.click(1, "noor"))
    assert decide(made.world(), made.click(1, "tomas")).kind == "promoted"
    assert made.owls.holders() == [next(run.id for run in made.owls.runs.values() if run.commit.startswith("1"))]


@pytest.mark.parametrize("between", [0, 1_100])
def test_who_granted_an_approval_answers_for_the_promotion_at_the_merge(between: int) -> None:
    made = processes(AT_THE_MERGE, 499)
    assert decide(made.world(), made.click(1, "tomas")).kind == "grant"
    reject(made, between)
    made.owls.pulls[1] = replace(made.owls.pulls[1], open=False, merged=True)
    reconcile(made.world(), PLACE)
    assert (tail(made).kind, tail(made).reviewer.login) == ("promoted", "tomas")
    assert tail(made).packet in made.owls.ledger()


def reject(made: Processes, count: int) -> None:
    """So many rejections of something else."""
    lines = list(history(made.world().forge, PLACE))
    for _ in range(count):
        last = lines[-1]
        after = {"kind": "reject", "candidate": None, "seq": last.seq + 1, "previous_hash": last.hash, "packet": ""}
        lines.append(replace(last, **after).sealed())  # type: ignore[arg-type]
    fill(made, lines)


def test_a_click_is_not_recorded_again_after_the_boundary() -> None:
    made = processes(POLICY, 499)
    click = made.click(1, kind="reject")
    assert decide(made.world(), click).seq == 500
    assert decide(made.world(), made.click(2, kind="reject")).seq == 501
    again = replace(click, packet=check(made.world(), Question(pull=1)).packet_digest)
    with pytest.raises(Refused, match="recorded already"):
        decide(made.world(), again)


def test_a_last_segment_that_does_not_follow_the_one_before_is_damage() -> None:
    made = processes(POLICY, 600)
    forged = chain("reject", start=501, scope=PLACE.key, best=Model(made.best, MAIN))
    made.owls.files[BRANCH, ledger.segment_path(PLACE, 2)] = Text(text(forged), "forged")
    with pytest.raises(LedgerDamaged, match="does not follow record 500"):
        open_book(made.world().forge, PLACE)
