"""The verdict first: what it says, what decided it, and, folded, every rule."""

from __future__ import annotations

import streamlit as st

from gate.figures import brief, counted
from gate.formulas import FORMULAS
from gate.report.findings import worst_first
from gate.review import Review
from gate.verdict import Finding, Outcome
from pages import _desk
from pages._text import plain

SAID = {
    Outcome.PASSED: (st.success, "Passed: every rule is met. A person must still approve."),
    Outcome.REVIEW: (st.info, "Review: the evidence exists, but a person must judge."),
    Outcome.UNKNOWN: (st.warning, "Unknown: evidence is missing, so this candidate cannot be approved."),
    Outcome.FAILED: (st.error, "Failed: this candidate must not replace the best."),
}
PARTLY = "Passed: every rule that decides is met. A person must still approve."
SETTLE = "Conflict: which run is best must be settled before anything is approved."
CONFLICT = 5  # the exit code


def show(review: Review) -> None:
    """What decided, worst first. Rules that only lack a candidate are counted, not repeated."""
    if review.override:
        st.warning(f"Approved {plain(review.override.said)}", icon=":material/warning:")
    say, sentence = SAID[review.verdict.outcome]
    _, icon, _ = _desk.BADGES[review.verdict.outcome]
    if review.verdict.outcome is Outcome.PASSED and unmet(review):
        sentence = PARTLY
    say(SETTLE if review.verdict.exit_code == CONFLICT else sentence, icon=icon)
    decisive = deciding(review)
    for finding in decisive:
        line(finding)
    rest = [each for each in review.verdict.findings if each.outcome is not Outcome.PASSED and each not in decisive]
    if rest:
        st.caption(f"{counted(len(rest), 'more rule')} cannot be judged without it: see all rules below.")
    for each in unmet(review):
        st.caption(f"Not met, but for information only: {plain(each.rule)}: {plain(brief(each.found), 500)}")


def unmet(review: Review) -> list[Finding]:
    """What is not met and stops nobody: the policy asks for it only to inform."""
    return [each for each in review.verdict.findings if each.outcome is Outcome.PASSED and each.own]


def deciding(review: Review) -> list[Finding]:
    """What a person must look at. Without a candidate that is why there is none."""
    found = [each for each in worst_first(review) if each.outcome is not Outcome.PASSED]
    return found if review.candidate else [each for each in found if each.conflict or each.rule == "candidate"]


def rules(review: Review) -> None:
    """Every rule, in the order of the policy."""
    findings = review.verdict.findings
    told = len(unmet(review))
    met = sum(each.outcome is Outcome.PASSED for each in findings) - told
    other = f", {told:,} not met that only {'informs' if told == 1 else 'inform'}" if told else ""
    with st.expander(f"All {counted(len(findings), 'rule')}: {met:,} met{other}", icon=":material/rule:"):
        for finding in findings:
            line(finding)


def line(finding: Finding) -> None:
    label, icon, color = _desk.BADGES[finding.outcome]
    said = f":{color}-badge[{icon} {label}] **{plain(finding.rule)}**: {plain(brief(finding.message), 500)}"
    st.markdown(said, help=explained(finding))
    if finding.effect and finding.effect.needed and finding.outcome is not Outcome.PASSED:
        st.caption(f"What would change this: {plain(finding.effect.needed)}")


def explained(finding: Finding) -> str:
    """What was required, what would change the answer, and where the numbers come from."""
    said = [f"Required: {finding.required}."]
    said += [f"In full: {finding.message}."] * (brief(finding.message) != finding.message)
    if finding.effect is not None:
        said += [f"What would change this: {finding.effect.needed}."] * bool(finding.effect.needed)
        said.append(FORMULAS[finding.effect.formula])
    return "\n\n".join(plain(each, longest=1_500) for each in said)
