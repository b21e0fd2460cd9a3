"""One candidate against the best: the findings, the evidence, and the decision."""

from __future__ import annotations

import secrets

import pandas as pd
import streamlit as st

from gate.charts import top_changes
from gate.desk import Progress
from gate.markdown import escape
from gate.review import Review
from gate.rules import MetricRule
from gate.scores import class_scores
from gate.verdict import Outcome
from gate.workflow import Decision
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
    if review.evidence.counts is None:
        st.info(f"No comparison per class: {escape(review.evidence.counts_missing)}.")
        return
    scores = class_scores(review.evidence.counts)
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
        f"{len(shown):,} of {len(table):,} classes; {review.evidence.counts.rows:,} rows paired by id, "
        f"{review.evidence.counts.matched:.1%} of all ids found in both."
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


def decide(kind: str, review: Review, nonce: str) -> None:
    login = _desk.reviewer()
    if login is None or review.pull is None:
        return
    comment = st.session_state.get(f"comment-{nonce}", "")
    pull, packet = review.pull.number, review.packet_digest
    _desk.worker().submit(Decision(kind, pull, review.name, packet, login, "sandbox: acting as", comment, nonce))  # type: ignore[arg-type]


EFFECTS = {
    "approve": [
        "everything is read again; if anything changed since this page was shown, nothing happens",
        "the decision is recorded in the ledger, with your name and comment",
        "the tag moves from the best to the candidate; all other tags stay",
        "the commit status `model-approval` becomes success, so the pull request may be merged",
    ],
    "reject": [
        "the rejection is recorded in the ledger, with your name and comment",
        "the commit status `model-approval` becomes failure; no tag moves",
    ],
}


def form(kind: str, review: Review) -> None:
    nonce = st.session_state.setdefault(f"nonce-{kind}-{review.packet_digest}", secrets.token_hex(8))
    st.markdown(f"This will happen when you {kind}:")
    st.markdown("\n".join(f"{number}. {step}" for number, step in enumerate(EFFECTS[kind], 1)))
    st.text_area("Comment", key=f"comment-{nonce}", max_chars=500, placeholder="Why? It is kept for ever.")
    empty = not st.session_state.get(f"comment-{nonce}", "").strip()
    if empty:
        st.caption("A comment is required; press Ctrl+Enter when you have written it.")
    label = f"{kind.capitalize()} as {_desk.reviewer()}"
    if st.button(label, type="primary", disabled=empty, key=f"do-{kind}", on_click=decide, args=(kind, review, nonce)):
        st.rerun()


approve_dialog = st.dialog("Approve this candidate", width="medium")(form)
reject_dialog = st.dialog("Reject this candidate", width="medium")(form)


def buttons(review: Review) -> None:
    may = _desk.reviewer() is not None and review.candidate is not None
    good = may and review.verdict.outcome in (Outcome.PASSED, Outcome.REVIEW)
    with st.container(horizontal=True):
        if st.button("Approve…", type="primary", disabled=not good, icon=":material/check:"):
            approve_dialog("approve", review)
        if st.button("Reject…", disabled=not may, icon=":material/close:"):
            reject_dialog("reject", review)
    if _desk.reviewer() is None:
        st.caption("Read only: nobody is signed in, so nothing can be decided here.")


@st.fragment(run_every=0.7)
def follow(progress: Progress) -> None:
    """Show each step as it happens; when it has ended, show the page anew once."""
    with st.container(border=True, key="progress"):
        st.markdown(f"**{progress.decision.kind.capitalize()} by {escape(progress.decision.login)}**")
        for step in list(progress.steps):
            st.markdown(f"- {escape(step)}")
        outcome(progress)
    seen = f"ended-{progress.decision.nonce}"
    if progress.ended and not st.session_state.get(seen):
        st.session_state[seen] = True
        _desk.forget()
        st.rerun()


def outcome(progress: Progress) -> None:
    if progress.record is not None:
        words = {"promoted": "Promoted: the candidate is the best now.", "reject": "Rejected; no tag moved."}
        st.success(words.get(progress.record.kind, f"Ended as {progress.record.kind}."))
    elif progress.refused:
        st.warning("Not carried out, nothing moved: " + "; ".join(escape(reason) for reason in progress.refused))
    elif progress.failed:
        st.error(f"Cut short: {escape(progress.failed)}. Whatever was recorded is finished at the next start.")


def page(review: Review) -> None:
    assert review.pull is not None
    st.title(escape(review.pull.title))
    fork = ", from a fork" if review.pull.fork else ""
    st.caption(
        f"#{review.pull.number} by {escape(review.pull.author)}{fork} · commit `{review.commit[:12]}` · {review.name}"
    )
    if progress := _desk.worker().latest(review.pull.number, review.name):
        follow(progress)
    for record in review.ledger.about(review.commit):
        st.caption(f"{record.at}: {record.kind} by {escape(record.reviewer.login)}: {escape(record.comment)}")
    findings(review)
    buttons(review)
    metrics(review)
    classes(review)
    lineage(review)
    st.caption(f"packet `{review.packet_digest}` · policy {escape(review.policy.source)}")


number, scope = st.query_params.get("pr", ""), st.query_params.get("scope") or None
if not number.isdigit():
    st.info("Choose a candidate in the inbox.", icon="📥")
else:
    try:
        found = _desk.review(int(number), scope)
    except _desk.TROUBLE as error:
        _desk.explain(error)
    else:
        page(found)
