"""The policy language: gate.toml, or the inputs of ClearML's own action, to scopes with policies."""

from gate.config.choice import choose_scope
from gate.config.explanation import explained
from gate.config.inputs import BY_INPUTS, INPUTS, from_inputs, named_by_inputs
from gate.config.mistakes import ConfigError, SeveralScopes, together
from gate.config.parsing import parse
from gate.config.schema import json_schema
from gate.config.scope import ScopePolicy, Terms
from gate.config.units import parse_margin, parse_size

__all__ = [
    "BY_INPUTS",
    "INPUTS",
    "ConfigError",
    "ScopePolicy",
    "SeveralScopes",
    "Terms",
    "choose_scope",
    "explained",
    "from_inputs",
    "json_schema",
    "named_by_inputs",
    "parse",
    "parse_margin",
    "parse_size",
    "together",
]
