"""What the people of the flights project did: the history of main, and the pull requests that are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Run = Literal["none", "finished", "uncommitted", "cut", "failed"]


@dataclass(frozen=True)
class Edit:
    """A change of one passage of ``train.py``; ``old`` occurs in it exactly once."""

    old: str
    new: str

    def apply(self, text: str) -> str:
        if text.count(self.old) != 1:
            raise ValueError(f"{self.old!r} occurs {text.count(self.old)} times, not once")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Commit:
    """A commit on main: today's ``train.py`` with ``edits`` undoing what came later. ``tags``: of its run, if any."""

    title: str
    author: str
    edits: tuple[Edit, ...]
    trained: bool = True
    tags: tuple[str, ...] = ()
    gated: bool = True


@dataclass(frozen=True)
class Pull:
    """A pull request: what it changes, what its author says, and what became of its training run."""

    branch: str
    title: str
    body: str
    edits: tuple[Edit, ...]
    author: str = "mira"
    run: Run = "finished"
    uncommitted: tuple[Edit, ...] = ()
    tags: tuple[str, ...] = ()
    comments: Mapping[str, str] = field(default_factory=dict)


TREES = '"trees": 24,'
LEAF = '"min_samples_leaf": 4,'
SEED = '"seed": 7,'
DEPTH = '"max_depth": None,'
FEATURES = '["carrier", "origin", "departure", "arrival", "weekday"]'
LOADED = "    return pd.read_parquet(dataset.get_local_copy())\n"
TRAINING = '    flights = load("flights 2013", PARAMETERS["dataset_version"], "train", PARAMETERS["dataset_id"])\n'
LOSS = "    return losses.mean()\n"

BIG_LEAVES = Edit(LEAF, '"min_samples_leaf": 12,')
NO_ARRIVAL = Edit(FEATURES, '["carrier", "origin", "departure", "weekday"]')
NO_WEEKDAY = Edit(FEATURES, '["carrier", "origin", "departure", "arrival"]')

HISTORY = (
    Commit("Predict the destination with a forest", "mira", (BIG_LEAVES, NO_ARRIVAL), tags=("baseline",), gated=False),
    Commit("Learn from the scheduled arrival", "mira", (BIG_LEAVES, NO_WEEKDAY), gated=False),
    Commit("Learn from the weekday", "noor", (BIG_LEAVES,), gated=False),
    Commit("Ask the gate before a model is promoted", "tomas", (BIG_LEAVES,), trained=False),
    Commit("Split down to 4 flights a leaf", "mira", (), tags=("best", "reviewed")),
)

PULLS = (
    Pull(
        "smaller-leaves",
        "Split down to single flights",
        "The forest stops splitting at 4 flights a leaf, which blurs destinations that are served once a day. "
        "Single flights tell them apart. I expect all three metrics to gain clearly.",
        (Edit(LEAF, '"min_samples_leaf": 1,'),),
        tags=("leaf-sweep",),
        comments={"noor": "Makes sense. Waiting for the gate's numbers before I approve."},
    ),
    Pull(
        "another-seed",
        "Draw the trees with another seed",
        "The same model with seed 8 instead of 7, to see how much of our scores is luck. I expect no real difference.",
        (Edit(SEED, '"seed": 8,'),),
    ),
    Pull(
        "regular-carriers",
        "Learn from regular carriers only",
        "Carriers with fewer than 100 flights in the training data (AS, F9, HA, OO, YV) look like noise, so I leave "
        "them out, and take 3 flights a leaf for the others. Overall it stays about equal. Please look at the "
        "destinations these carriers fly to: HNL and SEA.",
        (
            Edit(LEAF, '"min_samples_leaf": 3,'),
            Edit(
                TRAINING,
                TRAINING + '    flights = flights[flights.groupby("carrier")["id"].transform("size") >= 100]\n',
            ),
        ),
        comments={"lena": "HNL is a destination our partners ask about."},
    ),
    Pull(
        "shallow-trees",
        "Limit trees to 14 levels",
        "A model a third of the size would load faster. This limits the depth to 14; I do not know yet what it costs.",
        (Edit(DEPTH, '"max_depth": 14,'),),
        author="noor",
    ),
    Pull(
        "hour-feature",
        "Add the hour of departure",
        "Many schedules repeat by the hour, so I give the forest the hour besides the minute.",
        (
            Edit(FEATURES, FEATURES.replace('"weekday"', '"weekday", "hour"')),
            Edit(LOADED, LOADED.replace(")\n", ').assign(hour=lambda flights: flights["departure"] // 60)\n')),
        ),
        run="uncommitted",
        uncommitted=(Edit(LEAF, '"min_samples_leaf": 2,'),),
    ),
    Pull(
        "many-trees",
        "Grow 240 trees",
        "Ten times the trees, as an upper bound of what trees alone can give. Training takes its time.",
        (Edit(TREES, '"trees": 240,'),),
        run="cut",
    ),
    Pull(
        "tail-number",
        "Learn from the tail number",
        "An aircraft often flies the same few routes, so its tail number should tell much about the destination.",
        (Edit(FEATURES, FEATURES.replace('"weekday"', '"weekday", "tailnum"')),),
        author="noor",
        run="failed",
    ),
    Pull(
        "loss-by-destination",
        "Average the loss by destination",
        "The learning curve is dominated by ORD and ATL. This averages the loss within each destination first, so "
        "that rare ones count as much as busy ones.",
        (
            Edit(
                LOSS,
                "    of_destination = np.bincount(truth, losses, probabilities.shape[1])\n"
                "    flights = np.bincount(truth, minlength=probabilities.shape[1])\n"
                "    return (of_destination / flights).mean()\n",
            ),
        ),
    ),
    Pull(
        "no-weekday",
        "Leave the weekday out",
        "I noticed that most flights leave at the same time on every day of the week. Without the weekday the trees "
        "can use their splits for the times. From my fork, trained on my own machine.",
        (NO_WEEKDAY,),
        author="kai",
        comments={"tomas": "Thank you, kai! A reviewer with write access has to decide here."},
    ),
    Pull(
        "second-quarter",
        "Retrain with May and June",
        "Since April the schedule moved away from what the model knows. Version 1.1.0 of the data adds May and June. "
        "April itself stays out, it is the month we test on; note that the new months lie after it.",
        (Edit('"dataset_version": "1.0.0"', '"dataset_version": "1.1.0"'),),
        author="noor",
    ),
    Pull(
        "two-flights",
        "Split down to 2 flights a leaf",
        "A middle way between single flights and the 4 we have. Not trained yet.",
        (Edit(LEAF, '"min_samples_leaf": 2,'),),
        run="none",
    ),
)
