"""What a review rests on: the findings, the metrics, the classes, and where both models come from."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gate.charts import effect_bars, top_changes
from gate.charts.effects import MEANING
from gate.classes import ClassTable
from gate.effects import drawn
from gate.formulas import FORMULAS, SAMPLING
from gate.review import Review
from gate.rules import MetricRule
from gate.sides import sides as origins
from gate.verdict import Finding, Outcome
from pages import _desk, _subject, _tables
from pages._text import plain

SAID = {
    Outcome.PASSED: (st.success, "Passed: every rule is met. A person must still approve."),
    Outcome.REVIEW: (st.info, "Review: the evidence exists, but a person must judge."),
    Outcome.UNKNOWN: (st.warning, "Unknown: evidence is missing, so this candidate cannot be approved."),
    Outcome.FAILED: (st.error, "Failed: this candidate must not replace the best."),
}
SHORT = ["class", "status", "best F1", "candidate F1", "change", "support"]


def findings(review: Review) -> None:
    if review.override:
        st.warning(f"Approved {plain(review.override.said)}", icon="⚠️")
    say, sentence = SAID[review.verdict.outcome]
    say(sentence)
    for finding in review.verdict.findings:
        label, icon, color = _desk.BADGES[finding.outcome]
        said = f":{color}-badge[{icon} {label}] **{plain(finding.rule)}**: {plain(finding.message)}"
        st.markdown(said, help=explained(finding))
        if finding.effect and finding.effect.needed and finding.outcome is not Outcome.PASSED:
            st.caption(f"What would change this: {plain(finding.effect.needed)}")


def explained(finding: Finding) -> str:
    """What was required, what would change the answer, and where the numbers come from."""
    said = [f"Required: {finding.required}."]
    if finding.effect is not None:
        said += [f"What would change this: {finding.effect.needed}."] * bool(finding.effect.needed)
        said.append(FORMULAS[finding.effect.formula])
    return "\n\n".join(plain(each, longest=1_500) for each in said)


def limits(review: Review) -> None:
    """All rules in one picture."""
    found = review.verdict.findings
    if drawn(found):
        st.subheader("How far is each result from its limit?")
        st.plotly_chart(effect_bars(found, _tables.dark()), key="effects", config=_tables.STILL, alt=MEANING)
        st.caption("Points are results, bars their intervals; distances are in limits, and cut at 3. " + SAMPLING)


def metrics(review: Review) -> None:
    rules = [rule for rule in review.policy.rules if isinstance(rule, MetricRule)]
    candidate, best = review.evidence.candidate, review.evidence.best
    for column, rule in zip(st.columns(max(len(rules), 1)), rules, strict=False):
        new = candidate.scalars.get(rule.metric) if candidate else None
        old = best.scalars.get(rule.metric) if best else None
        column.metric(
            rule.metric.replace("/", " / "),
            f"{new.last:.4f}" if new else "not reported",
            f"{new.last - old.last:+.4f}" if new and old else None,
            delta_color="normal" if rule.direction == "max" else "inverse",
            border=True,
            help=plain(f"The last reported value, and its difference to the best. Required: {rule.required}."),
        )


def classes(review: Review) -> None:
    st.subheader("Which classes change?")
    counts = review.evidence.counts
    if counts is None or not counts.labels:
        st.info(f"No comparison per class: {plain(review.evidence.counts_missing)}.")
        _tables.grounds(review)
        _tables.reported(review)
        return
    table = ClassTable(counts)
    tally = {status: number for status, number in table.tally().items() if number}
    said = ", ".join(f"{number:,} {status}" for status, number in tally.items())
    st.caption(f"Of {len(table.names):,} classes: {said}.", help=_tables.STATUSES)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        columns = pd.DataFrame(table.columns(table.extremes()))[SHORT]
        _tables.show(columns, "extremes", "The classes that lost and gained most F1", height=580)
        _subject.link("classes", f"All {len(table.names):,} classes", _subject.about(review), ":material/category:")
        _tables.grounds(review)
    with right:
        said = "Bars: the classes that lost and gained most F1; the table beside has the same numbers"
        st.plotly_chart(top_changes(table, dark=_tables.dark()), key="changes", config=_tables.STILL, alt=said)


def further(review: Review) -> None:
    """To the whole comparison, and to where each of the two comes from."""
    runs = {"best": review.evidence.best, "candidate": review.evidence.candidate}
    known = {who: run.id for who, run in runs.items() if run}
    with st.container(horizontal=True):
        if len(known) == len(runs):
            query = {"a": known["best"], "b": known["candidate"], "scope": review.name}
            _subject.link("compare", "Everything that differs between the two", query, ":material/difference:")
        for who, run in known.items():
            query = {"run": run, "scope": review.name}
            _subject.link("history", f"Lineage of the {who}", query, ":material/history:")


def lineage(review: Review) -> None:
    st.subheader("Where do the two models come from?")
    runs = {"best": review.evidence.best, "candidate": review.evidence.candidate}
    facts = origins(runs["best"], runs["candidate"])
    differ = [fact for fact in facts if fact.differs]
    columns = {"best": [fact.best for fact in differ], "candidate": [fact.candidate for fact in differ]}
    changed = pd.DataFrame(columns, index=[fact.name for fact in differ])
    st.dataframe(changed, key="lineage")
    st.caption(f"{len(differ)} of {len(facts)} facts and parameters differ; equal ones are left out.")
    further(review)
    link = _desk.world().tracker.link
    links = [f"[{who} in ClearML]({url})" for who, run in runs.items() if run and (url := link(run))]
    if review.pull:
        links.append(f"[pull request on GitHub]({review.pull.url})")
    st.markdown(" · ".join(links))
