"""gate.toml, or the inputs of ClearML's own action, to scopes with policies; every mistake reported at once."""

from __future__ import annotations

import difflib
import hashlib
import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from gate.ledger import Scope
from gate.policy import Policy
from gate.predictions import Settings
from gate.predictions.backends import BACKENDS, NAME, RUN
from gate.rules import ClassesRule, Margin, MetricRule, Rule

SIZE = re.compile(r"(?P<number>\d+(\.\d+)?) ?((?P<prefix>[kKMGT])(?P<binary>i?))?B?")
MARGIN = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>%|pp|)")

INPUTS = (
    "CLEARML_PROJECT",
    "CLEARML_TASK_NAME",
    "CLEARML_SCALAR_TITLE",
    "CLEARML_SCALAR_SERIES",
    "CLEARML_SCALAR_MIN_MAX",
    "CLEARML_SCALAR_THRESHOLD",
    "CLEARML_BEST_TAGNAME",
    "CLEARML_API_HOST",
    "CLEARML_API_ACCESS_KEY",
    "CLEARML_API_SECRET_KEY",
)


class ConfigError(Exception):
    """A policy or usage that cannot be obeyed; ``mistakes`` lists every one."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class SeveralScopes(ConfigError):
    """No scope was named where the policy has several; ``names`` lists them."""

    def __init__(self, *names: str) -> None:
        super().__init__(f"the policy has several scopes ({', '.join(names)}): choose one with --scope NAME")
        self.names = names


def together(*steps: Callable[[], Any]) -> list[Any]:
    """The answers of all steps; their mistakes are gathered first, so that a user sees every one at once."""
    answers: list[Any] = []
    mistakes: list[str] = []
    for step in steps:
        try:
            answers.append(step())
        except ConfigError as error:
            mistakes += error.mistakes
    if mistakes:
        raise ConfigError(*mistakes)
    return answers


@dataclass(frozen=True)
class ScopePolicy:
    """One scope of a policy: which runs it is about, which tag its best holds, and the rules."""

    name: str
    project: str
    task: str
    tag: str
    policy: Policy
    alone: bool = True
    predictions: Settings = field(default_factory=Settings)

    def place(self, server: str) -> Scope:
        """Where the ledger of this ClearML server keeps it."""
        return Scope(server, self.project, self.task, self.tag, "" if self.alone else self.name)


def parse_margin(text: object) -> Margin:
    """``3%`` of |best|, ``0.5pp`` of a share, ``0.02`` metric units as a string; a bare number has no unit."""
    if not isinstance(text, str) or not (match := MARGIN.fullmatch(text.strip())):
        raise ValueError(f'{text!r} has no unit; write "3%" of the best, "0.5pp" of a share, or "0.02" in metric units')
    number, unit = float(match["number"]), match["unit"]
    if unit == "%":
        return Margin(text, relative=number / 100)
    return Margin(text, absolute=number / 100 if unit == "pp" else number)


def parse_size(text: object) -> int:
    """``2GB``, ``1.5 GiB`` or a number of bytes."""
    if not (match := SIZE.fullmatch(str(text).strip())):
        raise ValueError(f'{text!r} is no size; write "2GB", "500MB" or a number of bytes')
    thousands = "kMGT".index(match["prefix"].replace("K", "k")) + 1 if match["prefix"] else 0
    return int(float(match["number"]) * (1024 if match["binary"] else 1000) ** thousands)


def usable_tag(tag: str) -> str:
    """A tag ClearML's filters read as a tag: a leading ``-`` or ``__$`` is an operator there."""
    if tag.startswith(("-", "__$")):
        raise ValueError(f"{tag!r} would be read as an operator by ClearML's filters; choose another tag")
    return tag


def usable_connection(url: str) -> str:
    """An address as Ibis writes them; ``${NAME}`` stands for a variable of the environment."""
    if not url.startswith(("${", *(f"{name}://" for name in BACKENDS))):
        raise ValueError(f"a connection begins with {'://, '.join(BACKENDS)}:// or ${{VARIABLE}}")
    return url


