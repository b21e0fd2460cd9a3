"""Who approved what, when, and on which evidence: the ledger of one scope as a table, its export, and the way back."""

from __future__ import annotations

from functools import partial

import streamlit as st

from gate.figures import counted, short
from gate.record import Record
from gate.spreadsheet import cell
from gate.workflow.audit import as_csv, as_json
from gate.workflow.champions import Champion
from pages import _settling, _tables
from pages._text import plain

EMPTY = ":material/history_edu:"
NEWEST = 200  # records that are shown; the export has them all
FORMATS = {
    **_tables.texts(
        {
            "at": "To the minute, UTC; the files have it to the microsecond.",
            "what": "The kind of the record: what was decided, or what came of it.",
            "who": "The login on GitHub.",
            "commit": "The first 12 digits; the files have all 40.",
            "evidence": "The packet's digest: it names all that the decision rested on.",
            "identified by": "How the dashboard or the command line knew who it was.",
            "worker": "The process that carried it out.",
        }
    ),
    **_tables.texts({"run": "ClearML's id, 32 digits: widen the column for all."}, "small"),
    **_tables.texts({"comment": "Why, in the words of whoever decided."}, "medium"),
    **_tables.numbers(
        {
            "pull request": ("#%d", "Empty: it was no pull request's."),
            "epoch": ("%d", "It grows by 1 with each new best."),
        }
    ),
    "review": st.column_config.LinkColumn(display_text="open", help="The page of the decision, as it is now."),
}


def show(champion: Champion) -> None:
    best = champion.best
    held = f"best is run `{plain(short(best.task))}`" if best else "no best is recorded yet"
    number = f"epoch {champion.ledger.epoch} · {counted(len(champion.records), 'record')}, every hash in place"
    st.caption(f"{held} · {number}", help=f"The best's id is `{plain(best.task)}`." if best else None)
    if champion.ledger.waiting:
        st.info(f"Run `{plain(champion.ledger.waiting.task)}` is approved, and waits for its pull request's merge.")
    if not champion.records:
        st.info("Nothing was decided yet. `gate ledger start` records the run that holds the tag.", icon=EMPTY)
        return
    rows = [_row(record, champion.policy.name) for record in reversed(champion.records[-NEWEST:])]
    said = "Who decided what, when, and on which evidence, newest first"
    key = f"ledger-{champion.policy.name}"
    st.dataframe(rows, hide_index=True, key=key, column_config=FORMATS, placeholder=_tables.NONE, alt=said)
    with st.container(horizontal=True):
        _settling.rollback(champion)
        name = f"ledger-{champion.policy.name}"
        table, lines = partial(as_csv, champion.records), partial(as_json, champion.records)
        st.download_button("CSV", table, f"{name}.csv", "text/csv", key=f"csv-{name}", on_click="ignore")
        st.download_button("JSON", lines, f"{name}.jsonl", "application/jsonl", key=f"json-{name}", on_click="ignore")
        if len(champion.records) > NEWEST:
            st.caption(f"The newest {NEWEST} are shown; the files have all.")


def _row(record: Record, scope: str) -> dict[str, object]:
    model = record.candidate or record.best
    pull = model.pull if model and model.pull else None
    return {
        "at": record.at[:16].replace("T", " "),
        "what": record.kind.replace("_", " "),
        "who": cell(record.reviewer.login),
        "run": cell(model.task) if model else "",
        "commit": cell(short(model.commit)) if model else "",
        "comment": cell(record.comment),
        "evidence": short(record.packet),
        "pull request": pull,
        "review": f"review?pr={pull}&scope={scope}" if pull else None,
        "identified by": cell(record.reviewer.how),
        "epoch": record.epoch,
        "worker": cell(record.worker),
    }
