"""Who approved what, when, and on which evidence: the ledger of one scope as a table, its export, and the way back."""

from __future__ import annotations

import streamlit as st

from gate.record import Record
from gate.spreadsheet import cell
from gate.workflow.audit import as_csv, as_json
from gate.workflow.champions import Champion
from pages import _settling
from pages._text import plain

NEWEST = 200  # records that are shown; the export has them all
FORMATS = {
    "review": st.column_config.LinkColumn(display_text="open", help="The page of the decision, as it is now."),
    "evidence": st.column_config.TextColumn(help="The packet's digest: it names all that the decision rested on."),
    "pull request": st.column_config.NumberColumn(format="%d"),
}


def show(champion: Champion) -> None:
    best = champion.best
    held = f"best is run `{plain(best.task)}`" if best else "no best is recorded yet"
    st.caption(f"{held} · epoch {champion.ledger.epoch} · {len(champion.records):,} records, every hash in place")
    if champion.ledger.waiting:
        st.info(f"Run `{plain(champion.ledger.waiting.task)}` is approved, and waits for its pull request's merge.")
    rows = [_row(record, champion.policy.name) for record in reversed(champion.records[-NEWEST:])]
    said = "Who decided what, when, and on which evidence, newest first"
    st.dataframe(rows, hide_index=True, key=f"ledger-{champion.policy.name}", column_config=FORMATS, alt=said)
    with st.container(horizontal=True):
        _settling.rollback(champion)
        name = f"ledger-{champion.policy.name}"
        st.download_button("CSV", as_csv(champion.records), f"{name}.csv", "text/csv", key=f"csv-{name}")
        st.download_button("JSON", as_json(champion.records), f"{name}.jsonl", "application/jsonl", key=f"json-{name}")
        if len(champion.records) > NEWEST:
            st.caption(f"The newest {NEWEST} are shown; the files have all.")


def _row(record: Record, scope: str) -> dict[str, object]:
    model = record.candidate or record.best
    pull = model.pull if model and model.pull else None
    return {
        "at": record.at,
        "what": record.kind.replace("_", " "),
        "who": cell(record.reviewer.login),
        "run": cell(model.task) if model else "",
        "commit": cell(model.commit[:12]) if model else "",
        "comment": cell(record.comment),
        "evidence": record.packet[:12],
        "pull request": pull,
        "review": f"review?pr={pull}&scope={scope}" if pull else None,
        "identified by": cell(record.reviewer.how),
        "epoch": record.epoch,
        "worker": cell(record.worker),
    }