def usable_table(template: str) -> str:
    """A name that is another table's for each run."""
    if template.count(RUN) != 1 or not NAME.fullmatch(template.replace(RUN, "id")):
        raise ValueError(f"{template!r} is no name of a table with {RUN} in it, which stands for the id of a run")
    return template


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class _Metric(_Table):
    kind: Literal["metric"]
    metric: Annotated[str, Field(pattern=r"^.+/.+$", description="title/series")]
    direction: Literal["max", "min"]
    allowed_loss: Annotated[Margin, BeforeValidator(parse_margin)]
    value: Literal["last", "best"] = "last"
    allow_zero: bool = False

    def rule(self) -> Rule:
        return MetricRule(self.metric, self.direction, self.allowed_loss, self.value, self.allow_zero)


class _Classes(_Table):
    kind: Literal["classes"]

    def rule(self) -> Rule:
        return ClassesRule()


Name = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^\S(.*\S)?$")]
Tag = Annotated[Name, AfterValidator(usable_tag)]


class _Scope(_Table):
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    project: Name
    task: Name
    tag: Tag = "best"
    rule: Annotated[list[Annotated[_Metric | _Classes, Field(discriminator="kind")]], Field(min_length=1)]


class _Predictions(_Table):
    artifact: Name = "predictions"
    slices: list[Name] = []
    memory: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)? ?(MB|GB|MiB|GiB)$")] = Settings.memory

    max_bytes: Annotated[int, BeforeValidator(parse_size)] = Settings.max_bytes
    confusion: Annotated[str, Field(pattern=r"^(.+/.+)?$", description="title/series")] = ""
    connection: Annotated[str, AfterValidator(usable_connection)] = ""
    table: Annotated[str, AfterValidator(usable_table)] = ""

    @model_validator(mode="after")
    def _together(self) -> Self:
        if bool(self.connection) != bool(self.table):
            raise ValueError("connection and table go together: the table is behind the connection")
        return self

    def settings(self) -> Settings:
        found = (self.artifact, tuple(self.slices), self.memory, self.max_bytes, self.confusion)
        return Settings(*found, self.connection, self.table)


class _File(_Table):
    predictions: _Predictions = _Predictions()
    scope: Annotated[list[_Scope], Field(min_length=1)]


def parse(text: str, source: str) -> list[ScopePolicy]:
    """The scopes of a gate.toml. ``source`` says where it was read, for messages and the packet.

    Raises:
        ConfigError: with one line for every mistake.
    """
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: not TOML: {error}") from error
    except ValidationError as error:
        raise ConfigError(*(f"{source}: {mistake}" for mistake in _mistakes(error))) from error
    digest = hashlib.sha256(text.encode()).hexdigest()
    alone, reading = len(file.scope) == 1, file.predictions.settings()
    scopes = [replace(_scope(scope, source, digest), alone=alone, predictions=reading) for scope in file.scope]
    _refuse_twins(scopes, source)
    return scopes


def _scope(table: _Scope, source: str, digest: str) -> ScopePolicy:
    policy = Policy(tuple(rule.rule() for rule in table.rule), source, digest)
    return ScopePolicy(table.name, table.project, table.task, table.tag, policy)


def _refuse_twins(scopes: list[ScopePolicy], source: str) -> None:
    names = [scope.name for scope in scopes]
    models = [(scope.project, scope.task, scope.tag) for scope in scopes]
    mistakes = [f"{source}: two scopes are named '{name}'" for name in sorted(set(names)) if names.count(name) > 1]
    mistakes += [f"{source}: two scopes are about {model}" for model in sorted(set(models)) if models.count(model) > 1]
    if mistakes:
        raise ConfigError(*mistakes)


