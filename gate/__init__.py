"""Promotion Gate: may a newly trained model replace the current best one?"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gate.predictions.table import UnusablePredictions
    from gate.predictions.write import log_predictions
    from gate.window import log_training_window

__version__ = "0.1.0"
__all__ = ["UnusablePredictions", "__version__", "log_predictions", "log_training_window"]

HOMES = {
    "UnusablePredictions": "gate.predictions.table",
    "log_predictions": "gate.predictions.write",
    "log_training_window": "gate.window",
}


def __getattr__(name: str) -> Any:
    """What a training script uses is imported at its first use: `import gate` itself must cost nothing."""
    if name in HOMES:
        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module 'gate' has no attribute {name!r}")
