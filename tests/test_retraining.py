"""The retraining loop through the real SDK session and PyGithub: from a dataset version to a candidate in review."""

from __future__ import annotations

from gate.workflow import Question, check
from tests.retraining_world import loop_in
from tests.small_world import SmallWorld


def test_a_new_version_leads_to_a_clone_of_the_best_with_the_dataset_overridden(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    assert loop.turn().started == []
    new = loop.version("1.1.0")
    turn = loop.turn()
    print("\n".join(loop.told), turn.held, turn.awaited)
    (clone,) = loop.clones()
    assert loop.queued() == [clone["id"]]
    assert loop.trained_on() == [new]
    task = loop.work()
    turn = loop.turn()
    print("\n".join(loop.told), turn.held, turn.awaited)
    (cycle,) = turn.ended
    review = check(owls.connect(), Question(pull=cycle.last.pull))
    assert review.candidate is not None
    assert review.candidate.id == task
    print(review.verdict.outcome, [str(f.message) for f in review.verdict.findings])
