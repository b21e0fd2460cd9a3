"""A first policy, commented: from what a run reported and predicted, or for no run at all.

A line that begins with # and no space after it is switched off: without the # it is part of the policy.
"""

from __future__ import annotations

import json

from gate.config.scope import Terms
from gate.config.sentences import listed
from gate.config.starter.blocks import block, lines, toml
from gate.config.starter.predicted import of_predictions
from gate.config.starter.reported import curve, metrics
from gate.config.starter.seen import Seen
from gate.markdown import visible

__all__ = ["Seen", "starter"]

HEAD = """\
# What a new model must not make worse.
# {origin}
#
#   gate explain    says all of this in plain sentences, or every mistake with its line
#
# Quantities have units: "3%" of the best's value, "0.5pp" points of a share, "0.02" in the metric's own unit.
# Lines that begin with # and no space after it are switched off; take the # away to use them."""
GUESSED = "Written by `gate init` from the run {run}: every limit is a first guess, to be changed."
EMPTY = "Written by `gate init`: put your own names and limits."
PROJECT, TASK, TAG = "My project", "train", "best"


def starter(
    project: str = PROJECT, task: str = TASK, tag: str = "best", seen: Seen | None = None, schema: str = ""
) -> str:
    """The text of a gate.toml. ``schema`` is where an editor finds the JSON Schema, seen from there."""
    origin = GUESSED.format(run=seen.run.id) if seen else EMPTY
    blocks = [
        HEAD.format(origin=visible(origin)),
        _gate(project, task, tag),
        _predictions(seen),
        *metrics(seen),
        curve(seen),
        *of_predictions(seen),
        _data(seen),
    ]
    head = f"#:schema {schema}\n" if schema else ""
    return head + "\n\n".join(blocks) + "\n"


def _gate(project: str, task: str, tag: str) -> str:
    return lines(
        "[gate]",
        f"project = {toml(project)}  # the ClearML project, exactly",
        f"task = {toml(task)}  # the name of the ClearML task, exactly",
        f"tag = {toml(tag)}  # the best run holds it",
        f"confidence = {Terms.confidence}  # of all intervals",
        f"test_set_budget = {Terms.test_set_budget}  # evaluations on one test set; then a pass is left to a person",
        '#against = "anchor"  # compare with a run that promotions do not move: many small losses add up',
        '#anchor = "best_ever"  # or "task:ID", a run of ClearML',
    )


def _predictions(seen: Seen | None) -> str:
    columns = json.dumps(list(seen.columns), ensure_ascii=False) if seen and seen.columns else '["site"]'
    said = "# Where predictions are, and by which columns they are sliced."
    if seen and seen.trouble:
        said += f"\n# {visible(seen.trouble)}: the rules about predictions are switched off."
    return block(said, "[predictions]", f"slices = {columns}", on=bool(seen and seen.columns))


def _data(seen: Seen | None) -> str:
    names = sorted(seen.run.datasets) if seen else []
    used = f" This run used {visible(listed(names))}." if names else ""
    return block(
        f"# Was it trained on the right data?{used}",
        "[[rule]]",
        'kind = "data"',
        f"alias = {toml(names[0] if names else 'train')}  # the one given to Dataset.get",
        "newest = true",
        on=False,
    )
