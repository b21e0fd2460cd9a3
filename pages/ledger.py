"""What was decided, by whom, and what became of it; the way back to an earlier best."""

from __future__ import annotations

import streamlit as st

from gate.record import Record
from gate.spreadsheet import cell
from gate.workflow.audit import as_csv, as_json
from gate.workflow.champions import Champion
from pages import _desk, _settling
from pages._text import plain

NEWEST = 200  # records that are shown; the export has them all


def show(champion: Champion) -> None:
    best = champion.best
    st.subheader(plain(champion.policy.name))
    held = f"best is run `{plain(best.task)}`" if best else "no best is recorded yet"
    st.caption(f"{held} · epoch {champion.ledger.epoch} · {len(champion.records):,} records, every hash in place")
    if champion.ledger.waiting:
        st.info(f"Run `{plain(champion.ledger.waiting.task)}` is approved, and waits for its pull request's merge.")
    rows = [_row(record) for record in reversed(champion.records[-NEWEST:])]
    st.dataframe(rows, hide_index=True, key=f"ledger-{champion.policy.name}", alt="The records, newest first")
    with st.container(horizontal=True):
        _settling.rollback(champion)
        name = f"ledger-{champion.policy.name}"
        st.download_button("CSV", as_csv(champion.records), f"{name}.csv", "text/csv", key=f"csv-{name}")
        st.download_button("JSON", as_json(champion.records), f"{name}.jsonl", "application/jsonl", key=f"json-{name}")


def _row(record: Record) -> dict[str, object]:
    model = record.candidate or record.best
    return {
        "at": record.at,
        "what": record.kind.replace("_", " "),
        "who": cell(record.reviewer.login),
        "run": cell(model.task) if model else "",
        "pull request": model.pull if model and model.pull else None,
        "comment": cell(record.comment),
        "identified by": cell(record.reviewer.how),
        "epoch": record.epoch,
        "worker": cell(record.worker),
    }


st.title("Ledger")
st.caption("Every decision in its order. It is the truth about who is best; tag and commit status follow it.")
try:
    champions = _desk.champions()
except _desk.TROUBLE as error:
    _desk.explain(error)
else:
    recovery = _desk.worker().recovery
    if recovery not in ("done", "not run yet"):
        st.warning(f"What others left unfinished could not be finished yet: {plain(recovery)}. It is tried again.")
    _settling.alarms(champions)
    for champion in champions:
        show(champion)
