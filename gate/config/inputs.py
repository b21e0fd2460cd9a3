"""The inputs of ClearML's own action, under their old names, as a policy."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

from gate.approval import Approval
from gate.config.mistakes import ConfigError
from gate.config.scope import ScopePolicy
from gate.policy import Policy
from gate.rules import Margin, MetricRule

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
REQUIRED, SAID = INPUTS[:4], INPUTS[:7]
DEFAULTS = {
    "CLEARML_SCALAR_MIN_MAX": "MAX",
    "CLEARML_SCALAR_THRESHOLD": "0",
    "CLEARML_BEST_TAGNAME": "Best Performance",
}
BY_INPUTS = "inputs"  # of the scope that they make


def named_by_inputs(environment: Mapping[str, str]) -> bool:
    """Whether the environment carries the inputs of ClearML's action: a project and a task name."""
    return bool(environment.get("CLEARML_PROJECT") or environment.get("CLEARML_TASK_NAME"))


def from_inputs(environment: Mapping[str, str], alone: bool = True) -> ScopePolicy:
    """The policy of ClearML's own action: one metric rule, from the inputs with their old names and defaults.

    ``alone`` is False beside a gate.toml: then its commit statuses are not those that the policy's scopes have, and
    what it passes is promoted by nobody but a person. Alone, whoever writes the inputs makes all rules.
    """
    given = {name: environment.get(name, "").strip() or DEFAULTS.get(name, "") for name in INPUTS}
    mistakes = [f"{name} is not set" for name in REQUIRED if not given[name]]
    direction = given["CLEARML_SCALAR_MIN_MAX"].lower()
    if direction not in ("min", "max"):
        mistakes.append(f"CLEARML_SCALAR_MIN_MAX is {given['CLEARML_SCALAR_MIN_MAX']!r}; it must be MIN or MAX")
    tag = given["CLEARML_BEST_TAGNAME"]
    if tag.startswith(("-", "__$")):
        mistakes.append(f"CLEARML_BEST_TAGNAME is {tag!r}; a tag that begins so would be read as an operator")
    threshold = _threshold(given["CLEARML_SCALAR_THRESHOLD"], mistakes)
    if mistakes:
        raise ConfigError(*mistakes)
    metric = f"{given['CLEARML_SCALAR_TITLE']}/{given['CLEARML_SCALAR_SERIES']}"
    margin = Margin(f"{threshold:g}%", relative=threshold / 100)
    rule = MetricRule(metric, "min" if direction == "min" else "max", margin)
    said = "\n".join(f"{name}={given[name]}" for name in SAID)
    policy = Policy((rule,), "the CLEARML_* inputs", hashlib.sha256(said.encode()).hexdigest())
    model = (given["CLEARML_PROJECT"], given["CLEARML_TASK_NAME"], tag)
    return ScopePolicy(BY_INPUTS, *model, policy, alone, approval=Approval(allow_automatic=alone))


def _threshold(text: str, mistakes: list[str]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        mistakes.append(f"CLEARML_SCALAR_THRESHOLD is {text!r}; it must be a percentage of the best, 0 or more")
    return value
