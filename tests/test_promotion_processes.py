"""A few races of real processes, some of them killed; and the campaign that runs many more says what it left out."""

from __future__ import annotations

import random
import time

from benchmarks.faults import Campaign
from benchmarks.promotion.races import Tally, race, workers
from tests.small_world import SmallWorld

ROUNDS = 2


def test_processes_that_race_and_are_killed_leave_one_best_and_true_statuses(owls: SmallWorld) -> None:
    tally, dice = Tally(), random.Random(4)
    with workers(owls, 3) as crew:
        broken = [said for _ in range(ROUNDS) for said in race(owls, crew, dice, tally)]
    assert broken == []
    assert tally.rounds == ROUNDS
    assert tally.kills > 0


def test_what_a_campaign_did_not_reach_counts_as_wrong() -> None:
    campaign = Campaign(time.monotonic() + 60)
    assert campaign.in_time("races", "3 rounds")
    assert campaign.wrong == []
    over = Campaign(time.monotonic() - 1)
    assert not over.in_time("races", "3 rounds")
    assert over.wrong == ["races: the time was over after 3 rounds"]
