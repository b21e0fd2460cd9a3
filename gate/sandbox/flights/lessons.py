"""What each open pull request of the flights world teaches its reviewer: the dashboard shows it in the sandbox only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from gate.sandbox.flights.pulls import PULLS
from gate.sandbox.home import REPOSITORY, Home

FIRST = (
    "Choose who you are at the top right. Noor may approve what mira wrote; nobody may approve their own work, and "
    "lena only reads.",
    "Open number 1, a clear case: the verdict, what changed, how sure that is, and what approving will do.",
    "Approve it with a comment, watch each step, then look at the page History: who is best, since when, and the way "
    "back.",
    "Then look at number 3, which passes and still costs somebody something, and at number 5, which nobody can judge.",
)
LESSONS: Mapping[str, str] = {
    "smaller-leaves": "A clear case. The whole interval of both scores lies above zero, so the gain is no luck of "
    "which flights were in the test. A few small destinations lose all the same: see Which classes change. Mira wrote "
    "it, so approve it as noor or tomas.",
    "another-seed": "How much luck there is. Only the random seed differs, yet single destinations move by a lot. The "
    "loss of accuracy may or may not be within the limit: these flights cannot tell, so a person must judge. A reason "
    "to ask for changes rather than to approve.",
    "regular-carriers": "An average hides who pays. Every rule is met and the scores even rise a little, but the "
    "carriers that were left out flew to few destinations. Search for HNL and SEA on the page Classes before you "
    "decide.",
    "shallow-trees": "A clear failure. Every score falls far below its limit, in every origin. The policy allows no "
    "override, so Approve stays closed: reject it, or ask for changes.",
    "hour-feature": "A run that is not of this commit. It ran with uncommitted changes, so nobody could train it again "
    "from what would be merged. The gate takes no such run for a candidate; train it from a clean clone.",
    "many-trees": "A training that never ended. There is no finished run of this commit, and a missing result is never "
    "taken for a good one.",
    "tail-number": "A training that failed. Its run is there to be looked at, but it is no candidate.",
    "loss-by-destination": "A number that is not one. The new loss divides by destinations without a flight, so it is "
    "not a number, which ClearML stores as 0: the best loss there could be. The gate knows this trap, and says Unknown "
    "where others would pass it. The predictions themselves have not changed at all.",
    "no-weekday": "A contribution from a fork, and a clear gain. A workflow without a person may not promote it; you "
    "may. Its author trained it on a machine of his own: see Where do the two models come from.",
    "second-quarter": "A gain that is partly hindsight. The training data now reach beyond the month that everybody is "
    "tested on, so the test no longer asks for a forecast. The numbers are true; whether they mean what they seem is "
    "for a person to judge.",
    "two-flights": "Not trained yet. Every pull request waits here from the moment it is opened; once a run of its "
    "commit has ended, the gate judges it.",
}


def write(home: Home) -> Path:
    """A file for the dashboard; pull requests are numbered in the order in which they were opened."""
    pulls = {str(number): LESSONS[pull.branch] for number, pull in enumerate(PULLS, 1)}
    path = home.folder / "lessons.json"
    path.write_text(json.dumps({"repository": REPOSITORY, "first": FIRST, "pulls": pulls}), encoding="utf-8")
    return path
