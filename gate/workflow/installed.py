"""Whether this installation can judge by a policy: rules about rows take packages that a small one goes without."""

from __future__ import annotations

from gate.config import ConfigError, ScopePolicy
from gate.late import PREDICTIONS, REMEDY, lacking
from gate.rules import ClassesRule, CompareRule, CurveRule, DriftRule, FlipsRule, HoldoutRule, Rule, SlicesRule

COUNTED = (ClassesRule, CompareRule, DriftRule, FlipsRule, HoldoutRule, SlicesRule)


def require(scope: ScopePolicy) -> None:
    """Before any evidence is read, because nothing would be known without them.

    Raises:
        ConfigError: naming the rules, the packages that are missing, and the remedy.
    """
    wanting = {rule.name: lacking(*needed_by(rule)) for rule in scope.policy.rules}
    missing = sorted({package for packages in wanting.values() for package in packages})
    if missing:
        rules = ", ".join(name for name, packages in wanting.items() if packages)
        raise ConfigError(f"these rules need {', '.join(missing)}, not installed here: {rules}; {REMEDY}")


def needed_by(rule: Rule) -> tuple[str, ...]:
    """The packages that judging by a rule takes beyond those that are always there."""
    if isinstance(rule, COUNTED):
        return PREDICTIONS
    return ("numpy",) if isinstance(rule, CurveRule) else ()
