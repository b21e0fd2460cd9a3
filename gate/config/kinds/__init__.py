"""The keys of every kind of rule. Their defaults are those of the rules themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from gate.config.kinds.origins import DataTable, HoldoutTable
from gate.config.kinds.predicted import ClassesTable, CompareTable, DriftTable, FlipsTable, SlicesTable
from gate.config.kinds.reported import CurveTable, MetricTable
from gate.config.kinds.rule import RuleTable
from gate.rules import (
    ClassesRule,
    CompareRule,
    CurveRule,
    DataRule,
    DriftRule,
    FlipsRule,
    HoldoutRule,
    MetricRule,
    SlicesRule,
)

__all__ = ["KINDS", "AnyRule", "Kind", "RuleTable"]

AnyRule = Annotated[
    MetricTable
    | CompareTable
    | ClassesTable
    | FlipsTable
    | SlicesTable
    | DriftTable
    | CurveTable
    | HoldoutTable
    | DataTable,
    Field(discriminator="kind"),
]


class Kind(NamedTuple):
    """The keys that a kind of rule has, and what judges by them: a dataclass whose fields are these keys."""

    table: type[RuleTable]
    rule: type[Any]


KINDS: Mapping[str, Kind] = {
    "metric": Kind(MetricTable, MetricRule),
    "compare": Kind(CompareTable, CompareRule),
    "classes": Kind(ClassesTable, ClassesRule),
    "flips": Kind(FlipsTable, FlipsRule),
    "slices": Kind(SlicesTable, SlicesRule),
    "drift": Kind(DriftTable, DriftRule),
    "curve": Kind(CurveTable, CurveRule),
    "testset": Kind(HoldoutTable, HoldoutRule),
    "data": Kind(DataTable, DataRule),
}
