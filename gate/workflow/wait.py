"""Wait until the run of a commit has finished, for as long as the caller gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from gate.ports import Passing
from gate.selection import Wanted, awaited
from gate.workflow.check import Question, find_subject, scope_policy
from gate.workflow.world import World

FIRST, LONGEST, GROWTH = 1.0, 30.0, 1.5  # seconds between two looks
REMIND = timedelta(minutes=1)  # how often the same news is told again


def wait_for_run(
    world: World, question: Question, most: timedelta, told: Callable[[str], None] = lambda _: None
) -> None:
    """Return once there is a candidate, none can come of the runs there are, or the time is over.

    ``told`` hears of every change, and at least once a minute. A service that does not answer for a moment is asked
    again.
    """
    subject = find_subject(world, question)
    scope = scope_policy(world, subject, question.scope)
    wanted = Wanted(subject.commit, scope.project, scope.task, subject.repositories)
    start, said, at, pause = world.now(), "", world.now(), FIRST
    while True:
        news = _news(world, wanted)
        now = world.now()
        if not news or now - start >= most:
            return told(f"stopped waiting after {_clock(most)}: {news}") if news else None
        if news != said or now - at >= REMIND:
            said, at = news, now
            told(f"waiting for the run of {wanted.commit[:12]}, {_clock(now - start)} of {_clock(most)}: {news}")
        left = (most - (now - start)).total_seconds()
        world.sleep(min(pause, left))
        pause = min(pause * GROWTH, LONGEST)


def _news(world: World, wanted: Wanted) -> str:
    try:
        return awaited(world.tracker.runs_of([wanted.commit], wanted.project), wanted)
    except Passing as error:
        return str(error)


def _clock(time: timedelta) -> str:
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    return f"{minutes}:{seconds:02}"
