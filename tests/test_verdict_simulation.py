"""The benchmark of verdicts: its worlds are what they say, its rules differ as they should, and each bar breaks."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.verdict_simulation import coverage, many_classes, margin
from benchmarks.verdict_simulation.rows import Zipf
from benchmarks.verdict_simulation.shares import Found, at_least, at_most, table
from benchmarks.verdict_simulation.speed import LIMITS, Spent, large_counts, spent
from benchmarks.verdicts import bars
from gate.scores import class_scores, flips

ROOT = Path(__file__).parents[1]


def figure(question: str, world: str, rule: str, value: float, error: float = 0.0) -> Found:
    return Found(question, world, rule, value, error, 100)


GOOD = [
    figure(margin.FALSE_PASS, "10,000 rows", "gate: x", 0.025),
    figure(margin.FALSE_PASS, "10,000 rows", "old: x", 0.5),
    figure(margin.POWER, "100,000 rows", "gate: x", 0.99),
    figure(many_classes.ACCUSED, "200,000 rows", "gate: x", 0.05),
    figure(many_classes.PRECISION, "200,000 rows", "gate: x", 0.8),
    figure(many_classes.FOUND, "1,000,000 rows", "gate: x", 0.97),
    figure(coverage.COVERED, "1,000 rows", coverage.OURS, 0.95),
]
BROKEN = {  # which of them, and a value that breaks it
    "too many false passes": (0, 0.04),
    "too little power": (2, 0.9),
    "too many accused": (3, 0.2),
    "too low on the list": (4, 0.6),
    "too few found": (5, 0.8),
    "intervals too narrow": (6, 0.9),
    "intervals too wide": (6, 0.99),
}


def test_every_bar_holds_for_good_figures_and_other_rules_have_none() -> None:
    assert [bar.holds for bar in bars(GOOD)] == [True] * 7


@pytest.mark.parametrize(("place", "value"), BROKEN.values(), ids=BROKEN.keys())
def test_each_bar_breaks_alone(place: int, value: float) -> None:
    figures = [replace(each, value=value) if i == place else each for i, each in enumerate(GOOD)]
    broken = [bar for bar in bars(figures) if not bar.holds]
    assert len(broken) == 1
    assert str(broken[0]).startswith("BROKEN: ")


def test_a_bar_allows_for_the_error_of_the_simulation() -> None:
    assert at_most(figure("q", "w", "r", 0.035, error=0.003), 0.03).holds
    assert not at_most(figure("q", "w", "r", 0.037, error=0.003), 0.03).holds
    assert at_least(figure("q", "w", "r", 0.74, error=0.006), 0.75).holds
    assert not at_least(figure("q", "w", "r", 0.73, error=0.006), 0.75).holds


def test_a_finding_is_a_mean_with_its_error() -> None:
    found = Found.of("q", "w", "r", [1.0, 0.0, 1.0, 0.0])
    assert (found.value, found.samples) == (0.5, 4)
    assert found.error == pytest.approx(np.std([1, 0, 1, 0], ddof=1) / 2)
    assert table([found]).splitlines()[-1].split("|")[4].strip() == "50.0 %"


def test_a_world_of_pairs_is_as_discordant_and_as_much_worse_as_it_says() -> None:
    world = margin.World(200_000, 0.005)
    evidence = world.draw(np.random.default_rng(0))
    assert evidence.counts is not None
    found = flips(evidence.counts)
    assert found is not None
    assert found.nfr + found.pfr == pytest.approx(0.05, abs=0.002)
    assert found.nfr - found.pfr == pytest.approx(0.005, abs=0.002)


def test_the_old_rule_passes_half_of_what_is_worse_by_the_margin_and_the_gate_hardly_any() -> None:
    found = {(each.world, each.rule): each.value for each in margin.found(200) if each.question == margin.FALSE_PASS}
    for (_, rule), value in found.items():
        assert (value < 0.1) if rule.startswith("gate") else (0.35 < value < 0.65)


def test_a_world_of_classes_has_their_frequencies_and_accuracies() -> None:
    accuracy = np.array([0.9, 0.5, 0.7])
    world = Zipf(1.0, accuracy, accuracy - 0.1, apart=0.4)
    scores = class_scores(world.draw(np.random.default_rng(0), 100_000))
    assert scores.support / 100_000 == pytest.approx(np.array([6, 3, 2]) / 11, abs=0.01)
    assert scores.best.recall == pytest.approx(accuracy, abs=0.02)
    assert scores.candidate.recall == pytest.approx(accuracy - 0.1, abs=0.02)


def test_a_fixed_drop_accuses_more_who_are_innocent() -> None:
    found = {(question, rule): value for question, rule, value in many_classes.draw(200_000, 0).shares()}
    assert found[many_classes.ACCUSED, many_classes.FIXED] > 4 * found[many_classes.ACCUSED, many_classes.OURS]
    assert found[many_classes.PRECISION, many_classes.BOUND] > found[many_classes.PRECISION, many_classes.RAW]


def test_a_draw_is_the_same_every_time() -> None:
    first, again, other = (many_classes.draw(20_000, sample) for sample in (3, 3, 4))
    assert list(first.shares()) == list(again.shares())
    assert (first.damaged != other.damaged).any()


def test_intervals_are_counted_that_hold_the_truth() -> None:
    found = list(coverage.found(4, truth_rows=20_000))
    assert {each.rule for each in found} == set(coverage.RULES)
    assert all(each.samples == 4 for each in found)


def test_the_large_counts_add_up() -> None:
    counts = large_counts()
    assert counts.blocks is not None
    assert counts.blocks.shape == (200, 5, 5_000)
    assert np.array_equal(counts.blocks[:, 2].sum(axis=0), counts.per_class.best.hits)
    overlap = counts.per_class.overlap
    assert overlap is not None
    assert (overlap.hits <= np.minimum(counts.per_class.best.hits, counts.per_class.candidate.hits)).all()
    assert counts.rows == pytest.approx(4_000_000, rel=0.01)


def test_judging_large_counts_is_quick() -> None:
    for each in spent(rounds=3):
        assert each.holds, str(each)
    assert not Spent("without resampling", LIMITS["without resampling"] + 0.1).holds


def test_it_runs_as_a_program_and_fails_where_a_bar_is_missed(tmp_path: Path) -> None:
    sizes = ["--samples", "4", "--worlds", "2", "--large", "2", "--intervals", "2"]
    output = tmp_path / "figures.json"
    program = [sys.executable, "-m", "benchmarks.verdicts", *sizes, "--json", str(output)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == ("BROKEN" in done.stdout), done.stderr
    assert "seeds: margin 11" in done.stdout
    assert '"seconds"' in output.read_text(encoding="utf-8")
