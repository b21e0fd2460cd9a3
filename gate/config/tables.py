"""The whole of gate.toml: its tables and their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from gate.config.approval import ApprovalTable
from gate.config.drift import WatchTable
from gate.config.kinds import KINDS, AnyRule
from gate.config.mistakes import Path
from gate.config.notify import NotifyTable
from gate.config.retrain import RetrainTable
from gate.config.scope import Terms
from gate.config.values import (
    ANCHOR,
    MEMORY,
    TITLE_OR_NONE,
    WORD,
    Bytes,
    Confidence,
    Name,
    Names,
    Positive,
    Table,
    Tag,
    usable_connection,
    usable_table,
)
from gate.predictions.compare import Settings

Rules = Annotated[list[AnyRule], Field(max_length=1_000)]
PROJECT = "The ClearML project, exactly."
TASK = "The name of the ClearML task, exactly."
TAG = "The tag that the best run holds."
ALONE = "Only where there is no [[scope]]."


class GateTable(Table):
    """What holds for every rule; and which model this is about, where there is only one."""

    project: Name | None = Field(default=None, description=f"{PROJECT} {ALONE}", examples=["Flights"])
    task: Name | None = Field(default=None, description=f"{TASK} {ALONE}", examples=["train destination"])
    tag: Tag | None = Field(default=None, description=f"{TAG} {ALONE}", examples=["best"])
    confidence: Confidence = Field(
        default=Terms.confidence, description="Of all intervals, two-sided.", examples=[0.95, "95%"]
    )
    against: Literal["incumbent", "anchor"] = Field(
        default=Terms.against,
        description="What candidates are compared with: the best now, or the anchor, which promotions do not move.",
    )
    anchor: Annotated[str, Field(pattern=ANCHOR)] | None = Field(
        default=None,
        description="best_ever: the best that ever was. task:ID: this run of ClearML.",
        examples=["best_ever"],
    )
    test_set_budget: Positive = Field(
        default=Terms.test_set_budget,
        description="After so many evaluations on one test set a pass is left to a person.",
        examples=[50],
    )
    group: Literal["group"] | None = Field(
        default=None,
        description="The column of rows that belong together, such as frames of one video; predictions call it group.",
    )


class PredictionsTable(Table):
    """Where predictions are, and how they are counted."""

    artifact: Name = Field(default=Settings.artifact, description="The name of the artifact in both runs.")
    slices: Names = Field(default=[], description="Columns to slice by.", examples=[["site", "camera"]])
    memory: Annotated[str, Field(pattern=MEMORY)] = Field(
        default=Settings.memory, description="Rows beyond it spill to disk.", examples=["2GB"]
    )
    max_bytes: Bytes = Field(
        default=Settings.max_bytes, description="A larger artifact is refused.", examples=["2GB", 500_000_000]
    )
    confusion: Annotated[str, Field(pattern=TITLE_OR_NONE)] = Field(
        default=Settings.confusion,
        description="title/series of the confusion matrix to read where there is no artifact, if there are several.",
    )
    connection: Annotated[str, AfterValidator(usable_connection)] = Field(
        default=Settings.connection,
        description="Predictions are tables behind this address; ${NAME} is a variable of the environment.",
        examples=["pyspark://", "duckdb://${WAREHOUSE}"],
    )
    table: Annotated[str, AfterValidator(usable_table)] = Field(
        default=Settings.table,
        description="The table of a run; {task} stands for its id.",
        examples=["lake.predictions_{task}"],
    )

    def settings(self) -> Settings:
        found = (self.artifact, tuple(self.slices), self.memory, self.max_bytes, self.confusion)
        return Settings(*found, self.connection, self.table)


class ScopeTable(Table):
    """One model: which runs it is about, and the rules that hold for it alone."""

    name: Annotated[str, Field(pattern=WORD)] = Field(
        description="For --scope, commit statuses and pages.", examples=["destination"]
    )
    project: Name = Field(description=PROJECT, examples=["Flights"])
    task: Name = Field(description=TASK, examples=["train destination"])
    tag: Tag = Field(default="best", description=TAG, examples=["best"])
    retrain: RetrainTable | None = Field(default=None, description="When this model is trained again, by itself.")
    notify: NotifyTable | None = Field(default=None, description="Of which events of this model people are told.")
    rule: Rules = Field(default=[], description="Rules of this scope, after those of all scopes.")


class FileTable(Table):
    """The policy of Promotion Gate: which models a repository has, and what each must not make worse."""

    gate: GateTable = GateTable()
    predictions: PredictionsTable = PredictionsTable()
    approval: ApprovalTable = ApprovalTable()
    drift: WatchTable = WatchTable()
    retrain: RetrainTable | None = Field(
        default=None, description="When models are trained again, where a scope does not say it itself."
    )
    notify: NotifyTable = NotifyTable()
    rule: Rules = Field(default=[], description="Rules of every scope.")
    scope: list[ScopeTable] = Field(default=[], max_length=100, description="The models that are decided about.")


SECTIONS: Mapping[str, type[Table]] = {
    "gate": GateTable,
    "predictions": PredictionsTable,
    "approval": ApprovalTable,
    "drift": WatchTable,
    "retrain": RetrainTable,
    "notify": NotifyTable,
    "scope": ScopeTable,
}


def validated(data: Mapping[str, Any]) -> tuple[FileTable | None, list[Any]]:
    """The file, or None with pydantic's account of everything that is wrong key by key."""
    try:
        return FileTable.model_validate(data), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def table_at(place: tuple[str | int, ...]) -> type[Table]:
    """The table that pydantic means by a place, in which the kind of a rule follows its number."""
    section: type[Table] = FileTable
    for index, part in enumerate(map(str, place)):
        is_kind = index > 1 and place[index - 2] == "rule" and part in KINDS
        section = KINDS[part].table if is_kind else SECTIONS.get(part, section)
    return section


def path_of(place: tuple[str | int, ...]) -> Path:
    """The same place as the author wrote it: without the kind."""
    return tuple(
        part
        for index, part in enumerate(place)
        if not (index > 1 and place[index - 2] == "rule" and isinstance(place[index - 1], int))
    )
