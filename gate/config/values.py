"""The kinds of value that keys have. What each pattern means in words stands beside it, for messages."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from gate.config.shown import found
from gate.config.units import (
    POINTS,
    RATIO,
    SIZE,
    parse_confidence,
    parse_margin,
    parse_ratio,
    parse_share,
    parse_size,
)
from gate.markdown import visible
from gate.predictions.backends import BACKENDS, NAME, RUN
from gate.rules import Margin

TEXT = r"^\S(.*\S)?$"
WORD = r"^[A-Za-z0-9._-]{1,64}$"
TITLE = r"^.+/.+$"
TITLE_OR_NONE = r"^(.+/.+)?$"
MEMORY = r"^[0-9]+(\.[0-9]+)? ?(MB|GB|MiB|GiB)$"
SCORE = r"^(accuracy|macro_f1|weighted_f1|recall@[1-9][0-9]{0,3}|(f1|recall|precision)\[.+\])$"
PART = r"^[^=]*[^=\s][^=]*=.*\S.*$"
IDENT = r"^[0-9a-f]{32}$"
TEAM = r"^([A-Za-z0-9-]+/[A-Za-z0-9_-][A-Za-z0-9._-]*)?$"  # a name of dots would lead elsewhere
ANCHOR = r"^(best_ever|task:[0-9a-f]{32})$"
PARAMETER = r"^[^/\s][^/]*/\S+$"
BASE = r"^(best|[0-9a-f]{32})$"

SCORES = ("accuracy", "macro_f1", "weighted_f1", "recall@5", "f1[LABEL]", "recall[LABEL]", "precision[LABEL]")
FORMS = {
    TEXT: "text that does not begin or end with a space",
    WORD: "1 to 64 letters, digits, dots, dashes or underscores",
    TITLE: "title/series, as ClearML shows them",
    TITLE_OR_NONE: "title/series, as ClearML shows them",
    MEMORY: '"500MB" or "2GB"',
    SCORE: ", ".join(SCORES),
    PART: '"column=value"',
    IDENT: "the id of a ClearML task or dataset, which has 32 hexadecimal digits",
    ANCHOR: "best_ever, or task: and the id of a ClearML task, which has 32 hexadecimal digits",
    PARAMETER: "section/name, as ClearML shows a parameter of a run",
    BASE: "best, or the id of a ClearML task, which has 32 hexadecimal digits",
    TEAM: "organisation/team, as in the address of the team on GitHub",
}
KNOWN = {SCORE: SCORES, ANCHOR: ("best_ever",), BASE: ("best",)}  # words that a misspelt one may have meant


class Table(BaseModel):
    """A table of gate.toml: what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


def plain(text: str) -> str:
    """Text in which nothing is hidden, as ids and names that people compare with their eyes."""
    if visible(text, len(text)) != text:
        raise ValueError(f"found {found(text)}, which has a character that cannot be seen")
    return text


def usable_tag(tag: str) -> str:
    """A tag ClearML's filters read as a tag: a leading ``-`` or ``__$`` is an operator there."""
    if tag.startswith(("-", "__$")):
        raise ValueError(f"{found(tag)} would be read as an operator by ClearML's filters; choose another tag")
    return tag


def usable_connection(url: str) -> str:
    """An address as Ibis writes them; ``${NAME}`` stands for a variable of the environment."""
    if not url.startswith(("${", *(f"{name}://" for name in BACKENDS))):
        raise ValueError(f"a connection begins with {'://, '.join(BACKENDS)}:// or ${{VARIABLE}}")
    return url


def usable_table(template: str) -> str:
    """A name that is another table's for each run."""
    if template.count(RUN) != 1 or not NAME.fullmatch(template.replace(RUN, "id")):
        raise ValueError(f"{found(template)} is no name of a table with {RUN} in it, which stands for the id of a run")
    return template


def once(items: list[str]) -> list[str]:
    """A list in which nothing stands twice."""
    if again := [item for item, times in Counter(items).items() if times > 1]:
        raise ValueError(f"{found(again[0])} stands in the list more than once")
    return items


def risky(share: float) -> float:
    """A rate of false alarms that somebody can mean."""
    if not 0 < share < 1:
        raise ValueError(f"found {share:.0%}; allowed: more than 0% and less than 100%")
    return share


def tidy(part: str) -> str:
    """``column=value`` without spaces around the sign."""
    column, _, value = part.partition("=")
    return f"{column.strip()}={value.strip()}"


def _quantity(pattern: str) -> Any:
    return WithJsonSchema({"type": "string", "pattern": pattern})


Name = Annotated[str, Field(min_length=1, max_length=255, pattern=TEXT), AfterValidator(plain)]
NO_OPERATOR = {"not": {"pattern": r"^(-|__\$)"}}
Tag = Annotated[Name, AfterValidator(usable_tag), Field(json_schema_extra=NO_OPERATOR)]
Label = Annotated[str, Field(min_length=1, max_length=1_000)]
Metric = Annotated[str, Field(max_length=1_000, pattern=TITLE), AfterValidator(plain)]
Part = Annotated[str, Field(max_length=1_000, pattern=PART), AfterValidator(tidy)]
Ident = Annotated[str, Field(pattern=IDENT)]
Names = Annotated[list[Name], AfterValidator(once), Field(json_schema_extra={"uniqueItems": True})]
Labels = Annotated[list[Label], Field(min_length=1, json_schema_extra={"uniqueItems": True}), AfterValidator(once)]
Idents = Annotated[list[Ident], Field(min_length=1, json_schema_extra={"uniqueItems": True}), AfterValidator(once)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Positive = Annotated[int, Field(ge=1, le=10**9)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Loss = Annotated[Margin, BeforeValidator(parse_margin), _quantity(POINTS)]
Share = Annotated[float, BeforeValidator(parse_share), _quantity(POINTS)]
Risk = Annotated[Share, AfterValidator(risky)]
Ratio = Annotated[float, BeforeValidator(parse_ratio), _quantity(RATIO)]
Bytes = Annotated[
    int, BeforeValidator(parse_size), WithJsonSchema({"type": ["string", "integer"], "pattern": SIZE, "minimum": 0})
]
Confidence = Annotated[
    float,
    BeforeValidator(parse_confidence),
    WithJsonSchema({"type": ["number", "string"], "exclusiveMinimum": 0.5, "exclusiveMaximum": 1, "pattern": RATIO}),
]
