"""What the name of a reported metric lets one guess: which way is better, and whether it is worth a rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from gate.evidence import Scalar
from gate.rules import Direction

MEASURES = """
    loss losses error errors err mse rmse mae mape smape rmsle msle nll logloss entropy perplexity ppl wer cer ter fid
    kid brier ece mce eer fpr fnr deviance divergence distance regret overfit gap misclassification
"""
BESIDE = """
    lr epoch epochs step steps iteration iterations time seconds minutes duration speed throughput latency memory gpu
    cpu size grad gradient norm count samples
"""
SMALLER_IS_BETTER = frozenset(MEASURES.split())
NO_QUALITY = frozenset(BESIDE.split())
ENDINGS = ("loss", "error", "entropy")  # of names that are several words in one
HELD_OUT = {"test": 3, "holdout": 3, "heldout": 3, "val": 2, "valid": 2, "validation": 2, "eval": 2, "dev": 2}
FITTED = {"train", "training", "learning", "fit"}
MANY_SERIES = 10  # of one title: a table per class, not a score
CURVE = 10  # points, from which on convergence can be judged


def words(metric: str) -> set[str]:
    """The words in a name, whether camelCase or snake_case."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", metric)
    return {word for word in re.split(r"[^a-z0-9]+", parted.lower()) if word}


def direction(metric: str) -> Direction:
    """min for losses and errors; max for whatever else."""
    known = words(metric)
    smaller = known & SMALLER_IS_BETTER or any(word.endswith(ENDINGS) for word in known)
    return "min" if smaller else "max"


def worth_a_rule(scalars: Mapping[str, Scalar]) -> list[str]:
    """Metrics that seem to tell quality, those of held-out data first; without what was measured in training."""
    titles = Counter(scalar.title for scalar in scalars.values())
    found = [
        name
        for name, scalar in scalars.items()
        if titles[scalar.title] <= MANY_SERIES and not name.startswith(":") and not words(name) & (NO_QUALITY | FITTED)
    ]
    return sorted(found, key=lambda name: (-_held_out(name), name))


def learning_curve(scalars: Mapping[str, Scalar]) -> str | None:
    """The loss that was reported most often, for a rule about convergence."""
    curves = [name for name, scalar in scalars.items() if scalar.points >= CURVE and direction(name) == "min"]
    return max(curves, key=lambda name: (scalars[name].points, name), default=None)


def allowed_loss(value: float, way: Direction) -> str:
    """A first guess at a margin: a point of a share, else a percentage; of nothing a percentage is nothing."""
    if way == "max" and 0 <= value <= 1:
        return "1pp"
    return "3%" if value else "0.01"


def _held_out(metric: str) -> int:
    return max((HELD_OUT.get(word, 1) for word in words(metric)), default=0)
