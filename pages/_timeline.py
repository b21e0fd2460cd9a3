"""What happened to a candidate, as the ledger has it: also what an earlier process did, and who went on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from gate.figures import moment
from gate.record import Kind, Record
from pages._text import plain

SAID: Mapping[Kind, str] = {
    "vote": "approved by {who}, as one of several",
    "approve": "approved by {who}",
    "override": "the verdict was overridden by {who}",
    "grant": "approved by {who}, to be the best once it is merged",
    "reject": "rejected by {who}",
    "changes": "changes were requested by {who}",
    "rollback": "{who} began to roll back to it",
    "adopt": "{who} began to adopt it",
    "restore": "{who} began to restore it",
    "takeover": "the process that carried this out stopped; another one went on ({worker})",
    "promoted": "it is the best: the tag moved, then the commit turned green",
    "rolled_back": "it is the best again",
    "adopted": "it is the best, as the tag said",
    "restored": "it alone holds the tag again",
    "conflict": "the promotion ended in a conflict",
}
TOLD = ("takeover", "promoted", "rolled_back", "adopted", "restored")  # these repeat their decision's comment


def show(records: Sequence[Record]) -> None:
    """Oldest first; nothing where nothing was decided."""
    if not records:
        return
    with st.container(border=True, key="timeline"):
        st.markdown("**What happened**")
        for record in records:
            st.markdown(f"- {line(record)}", help=f"At {plain(record.at)}, as record {record.seq} of the ledger.")


def line(record: Record) -> str:
    """Markdown of one line, in which everything foreign is text."""
    said = SAID[record.kind].format(who=plain(record.reviewer.login), worker=plain(record.worker))
    why = "" if record.kind in TOLD or not record.comment else f": {plain(record.comment)}"
    return f"{plain(moment(record.at))} {said}{why}"
