"""The keys of [approval]."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gate.approval import Approval
from gate.config import ConfigError, explained, parse

MODEL = '[gate]\nproject = "Owls"\ntask = "train"\n[[rule]]\nkind = "flips"\n'


def approval(lines: str) -> Approval:
    return parse(f"[approval]\n{lines}\n{MODEL}", "gate.toml")[0].approval


def test_what_is_not_said_asks_for_one_other_person_and_allows_nothing_more() -> None:
    assert approval("") == Approval(1, False, False, timedelta(days=30), "approve", timedelta(hours=12), "")


def test_every_key_is_read() -> None:
    said = 'approvals = 2\nallow_self_approval = true\nallow_override = true\noverride_expires = "7d"\n'
    more = 'promote_on = "merge"\nmax_sign_in_age = "30m"\nteam = "skyline/reviewers"\n'
    expected = Approval(2, True, True, timedelta(days=7), "merge", timedelta(minutes=30), "skyline/reviewers")
    assert approval(said + more) == expected


WRONG = [
    "approvals = 0",
    "approvals = true",
    'allow_override = "yes"',
    "override_expires = 30",
    'override_expires = "a week"',
    'promote_on = "later"',
    'team = "reviewers"',
    "approvers = 2",
]


@pytest.mark.parametrize("line", WRONG)
def test_a_mistake_is_told_with_its_line(line: str) -> None:
    with pytest.raises(ConfigError, match=r"gate\.toml:2"):
        approval(line)


def test_a_workflow_may_promote_only_where_it_is_said_and_the_explanation_says_so_too() -> None:
    assert [approval(line).allow_automatic for line in ("", "allow_automatic = true")] == [False, True]
    said = [
        explained(parse(f"[approval]\nallow_automatic = {word}\n{MODEL}", "gate.toml"), "gate.toml")
        for word in ("false", "true")
    ]
    assert ["A workflow may promote what passed without a person" in " ".join(text.split()) for text in said] == [
        False,
        True,
    ]