def _mistakes(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False):
        place = ".".join(str(part) for part in problem["loc"])
        hint = _hint(str(problem["loc"][-1])) if problem["type"] == "extra_forbidden" else ""
        message = f"unknown key{hint}" if problem["type"] == "extra_forbidden" else problem["msg"]
        yield f"{place}: {message.removeprefix('Value error, ')}"


def _hint(key: str) -> str:
    known = {name for table in (_File, _Predictions, _Scope, _Metric, _Classes) for name in table.model_fields}
    near = difflib.get_close_matches(key, sorted(known), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def named_by_inputs(environment: Mapping[str, str]) -> bool:
    """Whether the environment carries the inputs of ClearML's action: a project and a task name."""
    return bool(environment.get("CLEARML_PROJECT") or environment.get("CLEARML_TASK_NAME"))


def from_inputs(environment: Mapping[str, str], alone: bool = True) -> ScopePolicy:
    """The policy of ClearML's own action: one metric rule, from the inputs with their old names and defaults.

    ``alone`` is False beside a gate.toml: then its commit statuses are not those that the policy's scopes have.
    """
    given = {name: environment.get(name, "").strip() for name in INPUTS}
    required = [name for name in INPUTS[:4] if not given[name]]
    mistakes = [f"{name} is not set" for name in required]
    direction = (given["CLEARML_SCALAR_MIN_MAX"] or "MAX").lower()
    if direction not in ("min", "max"):
        mistakes.append(f"CLEARML_SCALAR_MIN_MAX is {given['CLEARML_SCALAR_MIN_MAX']!r}; it must be MIN or MAX")
    tag = given["CLEARML_BEST_TAGNAME"] or "Best Performance"
    if tag.startswith(("-", "__$")):
        mistakes.append(f"CLEARML_BEST_TAGNAME is {tag!r}; a tag that begins so would be read as an operator")
    threshold = _threshold(given["CLEARML_SCALAR_THRESHOLD"] or "0", mistakes)
    if mistakes:
        raise ConfigError(*mistakes)
    metric = f"{given['CLEARML_SCALAR_TITLE']}/{given['CLEARML_SCALAR_SERIES']}"
    margin = Margin(f"{threshold:g}%", relative=threshold / 100)
    rule = MetricRule(metric, "min" if direction == "min" else "max", margin)
    said = "\n".join(f"{name}={given[name]}" for name in INPUTS[:7])
    policy = Policy((rule,), "the CLEARML_* inputs", hashlib.sha256(said.encode()).hexdigest())
    return ScopePolicy("inputs", given["CLEARML_PROJECT"], given["CLEARML_TASK_NAME"], tag, policy, alone)


def _threshold(text: str, mistakes: list[str]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        mistakes.append(f"CLEARML_SCALAR_THRESHOLD is {text!r}; it must be a percentage of the best, 0 or more")
    return value


def choose_scope(scopes: list[ScopePolicy], name: str | None, environment: Mapping[str, str]) -> ScopePolicy:
    """The scope to judge: by ``name``, else the one the CLEARML_* inputs are about, else the only one."""
    known: dict[str, Any] = {scope.name: scope for scope in scopes}
    listed = ", ".join(known)
    if name is not None:
        if name not in known:
            raise ConfigError(f"there is no scope '{name}'; the policy has: {listed}")
        return known[name]  # type: ignore[no-any-return]
    if named_by_inputs(environment):
        same = [scope for scope in scopes if _is_about(scope, environment)]
        return same[0] if len(same) == 1 else from_inputs(environment, alone=False)
    if len(scopes) != 1:
        raise SeveralScopes(*known)
    return scopes[0]


def _is_about(scope: ScopePolicy, environment: Mapping[str, str]) -> bool:
    """Whether the inputs name this scope's runs; a tag they leave out may be any."""
    given = [environment.get(name) for name in ("CLEARML_PROJECT", "CLEARML_TASK_NAME", "CLEARML_BEST_TAGNAME")]
    return given[:2] == [scope.project, scope.task] and given[2] in (None, "", scope.tag)
