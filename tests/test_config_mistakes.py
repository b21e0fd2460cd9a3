"""Every mistake of a policy, at once: where it is, what was found, what is allowed, and what may have been meant."""

from __future__ import annotations

import pytest

from gate.config import ConfigError, parse

GATE = '[gate]\nproject = "Owls"\ntask = "train"\n'
METRIC = '[[rule]]\nkind = "metric"\nmetric = "a/b"\ndirection = "max"\nallowed_loss = "1pp"\n'


def mistakes(text: str, source: str = "gate.toml") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text, source)
    return list(caught.value.mistakes)


def of_rule(kind: str, lines: str, sliced: str = "") -> list[str]:
    """The mistakes of one rule, which begins on line 2."""
    tail = f"\n{GATE}[predictions]\nslices = [{sliced}]\n"
    return mistakes(f'[[rule]]\nkind = "{kind}"\n{lines}{tail}')


# What is written instead of a line, on which line and at which key the mistake is, and the sentence.
KEYS = [
    ('direction = "up"', 4, "direction", "found 'up'; allowed: 'max' or 'min'"),
    ('direction = "maximize"', 4, "direction", "found 'maximize'; allowed: 'max' or 'min'; did you mean 'max'?"),
    ("direction = true", 4, "direction", "found true; allowed: 'max' or 'min'"),
    ('metric = "accuracy"', 3, "metric", "found 'accuracy'; allowed: title/series, as ClearML shows them"),
    ("metric = 3", 3, "metric", 'found 3; allowed: text in quotes; did you mean "3"?'),
    ("metric = ['a/b']", 3, "metric", "found a list; allowed: text in quotes"),
    ("metric = 1979-05-27", 3, "metric", "found a date; allowed: text in quotes"),
    (r'metric = "a\u202e/b"', 3, "metric", "found 'a�/b', which has a character that cannot be seen"),
    (
        "allowed_loss = 3",
        5,
        "allowed_loss",
        '3 has no unit; write "3%" of the best, "0.5pp" of a share, or "0.02" in metric units; '
        'did you mean "3%" or "3pp" or "3"?',
    ),
    (
        'allowed_loss = "3 percent"',
        5,
        "allowed_loss",
        '\'3 percent\' is no quantity; write "3%" of the best, "0.5pp" of a share, or "0.02" in metric units; '
        'did you mean "3%"?',
    ),
]
REST = {"metric": 'metric = "a/b"', "direction": 'direction = "max"', "allowed_loss": 'allowed_loss = "1pp"'}


@pytest.mark.parametrize(("written", "line", "key", "said"), KEYS, ids=[row[0] for row in KEYS])
def test_a_key_that_is_wrong_is_told_with_its_line_what_was_found_and_what_is_allowed(
    written: str, line: int, key: str, said: str
) -> None:
    lines = "\n".join((REST | {key: written}).values())
    assert of_rule("metric", lines) == [f"gate.toml:{line}: rule[0].{key}: {said}"]


ADDED = [
    ("min = '0.85'", "min", "found '0.85'; allowed: a number; did you mean 0.85?"),
    ("max = nan", "max", "found nan; allowed: a number that is finite"),
    ("min = -inf", "min", "found -inf; allowed: a number that is finite"),
    ("min = true", "min", "found true; allowed: a number"),
    ('allow_zero = "yes"', "allow_zero", "found 'yes'; allowed: true or false; did you mean true?"),
    ('level = "warning"', "level", "found 'warning'; allowed: 'block', 'warn' or 'info'; did you mean 'warn'?"),
    ('on_inconclusive = "pass"', "on_inconclusive", "found 'pass'; allowed: 'review' or 'fail'"),
    ('value = "first"', "value", "found 'first'; allowed: 'last' or 'best'"),
    ('against = "ancor"', "against", "found 'ancor'; allowed: 'incumbent' or 'anchor'; did you mean 'anchor'?"),
    ('alowed_loss = "1%"', "alowed_loss", "unknown key; did you mean 'allowed_loss'?"),
    ('tag = "best"', "tag", "unknown here; a key of [gate] and [[scope]]"),
    ('margin = "1%"', "margin", 'unknown here; a key of a rule of kind "compare" and a rule of kind "slices"'),
    ("zzz = 1", "zzz", "unknown key; allowed here: kind, level, on_inconclusive, metric, direction, allowed_loss, min, "
     "max, value, allow_zero, against"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "key", "said"), ADDED, ids=[row[0] for row in ADDED])
def test_a_key_too_much_or_of_another_value_is_told(written: str, key: str, said: str) -> None:
    lines = "\n".join([*REST.values(), written])
    assert of_rule("metric", lines) == [f"gate.toml:6: rule[0].{key}: {said}"]


