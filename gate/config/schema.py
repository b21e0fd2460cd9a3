"""The policy language as JSON Schema (draft 7, which editors of TOML know), made from the tables themselves.

It says what each key may hold, and the contradictions that a schema can express; `parse` knows the rest.
"""

from __future__ import annotations

from typing import Any

from gate.config.kinds import KINDS
from gate.config.tables import FileTable

DRAFT = "http://json-schema.org/draft-07/schema#"


def _where(required: str, says: dict[str, Any]) -> dict[str, Any]:
    """A condition on one key of a table; that others are allowed has to be said, or some editors warn of them."""
    return {"required": [required], "properties": {required: says}, "additionalProperties": True}


NEVER_FAILS = {
    "if": _where("level", {"enum": ["warn", "info"]}),
    "then": {"properties": {"on_inconclusive": {"const": "review"}}, "additionalProperties": True},
}
MORE: dict[str, dict[str, Any]] = {  # beside the keys of each table
    "MetricTable": {
        "anyOf": [{"required": [key]} for key in ("allowed_loss", "min", "max")],
        "dependencies": {"against": ["allowed_loss"]},
    },
    "ClassesTable": {"dependencies": {"critical": ["critical_loss"], "critical_loss": ["critical"]}},
    "PredictionsTable": {"dependencies": {"connection": ["table"], "table": ["connection"]}},
    "DataTable": {
        "anyOf": [*({"required": [key]} for key in ("project", "dataset", "ids")), _where("newest", {"const": True})]
    },
}
RULED = _where("rule", {"minItems": 1})
NAMED = _where("gate", {"required": ["project", "task"]})
SCOPED = _where("scope", {"minItems": 1})
WHOLE: dict[str, Any] = {  # a model is named, and something is demanded of each
    "allOf": [{"anyOf": [SCOPED, NAMED]}, {"anyOf": [RULED, _where("scope", {"minItems": 1, "items": RULED})]}]
}


def json_schema() -> dict[str, Any]:
    """For gate.toml; every key is described."""
    made = FileTable.model_json_schema(ref_template="#/definitions/{model}")
    tables = made.pop("$defs")
    for kind in KINDS.values():
        table = tables[kind.table.__name__]
        table["properties"]["kind"]["description"] = table["description"]
        table |= NEVER_FAILS
    for name, more in MORE.items():
        tables[name] |= more
    whole = {"$schema": DRAFT, **made, "title": "gate.toml", **WHOLE, "definitions": tables}
    return dict(_plain(whole))


def _plain(value: Any) -> Any:
    """Without what TOML does not have (null), and what only pydantic understands."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _plain(each) for key, each in value.items() if key != "discriminator" and not _is_empty(key, each)}
    if "$ref" in kept:
        return {"$ref": kept["$ref"]}  # beside it draft 7 looks at nothing
    if "anyOf" in kept and {"type": "null"} in kept["anyOf"]:
        (only,) = [each for each in kept.pop("anyOf") if each != {"type": "null"}]
        kept = {**only, **kept}
    if kept.get("type") == "string" and isinstance(kept.get("default"), float):
        kept["default"] = f"{100 * kept['default']:.10g}%"  # as the author would write it
    return kept


def _is_empty(key: str, value: object) -> bool:
    return (key == "title" and value != "gate.toml") or (key == "default" and value in (None, "", [], {}))
