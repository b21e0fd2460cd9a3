"""What changed: what was made differently, what it cost somebody, and what the rules measured."""

from __future__ import annotations

import streamlit as st

from gate import effects
from gate.figures import brief, counted, percent
from gate.review import Review
from gate.sides import Fact, sides
from gate.summary import largest_loss
from gate.verdict import Effect, Finding
from pages import _verdict
from pages._text import plain

OWN = ("run", "commit", "completed", "executor")  # differ between any two runs
MOST = 6  # facts that are named outside the table


def show(review: Review) -> None:
    """What was made differently, and what came of it."""
    if review.candidate is None:
        return
    st.subheader("What changed?")
    facts = [fact for fact in sides(review.best, review.candidate) if fact.differs and fact.name not in OWN]
    made = [f"{plain(fact.name)} {_was(fact)}" for fact in facts[:MOST]]
    made += [f"and {counted(len(facts) - MOST, 'more fact')}, listed below"] * (len(facts) > MOST)
    if review.pull:
        made.append(f"the code: [what the pull request changes]({review.pull.url}/files)")
    st.markdown(f"Made differently: {'; '.join(made) or 'nothing that was recorded'}.")
    worst(review)
    results(review)


def worst(review: Review) -> None:
    """A careful person looks at the largest loss, also of what passed."""
    if loss := largest_loss(review.evidence.counts):
        st.markdown(
            f"The largest loss: F1 of **{plain(loss.name, 80)}** fell from {loss.best:.3f} to {loss.candidate:.3f} "
            f"on {counted(loss.rows, 'row')}."
        )


def _was(fact: Fact) -> str:
    old, new = (plain(brief(value)) or "nothing" for value in (fact.best, fact.candidate))
    return f"{old} → **{new}**"


def results(review: Review) -> None:
    """What the rules measured, as numbers: first what has an interval, then single reported points."""
    found = [(each, each.effect) for each in review.verdict.findings if each.effect]
    sure = [(finding, effect) for finding, effect in found if effect.low is not None]
    points = [(finding, effect) for finding, effect in found if effect.low is None and effect.unit == "metric"]
    with st.grid(2, min_column_width=260, key="results"):
        for finding, effect in [*sure, *points]:
            result(finding, effect)


def result(finding: Finding, effect: Effect) -> None:
    """One number with its unit, its interval or its limit, and n."""
    level = f"{percent(effect.confidence, 0)} interval" if effect.confidence else "interval"
    known, came = effect.low is not None, effects.levels(effect)
    change = f" {came}" if came else ", change" if effect.unit == "score" else ""
    st.metric(
        f"{plain(effect.label)}{change}",
        effects.number(effect, effect.estimate),
        effects.interval(effect) if known else f"limit: {effects.limit(effect)}",
        delta_color="off",
        delta_arrow="off",
        delta_description=f"{level}, n = {counted(effect.n, 'row')}" if known else "one reported point, no interval",
        border=True,
        height="stretch",
        help=f"Changes are candidate minus best. {_verdict.explained(finding)}",
    )
