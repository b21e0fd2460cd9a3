"""What a policy comes to: scopes, the terms that hold for all rules, and the rules with every key they have."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields

import pytest

from gate.config import ScopePolicy, Terms, parse
from gate.config.kinds import KINDS
from gate.config.tables import SECTIONS, FileTable
from gate.predictions.compare import Settings
from gate.rules import CompareRule, HoldoutRule, Margin, MetricRule, SlicesRule

GATE = '[gate]\nproject = "Owls"\ntask = "train"\n'
METRIC = '[[rule]]\nkind = "metric"\nmetric = "test/accuracy"\ndirection = "max"\nallowed_loss = "1pp"\n'
# What each kind needs at least, beside its kind.
LEAST = {
    "metric": 'metric = "a/b"\ndirection = "max"\nmin = 0\n',
    "compare": 'metric = "accuracy"\nmargin = "1pp"\n',
    "slices": 'margin = "2pp"\n',
    "curve": 'metric = "a/loss"\n',
    "data": "newest = true\n",
}
# What some keys cannot stand without, or cannot stand beside.
COMPANY = {
    ("metric", "max"): 'metric = "a/b"\ndirection = "max"\n',
    ("metric", "min"): 'metric = "a/b"\ndirection = "max"\n',
    ("metric", "against"): LEAST["metric"] + 'allowed_loss = "1pp"\n',
    ("classes", "critical"): 'critical_loss = "1pp"\n',
    ("classes", "critical_loss"): 'critical = ["owl"]\n',
    ("data", "ids"): "",
}


def only(text: str) -> ScopePolicy:
    (scope,) = parse(text, "gate.toml")
    return scope


def rule_of(kind: str, lines: str = "", head: str = '[predictions]\nslices = ["site"]\n') -> object:
    (rule,) = only(f'{GATE}{head}[[rule]]\nkind = "{kind}"\n{lines}').policy.rules
    return rule


def test_a_file_with_one_model_needs_no_scope() -> None:
    scope = only(GATE + METRIC)
    assert (scope.name, scope.project, scope.task, scope.tag, scope.alone) == ("default", "Owls", "train", "best", True)
    assert only(GATE + 'tag = "champion"\n' + METRIC).tag == "champion"
    assert (scope.predictions, scope.terms) == (Settings(), Terms())


def test_rules_at_the_top_hold_for_every_scope_and_come_first() -> None:
    scopes = "".join(
        f'[[scope]]\nname = "{name}"\nproject = "{name}"\ntask = "train"\n[[scope.rule]]\nkind = "{kind}"\n'
        for name, kind in (("owls", "flips"), ("bats", "drift"))
    )
    found = {scope.name: [rule.name for rule in scope.policy.rules] for scope in parse(METRIC + scopes, "gate.toml")}
    assert found == {"owls": ["metric test/accuracy", "flips"], "bats": ["metric test/accuracy", "drift"]}
    assert not any(scope.alone for scope in parse(METRIC + scopes, "gate.toml"))


def test_a_scope_needs_no_rule_of_its_own_where_one_holds_for_all() -> None:
    scope = only('[[scope]]\nname = "owls"\nproject = "Owls"\ntask = "train"\n' + METRIC)
    assert [rule.name for rule in scope.policy.rules] == ["metric test/accuracy"]


def test_a_policy_without_a_word_about_it_is_the_digest_of_its_text() -> None:
    one, other = only(GATE + METRIC), only(GATE + METRIC + "# a comment\n")
    assert one.policy.rules == other.policy.rules
    assert one.policy.digest != other.policy.digest


def test_what_gate_says_holds_for_every_rule_that_does_not_say_it_itself() -> None:
    text = GATE + 'confidence = "90%"\nagainst = "anchor"\ntest_set_budget = 7\n[predictions]\nslices = ["site"]\n'
    rules = [
        METRIC,
        METRIC.replace("1pp", "3pp") + 'against = "incumbent"\n',
        '[[rule]]\nkind = "compare"\nmetric = "accuracy"\nmargin = "1%"\n',
        '[[rule]]\nkind = "compare"\nmetric = "macro_f1"\nmargin = "1%"\nconfidence = 0.99\nagainst = "incumbent"\n',
        '[[rule]]\nkind = "slices"\nmargin = "2pp"\n',
        '[[rule]]\nkind = "testset"\n',
        '[[rule]]\nkind = "testset"\nbudget = 3\nlevel = "warn"\n',
    ]
    scope = only(text + "".join(rules))
    margins = [Margin("1pp", absolute=0.01), Margin("3pp", absolute=0.03), Margin("1%", relative=0.01)]
    assert scope.policy.rules == (
        MetricRule("test/accuracy", "max", margins[0], against="anchor"),
        MetricRule("test/accuracy", "max", margins[1], against="incumbent"),
        CompareRule("accuracy", margins[2], 0.9, against="anchor"),
        CompareRule("macro_f1", margins[2], 0.99, against="incumbent"),
        SlicesRule(Margin("2pp", absolute=0.02), ("site",), confidence=0.9),
        HoldoutRule(budget=7),
        HoldoutRule(budget=3, level="warn"),
    )


ANCHORS = [
    ("", "", ""),
    ('against = "anchor"\n', "", "best_ever"),
    ("", 'against = "anchor"\n', "best_ever"),
    (f'anchor = "task:{"0a" * 16}"\n', 'against = "anchor"\n', f"task:{'0a' * 16}"),
]


@pytest.mark.parametrize(("gate", "rule", "anchor"), ANCHORS)
def test_the_anchor_is_named_only_where_something_is_compared_with_it(gate: str, rule: str, anchor: str) -> None:
    assert only(GATE + gate + METRIC + rule).terms.anchor == anchor


@pytest.mark.parametrize("kind", KINDS)
def test_the_keys_of_a_kind_are_the_fields_of_its_rule(kind: str) -> None:
    keys = set(KINDS[kind].table.model_fields) - {"kind"}
    assert keys == {each.name for each in fields(KINDS[kind].rule)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_that_says_no_more_than_it_must_is_as_its_kind_has_it(kind: str) -> None:
    rule = rule_of(kind, LEAST.get(kind, ""))
    for each in fields(KINDS[kind].rule):
        if each.default is not MISSING and f"{each.name} =" not in LEAST.get(kind, "") and each.name != "columns":
            assert getattr(rule, each.name) == each.default, each.name


EXAMPLES = [
    (kind, key, example)
    for kind, (table, _) in KINDS.items()
    for key, field in table.model_fields.items()
    for example in field.examples or ()
]


@pytest.mark.parametrize(("kind", "key", "example"), EXAMPLES)
def test_the_example_of_a_key_can_be_written(kind: str, key: str, example: object) -> None:
    least = COMPANY.get((kind, key), LEAST.get(kind, ""))
    rest = "".join(f"{line}\n" for line in least.splitlines() if not line.startswith(f"{key} ="))
    given = getattr(rule_of(kind, f"{rest}{key} = {json.dumps(example)}\n"), key)
    assert given not in (None, ())


@pytest.mark.parametrize(("section", "key"), [(s, k) for s, t in SECTIONS.items() for k in t.model_fields])
def test_the_examples_of_a_section_can_be_written(section: str, key: str) -> None:
    company = {
        "anchor": 'against = "anchor"\n',
        "connection": 'table = "p_{task}"\n',
        "table": 'connection = "pyspark://"\n',
    }
    needed = {
        "gate": 'project = "Owls"\ntask = "train"\n',
        "predictions": "",
        "approval": "",
        "drift": "",
        "notify": "",
        "retrain": 'dataset = "owl pictures"\n',
        "scope": 'name = "owls"\nproject = "Owls"\ntask = "train"\n',
    }[section]
    for example in SECTIONS[section].model_fields[key].examples or ():
        rest = "".join(f"{line}\n" for line in needed.splitlines() if not line.startswith(f"{key} ="))
        head = f"[{section}]" if section != "scope" else "[[scope]]"
        text = f"{head}\n{rest}{company.get(key, '')}{key} = {json.dumps(example)}\n{METRIC}"
        own = section not in ("gate", "scope")
        assert only(text + GATE if own else text).policy.rules


def test_every_key_is_described() -> None:
    tables = [FileTable, *SECTIONS.values(), *(kind.table for kind in KINDS.values())]
    silent = [
        (table.__name__, key)
        for table in tables
        for key, field in table.model_fields.items()
        if not field.description
        and key
        not in ("kind", "gate", "predictions", "approval", "drift", "notify")  # which their tables' words describe
    ]
    assert silent == []
    assert all(table.__doc__ for table in tables)


def test_a_key_may_be_quoted_and_a_table_may_stand_in_line() -> None:
    scope = only('gate = { project = "Owls", "task" = "train" }\nrule = [{ kind = "flips", "max_nfr" = "2%" }]\n')
    assert [rule.name for rule in scope.policy.rules] == ["flips"]


def test_a_slice_is_named_without_spaces_around_its_sign() -> None:
    rule = rule_of("classes", 'slice = "site =  north = 1 "\n')
    assert getattr(rule, "slice") == "site=north = 1"  # noqa: B009
