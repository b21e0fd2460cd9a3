"""Rules about predictions, row by row."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gate.config.kinds.rule import Opponent, RuleTable, Sure, Within
from gate.config.values import SCORE, Count, Labels, Loss, Names, Positive, Ratio, Risk, Share
from gate.rules import ClassesRule, CompareRule, DriftRule, SlicesRule


class CompareTable(RuleTable):
    """A score of the predictions of both models, on the same rows, with its interval."""

    kind: Literal["compare"]
    metric: Annotated[str, Field(pattern=SCORE, max_length=1_000)] = Field(
        description="accuracy, macro_f1, weighted_f1, recall@K, or f1, recall or precision of one [LABEL].",
        examples=["macro_f1"],
    )
    margin: Loss = Field(
        description="The candidate passes if it is, with confidence, not worse than this.", examples=["0.5pp", "1%"]
    )
    confidence: Sure = None
    method: Literal["auto", "bootstrap", "delta"] = Field(
        default=CompareRule.method,
        description="How the interval is made: resampled, by the delta method, or whichever suits the data.",
    )
    replicates: Annotated[int, Field(ge=100, le=100_000)] = Field(
        default=CompareRule.replicates, description="How often to resample."
    )
    slice: Within = None
    against: Opponent = None


class ClassesTable(RuleTable):
    """F1 of every class: which regressed, tested with control of false alarms."""

    kind: Literal["classes"]
    fdr: Risk = Field(
        default=ClassesRule.fdr,
        description="Of the classes called regressed, the share that may be called so by chance.",
        examples=["10%"],
    )
    max_regressed: Count | None = Field(
        default=None, description="How many classes may have regressed; without it they are shown.", examples=[5]
    )
    critical: Labels | None = Field(
        default=None, description="Classes that may not lose more than critical_loss.", examples=[["stop sign"]]
    )
    critical_loss: Loss | None = Field(
        default=None, description="How much F1 a critical class may lose.", examples=["2pp"]
    )
    min_support: Count = Field(
        default=ClassesRule.min_support, description="Classes with fewer rows are not tested.", examples=[20]
    )
    slice: Within = None
    confidence: Sure = None


class FlipsTable(RuleTable):
    """Rows that the best had right and the candidate has wrong."""

    kind: Literal["flips"]
    max_nfr: Share | None = Field(
        default=None, description="The largest share of all rows that the update may break.", examples=["2%"]
    )
    max_relative_nfr: Ratio | None = Field(
        default=None,
        description="The same, as a ratio to what two models with independent mistakes would break.",
        examples=["0.5"],
    )
    max_churn: Share | None = Field(
        default=None, description="The largest share of rows that may be predicted differently.", examples=["10%"]
    )
    confidence: Sure = None


class SlicesTable(RuleTable):
    """Every value of the sliced columns by itself: none may be worse than the margin."""

    kind: Literal["slices"]
    columns: Names | None = Field(
        default=None, description="Columns of [predictions] slices; without it all of them.", examples=[["site"]]
    )
    metric: Literal["accuracy"] = Field(default="accuracy", description="What is compared in every slice.")
    margin: Loss = Field(description="How much worse a slice may be.", examples=["2pp"])
    min_support: Positive = Field(
        default=SlicesRule.min_support, description="Slices with fewer rows are not tested.", examples=[100]
    )
    fdr: Risk = Field(
        default=SlicesRule.fdr,
        description="Of the slices called worse, the share that may be called so by chance.",
        examples=["5%"],
    )
    confidence: Sure = None


class DriftTable(RuleTable):
    """How the candidate's predictions are spread over classes and confidences, beside the best's on the same rows."""

    kind: Literal["drift"]
    max_class_shift: Share | None = Field(
        default=DriftRule.max_class_shift,
        description="The share of predictions that may have moved to another class, beyond what chance explains.",
        examples=["2pp"],
    )
    max_confidence_shift: Share | None = Field(
        default=DriftRule.max_confidence_shift,
        description="How much the mean confidence may have moved.",
        examples=["0.02"],
    )
    confidence: Sure = None
