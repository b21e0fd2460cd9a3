"""Promotion Gate: may a newly trained model replace the current best one?"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gate.predictions.write import log_predictions

__version__ = "0.1.0"
__all__ = ["__version__", "log_predictions"]


def __getattr__(name: str) -> Any:
    """What a training script calls is imported at its first use: `import gate` itself must cost nothing."""
    if name == "log_predictions":
        from gate.predictions.write import log_predictions

        return log_predictions
    raise AttributeError(f"module 'gate' has no attribute {name!r}")
