"""How often the watch cries wolf, and how often it sees one: seeded repetitions of drift that was put in, or not."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from gate.drift import Drift, State
from tests.observed import drift, seen

CLASSES, TIMES = 5_000, 100
USUAL = 0.1  # the alarm that tools have for PSI and Jensen-Shannon
Shares = np.ndarray


def zipf() -> Shares:
    shares = np.arange(1, CLASSES + 1) ** -1.05
    return shares / shares.sum()


def from_few_to_few(shares: Shares) -> Shares:
    """3 pp of all predictions leave the three most frequent classes for five others."""
    moved = shares.copy()
    moved[:3] -= 0.03 * shares[:3] / shares[:3].sum()
    moved[5:10] += 0.03 / 5
    return moved


def from_many_to_many(shares: Shares) -> Shares:
    """3 pp leave ten classes of the first fifty for twenty of the first two hundred."""
    moved = shares.copy()
    losing, winning = np.arange(0, 50, 5), np.arange(3, 200, 10)
    moved[losing] -= 0.03 * shares[losing] / shares[losing].sum()
    moved[winning] += 0.03 / len(winning)
    return moved


def sample(random: np.random.Generator, rows: int, now: Shares, shift: float = 0.0) -> Drift:
    """A reference as always, and rows from other shares, with a confidence that is lower by the shift."""
    before, after = (random.multinomial(rows, shares) for shares in (zipf(), now))
    sure, unsure = random.beta(8, 2, rows), np.clip(random.beta(8, 2, rows) - shift, 0, 1)
    return drift(seen(before, sure), seen(after, unsure))


@cache
def steady() -> list[Drift]:
    return [sample(np.random.default_rng(seed), 10_000, zipf()) for seed in range(TIMES)]


def test_without_drift_there_is_no_alarm() -> None:
    assert sum(each.state is State.STEADY for each in steady()) >= 95


def test_without_drift_the_usual_limits_alarm_nearly_always() -> None:
    found = [each.classes for each in steady()]
    assert all(each is not None and each.psi > USUAL and each.js > USUAL and each.js2 > USUAL for each in found)


def test_without_drift_chance_is_exceeded_once_in_twenty() -> None:
    found = [each.classes for each in steady()]
    assert sum(each is not None and each.tvd > each.chance for each in found) <= 10
    assert (
        sum(each.confidence is not None and each.confidence.carried > each.confidence.chance for each in steady()) <= 10
    )


@pytest.mark.parametrize("move", [from_few_to_few, from_many_to_many])
def test_three_points_that_moved_between_classes_are_found(move: Callable[[Shares], Shares]) -> None:
    now = move(zipf())
    assert now.min() >= 0
    assert np.abs(now - zipf()).sum() / 2 == pytest.approx(0.03, abs=0.004)
    found = [sample(np.random.default_rng(seed), 100_000, now) for seed in range(TIMES)]
    signs = [{sign.rule for sign in each.signs if sign.state is State.DRIFTED} for each in found]
    assert sum(each == {"class shares"} for each in signs) >= 95


def test_three_hundredths_of_confidence_are_found() -> None:
    found = [sample(np.random.default_rng(seed), 100_000, zipf(), shift=0.03) for seed in range(TIMES)]
    signs = [{sign.rule for sign in each.signs if sign.state is State.DRIFTED} for each in found]
    assert sum(each == {"confidence"} for each in signs) >= 95
