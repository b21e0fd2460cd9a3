"""[drift]: what is watched of a model after training, and how far it may move."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from gate.config.shown import found
from gate.config.values import Count, Name, Names, Positive, Share, Table, usable_connection
from gate.drift import Watch
from gate.predictions.backends import NAME, RUN
from gate.stretches import parse_every

EVERY = r"^ *([1-9][0-9]{0,5} *(h|d|w|rows)|([1-9][0-9]? *)?months?) *$"
SPAN = r"^ *[1-9][0-9]{0,5} *(h|d|w) *$"


def usable_log(template: str) -> str:
    """The name of a table, of each run or of all."""
    if not NAME.fullmatch(template.replace(RUN, "id")):
        raise ValueError(f"{found(template)} is no name of a table; {RUN} in it would stand for the id of a run")
    return template


def _stretch(text: str) -> str:
    if not re.fullmatch(EVERY, text):
        raise ValueError(f'found {found(text)}; allowed: "7d", "12h", "2w", "month", "3 months" or "5000 rows"')
    return text


def _span(text: str) -> str:
    if not re.fullmatch(SPAN, text):
        raise ValueError(f'found {found(text)}; allowed: "28d", "12h" or "4w"')
    return text


class WatchTable(Table):
    """What the best model says after its training, beside what it said on its test rows."""

    reference: Name = Field(
        default=Watch.reference, description="The artifact with a run's predictions on its test rows."
    )
    current: Names = Field(
        default=list(Watch.current),
        description="Artifacts with its predictions on later rows; those that a run lacks are left out.",
        examples=[["predictions_later"]],
    )
    logs: Name | None = Field(
        default=None,
        description="A folder of Parquet files with what the model said in production; {task} is the run's id.",
        examples=["/data/predictions/{task}"],
    )
    connection: Annotated[str, AfterValidator(usable_connection)] | None = Field(
        default=None,
        description="The same as a table behind this address; ${NAME} is a variable of the environment.",
        examples=["pyspark://", "duckdb://${WAREHOUSE}"],
    )
    table: Annotated[str, AfterValidator(usable_log)] | None = Field(
        default=None, description="That table; {task} stands for the run's id.", examples=["lake.predicted"]
    )
    chunk: Annotated[str, AfterValidator(_stretch)] = Field(
        default="7d", description="How time is cut.", examples=["7d", "12h", "month", "5000 rows"]
    )
    last: Annotated[str, AfterValidator(_span)] | None = Field(
        default=None,
        description="How much of the time before the newest row is judged; without it all that followed the test rows.",
        examples=["28d"],
    )
    min_rows: Positive = Field(default=Watch.min_rows, description="Fewer rows tell nothing.", examples=[500])
    max_class_shift: Share = Field(
        default=Watch.max_class_shift,
        description="The share of predictions that may move to other classes, beyond what chance explains.",
        examples=["2pp"],
    )
    max_confidence_shift: Share = Field(
        default=Watch.max_confidence_shift, description="How far the mean confidence may move.", examples=["0.02"]
    )
    max_accuracy_loss: Share = Field(
        default=Watch.max_accuracy_loss,
        description="How much accuracy may fall on rows whose truth is known.",
        examples=["5pp"],
    )
    max_new_classes: Count = Field(
        default=Watch.max_new_classes, description="How many classes may be new, beyond chance.", examples=[0]
    )

    @model_validator(mode="after")
    def _complete(self) -> WatchTable:
        if (self.connection is None) != (self.table is None):
            raise ValueError("connection and table go together: the table is behind the connection")
        if self.connection and self.logs:
            raise ValueError("logs are a folder or a table behind a connection, not both")
        return self

    def watch(self) -> Watch:
        return Watch(
            reference=self.reference,
            current=tuple(self.current),
            logs=self.logs or "",
            connection=self.connection or "",
            table=self.table or "",
            every=parse_every(self.chunk),
            last=parse_every(self.last).seconds if self.last else 0,
            **{name: getattr(self, name) for name in LIMITS},
        )


LIMITS = ("min_rows", "max_class_shift", "max_confidence_shift", "max_accuracy_loss", "max_new_classes")
