"""Rules about what the runs reported: scalars, and their curves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gate.config.kinds.rule import Opponent, RuleTable, Way
from gate.config.values import Loss, Metric, Number, Share
from gate.rules import CurveRule, MetricRule

ZERO = 'Believe an exact 0 of a "min" metric, which is also how ClearML keeps NaN and infinity.'


class MetricTable(RuleTable):
    """A scalar that both runs reported: how much it may worsen, and what it must reach at all."""

    kind: Literal["metric"]
    metric: Metric = Field(description="The scalar's title/series.", examples=["test/accuracy"])
    direction: Way
    allowed_loss: Loss | None = Field(
        default=None,
        description="How much worse than the best: a share of it, points of a share, or in the metric's own unit.",
        examples=["1pp", "3%", "0.02"],
    )
    min: Number | None = Field(default=None, description="The candidate must reach this at all.", examples=[0.85])
    max: Number | None = Field(default=None, description="The candidate must not exceed this at all.", examples=[0.5])
    value: Literal["last", "best"] = Field(
        default=MetricRule.value, description="Which point of the curve counts: the last one, or the best one."
    )
    allow_zero: bool = Field(
        default=MetricRule.allow_zero,
        description=ZERO,
    )
    against: Opponent = None


class CurveTable(RuleTable):
    """Did it converge? The candidate's own curve of a scalar."""

    kind: Literal["curve"]
    metric: Metric = Field(description="The scalar's title/series.", examples=["learning/loss"])
    direction: Way = CurveRule.direction
    min_progress: Share = Field(
        default=CurveRule.min_progress,
        description="It must have come at least this far, as a share of where it began.",
        examples=["5%"],
    )
    max_given_back: Share = Field(
        default=CurveRule.max_given_back,
        description="The share of its progress that it may have lost again by the end.",
        examples=["20%"],
    )
    still_improving: Literal["block", "warn", "info"] = Field(
        default=CurveRule.still_improving, description="What it means if training stopped while it still improved."
    )
    allow_zero: bool = Field(default=CurveRule.allow_zero, description=ZERO)
