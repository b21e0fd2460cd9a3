"""Settings that are right one by one and cannot stand together."""

from __future__ import annotations

import pytest

from gate.config import ConfigError, parse
from gate.config.kinds import KINDS
from gate.config.repeats import SAME

GATE = '[gate]\nproject = "Owls"\ntask = "train"\n'
SCOPE = '[[scope]]\nname = "owls"\nproject = "Owls"\ntask = "train"\n'
METRIC = '[[rule]]\nkind = "metric"\nmetric = "a/b"\ndirection = "max"\nallowed_loss = "1pp"\n'
POINT = 'kind = "metric"\nmetric = "a/b"\ndirection = "max"\n'


def mistakes(text: str) -> list[str]:
    try:
        parse(text, "g")
    except ConfigError as error:
        return list(error.mistakes)
    return []


RULES = [
    # the rule, from line 5 on; the columns of [predictions] slices; the line and sentence of the mistake
    (POINT, "", 4, "rule[0]: demands nothing: give allowed_loss (how much worse than the best), min or max"),
    (POINT + "min = 0.9\nmax = 0.5", "", 8, "rule[0].min: 0.9 is more than max = 0.5: no value is both"),
    (POINT + 'min = 0.9\nagainst = "anchor"', "", 9, "rule[0].against: says what allowed_loss is counted from, and "
     "there is no allowed_loss"),
    (POINT + 'min = 0\nlevel = "warn"\non_inconclusive = "fail"', "", 10,
     'rule[0].on_inconclusive: "fail" cannot be: a rule of level "warn" never fails a verdict'),
    (POINT + 'min = 0\nlevel = "info"\non_inconclusive = "fail"', "", 10,
     'rule[0].on_inconclusive: "fail" cannot be: a rule of level "info" never fails a verdict'),
    ('kind = "classes"\ncritical = ["owl"]', "", 6, "rule[0].critical: demands nothing of these classes without "
     'critical_loss; for example critical_loss = "2pp"'),
    ('kind = "classes"\ncritical_loss = "1pp"', "", 6, "rule[0].critical_loss: is about no class: name them, for "
     'example critical = ["stop sign"]'),
    ('kind = "classes"\nslice = "sit=north"', '"site", "age"', 6, "rule[0].slice: 'sit' is not among the slices of "
     "[predictions]; those are: 'site', 'age'; did you mean 'site'?"),
    ('kind = "compare"\nmetric = "accuracy"\nmargin = "1%"\nslice = "site=north"', "", 8, "rule[0].slice: 'site' is "
     "not among the slices of [predictions]; those are: none"),
    ('kind = "compare"\nmetric = "recall@5"\nmargin = "1%"\nslice = "site=north"', '"site"', 6, "rule[0].metric: is "
     "not counted within slices: leave out slice, or choose accuracy or an F1"),
    ('kind = "compare"\nmetric = "f1[owl]"\nmargin = "1%"\nmethod = "delta"', "", 8, "rule[0].method: the delta method "
     "is for macro_f1 and weighted_f1; leave it out, and what fits the metric is done"),
    ('kind = "compare"\nmetric = "accuracy"\nmargin = "1%"\nagainst = "anchor"', "", 4, "rule[0]: is compared with "
     'best_ever, which is the best by the first rule of kind "metric", and there is none'),
    ('kind = "slices"\nmargin = "2pp"', "", 4, "rule[0]: there is nothing to slice by: name columns in [predictions], "
     'for example slices = ["site"]'),
    ('kind = "slices"\nmargin = "2pp"\ncolumns = ["site", "eyes"]', '"site"', 7, "rule[0].columns: 'eyes' is not among "
     "the slices of [predictions]; those are: 'site'"),
    ('kind = "testset"\nsame = false\nmin_matched = "90%"', "", 7, "rule[0].min_matched: says how much of the test set "
     "must be the same, and same = false asks for none of it"),
    ('kind = "data"', "", 4, "rule[0]: demands nothing: give project, dataset, ids, or newest = true"),
    ('kind = "data"\nnewest = false\nalias = "train"', "", 4,
     "rule[0]: demands nothing: give project, dataset, ids, or newest = true"),
    (f'kind = "data"\nnewest = true\nids = ["{"0a" * 16}"]', "", 6, "rule[0].newest: demands a version that is not "
     "known yet, and ids lists the only ones that are allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "sliced", "line", "said"), RULES, ids=[row[3][:60] for row in RULES])
def test_a_rule_that_contradicts_itself(rule: str, sliced: str, line: int, said: str) -> None:
    assert mistakes(f"{GATE}[[rule]]\n{rule}\n[predictions]\nslices = [{sliced}]\n") == [f"g:{line}: {said}"]


NO_RULE = "no rule holds here: nothing demanded is not a pass; begin one with [[rule]]"
NO_MODEL = "no model is named: give [gate] a project and a task, or begin a [[scope]] for each model"
MODELS = [
    ("", [f"g:1: {NO_MODEL}",
          f"g:1: {NO_RULE}"]),
    (METRIC, [f"g:1: {NO_MODEL}"]),
    (GATE, [f"g:1: {NO_RULE}"]),
    ('[gate]\ntask = "train"\n' + METRIC, ["g:1: gate: project is missing: project and task name the model together"]),
    ('[gate]\nproject = "Owls"\n' + METRIC, ["g:1: gate: task is missing: project and task name the model together"]),
    (METRIC + GATE + SCOPE, [
        f"g:{line}: gate.{key}: each [[scope]] says this for itself; [gate] says it where there is none"
        for line, key in ((7, "project"), (8, "task"))
    ]),
    ("scope = []\n" + METRIC, [f"g:1: {NO_MODEL}"]),
    ("scope = []\n" + METRIC + GATE, []),
    (SCOPE, [f"g:1: scope[0]: {NO_RULE}"]),
    (SCOPE + "rule = []\n", [f"g:1: scope[0]: {NO_RULE}"]),
    (METRIC + SCOPE + SCOPE.replace("train", "other"), ["g:11: scope[1].name: two scopes are named 'owls'"]),
    (METRIC + SCOPE + SCOPE.replace('"owls"', '"bats"'), [
        "g:10: scope[1]: two scopes are about the same model: 'Owls', 'train', 'best'"
    ]),
    (METRIC + SCOPE + SCOPE.replace('"owls"', '"bats"') + 'tag = "second"\n', []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MODELS, ids=range(len(MODELS)))
def test_a_policy_says_which_models_it_is_about_and_something_of_each(text: str, said: list[str]) -> None:
    assert mistakes(text) == said


ANCHORS = [
    ('anchor = "best_ever"\n', "", ['g:4: gate.anchor: nothing is compared with it; write against = "anchor" here, '
                                    "or in a rule of its own"]),
    ('anchor = "best_ever"\nagainst = "anchor"\n', "", []),
    ('anchor = "best_ever"\n', 'against = "anchor"\n', []),
    (f'anchor = "task:{"0a" * 16}"\nagainst = "anchor"\n', "", []),
    ('anchor = "best_ever"\nagainst = 3\n', "", ["g:5: gate.against: found 3; allowed: 'incumbent' or 'anchor'"]),
]  # fmt: skip


@pytest.mark.parametrize(("gate", "rule", "said"), ANCHORS)
def test_an_anchor_that_holds_nothing_is_told(gate: str, rule: str, said: list[str]) -> None:
    assert mistakes(GATE + gate + METRIC + rule) == said


TWO = [
    # two rules; whether they say something twice
    (METRIC, METRIC, "rule[1]: sets allowed_loss again, as rule[0] of the same level did: which one is meant?"),
    (METRIC, METRIC.replace("1pp", "3pp"), "rule[1]: sets allowed_loss again, as rule[0] of the same level"),
    (METRIC, METRIC + 'level = "warn"\n', ""),
    (METRIC, METRIC + 'against = "anchor"\n', ""),
    (METRIC, METRIC + 'value = "best"\n', ""),
    (METRIC, METRIC.replace("a/b", "a/c"), ""),
    (METRIC, "[[rule]]\n" + POINT + "min = 0.5\n", ""),
    (METRIC + "min = 0.4\n", "[[rule]]\n" + POINT + "min = 0.5\n", "rule[1]: sets min again, as rule[0]"),
    (METRIC, METRIC.replace('"max"', '"min"') + 'level = "info"\n', 'rule[1].direction: "min", but \'a/b\' is better '
     "the other way in rule[0]"),
    (METRIC, '[[rule]]\nkind = "curve"\nmetric = "a/b"\n', ""),
    (METRIC, '[[rule]]\nkind = "curve"\nmetric = "a/b"\ndirection = "min"\n', 'rule[1].direction: "min", but'),
    ('[[rule]]\nkind = "drift"\n', '[[rule]]\nkind = "drift"\n', "rule[1]: repeats, as rule[0] of the same level did"),
    ('[[rule]]\nkind = "drift"\n', '[[rule]]\nkind = "drift"\nmax_class_shift = "3%"\n', ""),
    ('[[rule]]\nkind = "slices"\nmargin = "2pp"\ncolumns = ["site"]\n',
     '[[rule]]\nkind = "slices"\nmargin = "3pp"\ncolumns = ["age"]\n', ""),
    ('[[rule]]\nkind = "slices"\nmargin = "2pp"\ncolumns = ["site"]\n',
     '[[rule]]\nkind = "slices"\nmargin = "3pp"\ncolumns = ["site"]\n', "rule[1]: repeats"),
    ('[[rule]]\nkind = "data"\nalias = "train"\nnewest = true\n',
     '[[rule]]\nkind = "data"\nalias = "test"\nnewest = true\n', ""),
]  # fmt: skip
SLICED = '[predictions]\nslices = ["site", "age"]\n'


@pytest.mark.parametrize(("first", "second", "said"), TWO, ids=range(len(TWO)))
def test_two_rules_that_say_the_same_or_the_opposite(first: str, second: str, said: str) -> None:
    found = mistakes(first + second + GATE + SLICED)
    assert len(found) == bool(said)
    assert (
        not said
        or f"g:{1 + first.count(chr(10)) + (3 if 'direction' in said else 0)}: {said}" in found[0]
        or ("curve" in second and said in found[0])
    )


def test_a_rule_of_a_scope_does_not_replace_one_of_all_scopes() -> None:
    again = METRIC.replace("[[rule]]", "[[scope.rule]]")
    (said,) = mistakes(METRIC + SCOPE + again)
    assert said.startswith("g:10: scope[0].rule[0]: sets allowed_loss again, as rule[0] of the same level did")


def test_rules_of_different_scopes_do_not_meet() -> None:
    other = SCOPE.replace('"owls"', '"bats"').replace("train", "train bats")
    own = METRIC.replace("[[rule]]", "[[scope.rule]]")
    assert mistakes(SCOPE + own + other + own.replace('"max"', '"min"')) == []


def test_a_mistake_between_two_rules_of_all_scopes_is_told_once() -> None:
    other = SCOPE.replace('"owls"', '"bats"').replace("train", "train bats")
    assert len(mistakes(METRIC + METRIC + SCOPE + other)) == 1


def test_what_cannot_be_read_is_given_and_contradicts_nothing() -> None:
    rule = 'kind = "classes"\ncritical = ["owl"]\ncritical_loss = 3\nslice = "site=north"\n'
    found = mistakes(f"{GATE}[[rule]]\n{rule}[predictions]\nslices = 3\n")
    assert [said.split(":")[1] for said in found] == ["7", "10"]


def test_every_kind_knows_what_makes_two_of_its_rules_the_same() -> None:
    assert set(SAME) == set(KINDS)
    for kind, same in SAME.items():
        assert set(same.subject + same.limits) <= set(KINDS[kind].table.model_fields)


def test_an_anchor_that_is_named_by_its_run_needs_no_metric_to_be_found() -> None:
    anchored = f'{GATE}against = "anchor"\nanchor = "task:{"0a" * 16}"\n'
    assert mistakes(anchored + '[[rule]]\nkind = "compare"\nmetric = "accuracy"\nmargin = "1%"\n') == []


def test_a_floor_may_be_a_ceiling() -> None:
    assert mistakes(f"{GATE}[[rule]]\n{POINT}min = 0.5\nmax = 0.5\n") == []


def test_models_that_cannot_be_read_are_not_taken_for_the_same() -> None:
    twins = [SCOPE.replace('"owls"', f'"{name}"').replace('"Owls"', "3") for name in ("owls", "bats")]
    assert [said.split(": ")[1] for said in mistakes(METRIC + "".join(twins))] == [
        "scope[0].project",
        "scope[1].project",
    ]


def test_of_rules_that_want_for_an_anchor_the_first_is_told() -> None:
    rules = [
        f'[[rule]]\nkind = "compare"\nmetric = "{metric}"\nmargin = "1%"\nagainst = "anchor"\n'
        for metric in ("accuracy", "macro_f1")
    ]
    (said,) = mistakes(GATE + "".join(rules))
    assert said.startswith("g:4: rule[0]: is compared with best_ever")


UNCERTAIN = ["rule = 3\n" + SCOPE, "rule = [3]\n" + SCOPE, SCOPE + "[scope.rule]\nx = 1\n", SCOPE + "rule = [3]\n"]


@pytest.mark.parametrize("text", UNCERTAIN, ids=range(len(UNCERTAIN)))
def test_where_rules_cannot_be_read_it_is_not_said_that_there_are_none(text: str) -> None:
    (said,) = mistakes(text)
    assert "found" in said