MISSING = [
    ("metric", 'metric = "a/b"\nmin = 0', 'direction: missing; for example direction = "max". Which way is better:'),
    ("metric", 'direction = "max"\nmin = 0', 'metric: missing; for example metric = "test/accuracy". The scalar\'s'),
    ("compare", 'metric = "accuracy"', 'margin: missing; for example margin = "0.5pp". The candidate passes if it is'),
    ("slices", "", 'margin: missing; for example margin = "2pp". How much worse a slice may be'),
    ("curve", "", 'metric: missing; for example metric = "learning/loss"'),
]


@pytest.mark.parametrize(("kind", "lines", "said"), MISSING)
def test_a_key_that_is_missing_is_told_at_the_rule_with_an_example(kind: str, lines: str, said: str) -> None:
    (mistake,) = of_rule(kind, lines, "'site'")
    assert mistake.startswith(f"gate.toml:1: rule[0].{said}")


OTHERS = [
    ("compare", 'metric = "macrof1"\nmargin = "1%"', "metric", "did you mean 'macro_f1'?"),
    ("compare", 'metric = "recall@0"\nmargin = "1%"', "metric", "allowed: accuracy, macro_f1, weighted_f1, recall@5"),
    ("compare", 'metric = "accuracy"\nmargin = "1%"\nconfidence = 95', "confidence", "did you mean 0.95?"),
    ("compare", 'metric = "accuracy"\nmargin = "1%"\nconfidence = "x"', "confidence", "'x' is no quantity; write 0.95"),
    ("compare", 'metric = "accuracy"\nmargin = "500pp"', "margin", "a share has 100 percentage points in all"),
    ("compare", 'metric = "accuracy"\nmargin = "1%"\nreplicates = 10', "replicates", "found 10; allowed: 100 or more"),
    ("compare", 'metric = "accuracy"\nmargin = "1%"\nreplicates = 150.5', "replicates", "allowed: a whole number"),
    ("compare", 'metric = "accuracy"\nmargin = "1%"\nslice = "site"', "slice", 'allowed: "column=value"'),
    ("classes", 'fdr = "0%"', "fdr", "found 0%; allowed: more than 0% and less than 100%"),
    ("classes", "fdr = 0.1", "fdr", '0.1 has no unit; write "2%" or "0.02"; did you mean "0.1%" or'),
    ("classes", "max_regressed = -1", "max_regressed", "found -1; allowed: 0 or more"),
    ("classes", 'max_regressed = "5"', "max_regressed", "found '5'; allowed: a whole number; did you mean 5?"),
    ("classes", 'critical_loss = "1pp"\ncritical = []', "critical", "found a list; allowed: a list that is not empty"),
    ("classes", 'critical_loss = "1pp"\ncritical = ["a", "a"]', "critical", "'a' stands in the list more than once"),
    ("classes", 'critical_loss = "1pp"\ncritical = ["a", 3]', "critical[1]", 'did you mean "3"?'),
    ("classes", 'critical_loss = "1pp"\ncritical = "owl"', "critical", "found 'owl'; allowed: a list, such as"),
    ("flips", 'max_nfr = "2"', "max_nfr", "found '2'; allowed: at most 100%"),
    ("flips", 'max_relative_nfr = "2pp"', "max_relative_nfr", '\'2pp\' is no quantity; write "80%" or "0.8"'),
    ("testset", "budget = 0", "budget", "found 0; allowed: 1 or more"),
    ("data", 'ids = ["abc"]', "ids[0]", "found 'abc'; allowed: the id of a ClearML task or dataset"),
]


@pytest.mark.parametrize(("kind", "lines", "key", "said"), OTHERS)
def test_the_values_of_every_kind_are_checked(kind: str, lines: str, key: str, said: str) -> None:
    (mistake,) = of_rule(kind, lines)
    line = 3 + [each.split(" ")[0] for each in lines.splitlines()].index(key.removesuffix("[0]").removesuffix("[1]"))
    assert mistake.startswith(f"gate.toml:{line}: rule[0].{key}: ")
    assert said in mistake


