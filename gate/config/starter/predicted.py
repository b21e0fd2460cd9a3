"""What the run's predictions are good for, as rules."""

from __future__ import annotations

from collections.abc import Iterator

from gate.config.starter.blocks import block
from gate.config.starter.seen import Seen

SCORED, PAIRED, SURE = "scores per class", "pairing", "confidence"  # as `gate.predictions.examine` calls them


def of_predictions(seen: Seen | None) -> Iterator[str]:
    """One table for each rule about rows and classes, switched off where the run does not support it."""
    scored, paired, sure = (bool(seen and seen.supports(each)) for each in (SCORED, PAIRED, SURE))
    paired = paired and scored
    yield from _of_scores(scored, paired)
    yield block(
        "# No slice may be worse than the margin.",
        "[[rule]]",
        'kind = "slices"',
        'margin = "2pp"',
        'level = "warn"',
        on=scored and bool(seen and seen.columns),
    )
    yield from _of_rows(paired, sure)


def _of_scores(scored: bool, paired: bool) -> Iterator[str]:
    yield block(
        "# A score on the same rows, with its interval. It passes if it is surely not worse than that.",
        "[[rule]]",
        'kind = "compare"',
        'metric = "macro_f1"  # or accuracy, weighted_f1, recall@5, f1[LABEL], recall[LABEL], precision[LABEL]',
        'margin = "1pp"',
        on=scored,
    )
    yield block(
        "# F1 of every class, tested; without a limit it is shown.",
        "[[rule]]",
        'kind = "classes"',
        "#max_regressed = 5",
        '#critical = ["LABEL"]  # classes that may not lose more than critical_loss',
        '#critical_loss = "2pp"',
        on=scored,
    )
    yield block(
        "# Rows that were right and are wrong now; without a limit they are shown.",
        "[[rule]]",
        'kind = "flips"',
        '#max_nfr = "2%"',
        on=paired,
    )


def _of_rows(paired: bool, sure: bool) -> Iterator[str]:
    yield block(
        "# How predictions spread over classes and confidences, beside the best's.",
        "[[rule]]",
        'kind = "drift"',
        'max_class_shift = "2pp"',
        f'{"" if sure else "#"}max_confidence_shift = "2pp"',
        'level = "warn"',
        on=paired,
    )
    yield block(
        "# The test set: the same for both runs, and not asked too often.",
        "[[rule]]",
        'kind = "testset"',
        "#chronological = true  # needs the column timestamp, and gate.log_training_window in the training script",
        on=paired,
    )
