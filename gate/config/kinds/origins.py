"""Rules about where the evidence comes from: the test set, and the training data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gate.config.kinds.rule import RuleTable
from gate.config.values import Idents, Name, Positive, Share
from gate.rules import DataRule, HoldoutRule


class HoldoutTable(RuleTable):
    """The test set: is it the same, is it later than the training data, and how often was it asked?"""

    kind: Literal["testset"]
    same: bool = Field(default=HoldoutRule.same, description="Both runs were tested on the same rows.")
    min_matched: Share = Field(
        default=HoldoutRule.min_matched, description="The share of rows that counts as the same.", examples=["99%"]
    )
    chronological: bool = Field(
        default=HoldoutRule.chronological, description="The training data end before the test set begins."
    )
    budget: Positive | None = Field(
        default=None,
        description="After so many evaluations a pass is left to a person. Else test_set_budget of [gate].",
        examples=[50],
    )


class DataTable(RuleTable):
    """Was the candidate trained on the right data? By the ClearML datasets that its run recorded."""

    kind: Literal["data"]
    alias: Name | None = Field(
        default=None,
        description="Which of the run's datasets: the alias it was fetched under. Without it, all of them.",
        examples=["train"],
    )
    project: Name | None = Field(default=None, description="The dataset's project.", examples=["Flights"])
    dataset: Name | None = Field(default=None, description="The dataset's name.", examples=["flights"])
    newest: bool = Field(default=DataRule.newest, description="It is the newest version there is.", examples=[True])
    ids: Idents | None = Field(
        default=None,
        description="The ids of the versions that are allowed.",
        examples=[["0123456789abcdef0123456789abcdef"]],
    )
