"""Sizes, intervals and limits as reports show them; every number has a formula, and every formula is used."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from gate import effects
from gate.formulas import FORMULAS
from gate.rules import CompareRule, DriftRule, FlipsRule, HoldoutRule
from gate.verdict import Effect, Finding
from tests.evidence import confusions, evidence, grouped, margin, two_classes, unpaired
from tests.test_missing_evidence import FULL, RULES

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
ROWS = two_classes(800, 60, 40, 100)
GROUPS = grouped(two_classes(800, 60, 40, 100), 200)


def findings() -> list[Finding]:
    full = [make().judge(FULL) for make, _ in RULES.values()]
    others = [
        CompareRule(metric, margin(allowed)).judge(evidence(counts))
        for counts in (ROWS, GROUPS, unpaired(ROWS), confusions(ROWS))
        for metric in ("accuracy", "macro_f1", "f1[0]", "recall[1]")
        for allowed in ("1pp", "3%")
    ]
    broken = (FlipsRule(max_relative_nfr=0.01), DriftRule(max_confidence_shift=0.0), HoldoutRule(budget=1))
    return [*full, *others, *(rule.judge(FULL) for rule in broken)]


FOUND = findings()


def effect(**changed: object) -> Effect:
    plain = Effect("accuracy", -0.01, -0.02, 0.001, -0.005, "score", 100, "tango", "more rows", 0.95)
    return replace(plain, **changed)  # type: ignore[arg-type]


def test_every_number_has_a_formula_and_every_formula_a_number() -> None:
    used = {found.effect.formula for found in FOUND if found.effect is not None}
    assert used == set(FORMULAS)
    assert all(len(text) > 100 for text in FORMULAS.values())


@pytest.mark.parametrize("found", FOUND, ids=lambda found: f"{found.rule}: {found.outcome.value}")
def test_a_finding_says_what_was_found_and_what_was_required(found: Finding) -> None:
    assert found.message
    assert found.found
    assert found.required
    assert found.message.isprintable()


def test_effects_are_as_the_schema_says() -> None:
    described = {"$defs": SCHEMA["$defs"], "$ref": "#/$defs/effect"}
    validator = Draft202012Validator(described)
    for found in FOUND:
        if found.effect is not None:
            written = json.loads(json.dumps(effects.as_json(found.effect), allow_nan=False))
            assert list(validator.iter_errors(written)) == []
            assert written["source"] == FORMULAS[found.effect.formula]
    assert effects.as_json(None) is None


def test_every_difference_says_from_where_to_where() -> None:
    for each in filter(None, (found.effect for found in FOUND)):
        if each.unit in ("score", "confidence") or each.formula == "point":
            assert each.levels is not None, each.label
            assert each.levels[1] - each.levels[0] == pytest.approx(each.estimate), each.label
        else:
            assert each.levels is None, each.label


SHOWN = {
    "a score": (effect(), ("accuracy", "-0.0100", "-0.0200 to +0.0010", "at least -0.0050", "more rows")),
    "a ceiling": (
        effect(unit="share", estimate=0.02, low=0.017, high=0.0234, margin=0.021, fewer=True),
        ("accuracy", "2.00 %", "1.70 % to 2.34 %", "at most 2.10 %", "more rows"),
    ),
    "no interval": (
        effect(unit="classes", estimate=3, low=None, high=None, margin=2),
        ("accuracy", "3", "none", "at least 2", "more rows"),
    ),
    "no limit": (effect(margin=None, needed=""), ("accuracy", "-0.0100", "-0.0200 to +0.0010", "none", "")),
    "progress": (
        effect(unit="progress", estimate=0.25, low=None, high=None, margin=0.2, fewer=True),
        ("accuracy", "25 %", "none", "at most 20 %", "more rows"),
    ),
}


@pytest.mark.parametrize(("shown", "cells"), SHOWN.values(), ids=SHOWN.keys())
def test_an_effect_is_a_row_of_a_table(shown: Effect, cells: tuple[str, ...]) -> None:
    assert effects.row(shown) == cells


def test_levels_are_written_as_their_unit_is_and_without_a_sign() -> None:
    assert effects.levels(effect(levels=(0.8, 0.79))) == "0.8000 → 0.7900"
    assert effects.levels(effect(unit="metric", levels=(1234.5, 0.25))) == "1234.5 → 0.25"
    assert effects.levels(effect()) == ""


def test_the_interval_holds_the_estimate_and_the_sides_agree_with_the_limit() -> None:
    for found in FOUND:
        each = found.effect
        if each is not None and each.low is not None and each.high is not None:
            assert each.low <= each.high
            assert each.low - 1e-9 <= each.estimate <= each.high + 1e-9