SECTIONS = [
    ("confidence = 1", "confidence: found 1; allowed: more than 0.5 and less than 1, such as 0.95"),
    ('against = "anchor"\nanchor = "best-ever"', "anchor: found 'best-ever'; allowed: best_ever, or task: and the id"),
    ('against = "anchor"\nanchor = "best-ever"', "did you mean 'best_ever'?"),
    ('against = "anchor"\nanchor = "task:12"', "anchor: found 'task:12'; allowed: best_ever, or task: and the id"),
    ("test_set_budget = 0", "test_set_budget: found 0; allowed: 1 or more"),
    ("test_set_budget = 99999999999999999999", "found a number beyond all that TOML has; allowed: at most"),
    ('group = "video"', "group: found 'video'; allowed: 'group'"),
    ('tag = "-best"', "tag: '-best' would be read as an operator by ClearML's filters"),
    ('tag = " best"', "tag: found ' best'; allowed: text that does not begin or end with a space"),
    ('tag = ""', "tag: found ''; allowed: text that is not empty"),
    (f'tag = "{"x" * 256}"', "tag: found 256 characters; allowed: at most 255 characters"),
    ('kind = "metric"', "kind: unknown here; a key of a rule of kind"),
]


@pytest.mark.parametrize(("line", "said"), SECTIONS)
def test_the_values_of_the_gate_are_checked(line: str, said: str) -> None:
    (mistake,) = mistakes(f"{GATE}{line}\n{METRIC}")
    assert said in mistake
    assert mistake.startswith(f"gate.toml:{3 + len(line.splitlines())}: gate.")


SHAPES = [
    ("rule = 3\n" + GATE, 'gate.toml:1: rule: found 3; allowed: a list, such as ["one", "two"]'),
    (GATE + "[rule]\nx = 1\n", "gate.toml:4: rule: found [rule]; each one begins with double brackets: [[rule]]"),
    ("rule = [3]\n" + GATE, "gate.toml:1: rule[0]: found 3; allowed: a table"),
    ("gate = 3\n" + METRIC, "gate.toml:1: gate: found 3; allowed: a table"),
    (GATE + METRIC + "[[predictions]]\n", "gate.toml:9: predictions: found a list; there is one [predictions], in "
     "single brackets"),
    ("rules = []\n" + GATE + METRIC, "gate.toml:1: rules: unknown key; did you mean 'rule'?"),
    (METRIC.replace("metric", "metrics", 1) + GATE, "gate.toml:2: rule[0].kind: found 'metrics'; allowed: 'metric', "
     "'compare', 'classes', 'flips', 'slices', 'drift', 'curve', 'testset', 'data'; did you mean 'metric'?"),
    (METRIC.replace("kind", "knd") + GATE, "gate.toml:1: rule[0]: the key kind is missing, and 'knd' is written; "
     "allowed: 'metric', 'compare', 'classes', 'flips', 'slices', 'drift', 'curve', 'testset', 'data'"),
    (METRIC.replace('"metric"', "3") + GATE, "gate.toml:2: rule[0].kind: found 3; allowed: 'metric', 'compare', "
     "'classes', 'flips', 'slices', 'drift', 'curve', 'testset', 'data'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SHAPES, ids=range(len(SHAPES)))
def test_what_should_be_a_table_or_a_list_is_told(text: str, said: str) -> None:
    assert [found for found in mistakes(text) if "no model is named" not in found] == [said]


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = f"""{METRIC.replace('"1pp"', "3")}level = "info"
on_inconclusive = "fail"
[gate]
project = "Owls"
anchor = "best_ever"
[[scope]]
name = "a b"
project = ""
task = "train"
tagg = 1
[[scope.rule]]
kind = "classes"
critical = ["owl"]
slice = "site=north"
"""
    found = [said.split(": ")[0:2] for said in mistakes(text, "gate.toml on main")]
    assert found == [
        ["gate.toml:5 on main", "rule[0].allowed_loss"],
        ["gate.toml:7 on main", "rule[0].on_inconclusive"],
        ["gate.toml:9 on main", "gate.project"],
        ["gate.toml:10 on main", "gate.anchor"],
        ["gate.toml:12 on main", "scope[0].name"],
        ["gate.toml:13 on main", "scope[0].project"],
        ["gate.toml:15 on main", "scope[0].tagg"],
        ["gate.toml:18 on main", "scope[0].rule[0].critical"],
        ["gate.toml:19 on main", "scope[0].rule[0].slice"],
    ]


def test_no_value_of_an_unknown_key_or_a_connection_is_repeated() -> None:
    secret = "pyspark-word-of-pass"
    text = f'[predictions]\nconection = "{secret}"\nconnection = "teradata://me:{secret}@house"\n'
    found = mistakes(text + GATE + METRIC)
    assert len(found) == 3
    assert secret not in "".join(found)


def test_of_very_many_mistakes_the_first_are_told_and_the_rest_counted() -> None:
    found = mistakes(GATE + METRIC + "".join(f"x{number} = 1\n" for number in range(250)))
    assert len(found) == 101
    assert found[-1] == "gate.toml: and 150 more mistakes"
