"""The keys that rules share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gate.config.values import Confidence, Part, Table
from gate.rules import Demand

Way = Annotated[Literal["max", "min"], Field(description='Which way is better: "max" or "min".', examples=["max"])]
Opponent = Annotated[
    Literal["incumbent", "anchor"] | None,
    Field(description="What the candidate is compared with: the best now, or the anchor. Else as [gate] says."),
]
Sure = Annotated[
    Confidence | None, Field(description="Of the intervals that this rule draws. Else as [gate] says.", examples=[0.95])
]
Within = Annotated[
    Part | None, Field(description="Only rows where this column has this value; a column of [predictions] slices.")
]


class RuleTable(Table):
    """What every rule may say."""

    kind: str = Field(description="What the rule is about.")

    level: Literal["block", "warn", "info"] = Field(
        default=Demand.level,
        description="block: a failure fails the verdict. warn: a failure asks a person. info: shown, never in the way.",
    )
    on_inconclusive: Literal["review", "fail"] = Field(
        default=Demand.on_inconclusive,
        description="What it means if the data allow both answers: a person reviews, or it counts as a failure.",
    )
