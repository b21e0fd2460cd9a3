"""What a review rests on: the findings, the metrics, the classes, and where both models come from."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gate.charts import top_changes
from gate.markdown import escape
from gate.review import Review
from gate.rules import MetricRule
from gate.verdict import Outcome
from pages import _desk

SAID = {
    Outcome.PASSED: (st.success, "Passed: every rule is met. A person must still approve."),
    Outcome.REVIEW: (st.info, "Review: the evidence exists, but a person must judge."),
    Outcome.UNKNOWN: (st.warning, "Unknown: evidence is missing, so this candidate cannot be approved."),
    Outcome.FAILED: (st.error, "Failed: this candidate must not replace the best."),
}


def findings(review: Review) -> None:
    say, sentence = SAID[review.verdict.outcome]
    say(sentence)
    for finding in review.verdict.findings:
        with st.container(horizontal=True, vertical_alignment="center"):
            label, icon, color = _desk.BADGES[finding.outcome]
            st.badge(label, icon=icon, color=color)
            st.markdown(
                f"**{escape(finding.rule)}**: {escape(finding.message)}", help=escape(f"Required: {finding.required}")
            )


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
            help=f"Last reported value; the difference is to the best. It {rule.limit()}.",
        )


def classes(review: Review) -> None:
    st.subheader("Which classes change?")
    if review.evidence.counts is None or review.scores is None:
        st.info(f"No comparison per class: {escape(review.evidence.counts_missing)}.")
        return
    scores = review.scores
    table = pd.DataFrame(
        {
            "class": scores.labels,
            "best F1": scores.best.f1,
            "candidate F1": scores.candidate.f1,
            "Δ": scores.f1_change,
            "support": scores.support,
        }
    ).sort_values("Δ", kind="stable")
    sought = st.text_input("Find a class", key="find", bind="query-params", placeholder="Part of its name")
    shown = table[table["class"].str.contains(sought, case=False, regex=False)] if sought else table
    left, right = st.columns([3, 2])
    number = {name: st.column_config.NumberColumn(format="%.3f") for name in ("best F1", "candidate F1")}
    left.dataframe(
        shown,
        hide_index=True,
        key="classes",
        height=460,
        column_config={**number, "Δ": st.column_config.NumberColumn(format="%+.3f")},
    )
    left.caption(
        f"{len(shown):,} of {len(table):,} classes; {review.evidence.counts.pairing.said}."
    )
    right.markdown("**Largest losses and gains**")
    right.plotly_chart(top_changes(scores), key="changes", config={"displayModeBar": False})


def lineage(review: Review) -> None:
    st.subheader("Where do the two models come from?")
    runs = {"best": review.evidence.best, "candidate": review.evidence.candidate}
    rows: dict[str, dict[str, str]] = {}
    for who, run in runs.items():
        facts = {"run": run.id, "commit": run.commit, "completed": run.completed, "executor": run.owner} if run else {}
        data = {f"dataset {alias}": ident for alias, ident in run.datasets.items()} if run else {}
        rows[who] = {**facts, **data, **(dict(run.parameters) if run else {})}
    names = list(dict.fromkeys(name for facts in rows.values() for name in facts))
    table = pd.DataFrame({who: [facts.get(name, "") for name in names] for who, facts in rows.items()}, index=names)
    changed = table[table["best"] != table["candidate"]]
    st.dataframe(changed, key="lineage")
    st.caption(f"{len(changed)} of {len(table)} facts and parameters differ; equal ones are left out.")
    links = [f"[{who} in ClearML]({_desk.world().tracker.link(run)})" for who, run in runs.items() if run]
    if review.pull:
        links.append(f"[pull request on GitHub]({review.pull.url})")
    st.markdown(" · ".join(links))
