"""Where one run comes from and what became of it, as lists that can be read from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from gate.figures import short
from gate.ledger import Model, Record
from gate.lineage import Line, Lineage
from gate.secrecy import masked
from gate.spreadsheet import cell
from pages import _desk, _subject, _tables
from pages._text import plain

FORMATS = {
    "parameter": st.column_config.TextColumn(help="Section and name, as ClearML has them."),
    "value": st.column_config.TextColumn(help="What looks like a secret is hidden."),
}
SHA = re.compile(r"[0-9a-f]{40}")


def show(run: str, records: Sequence[Record], best: Model | None, scope: str) -> None:
    try:
        found, home = replace(_desk.lineage(run), records=tuple(records)), _desk.repository()
    except _desk.TROUBLE as error:
        _desk.explain(error)
        return
    st.markdown(f"{plain(found.sentence, 600)}.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"run `{short(run)}`", help=f"The run's id is `{run}`.")
        st.markdown(f"[in ClearML]({_desk.world().tracker.link(found.run)})")
        if best and best.task != run:
            query = {"a": best.task, "b": run, "scope": scope}
            _subject.link("compare", "Compare with the best", query, ":material/difference:")
        _subject.link("drift", "Drift since its test", {"run": run, "scope": scope}, ":material/waves:")
    left, right = st.columns(2, gap="medium")
    with left:
        lines("Code", found.code(), home)
        lines("Data", found.data(), home)
        lines("Cloned from", found.kin(), home)
    with right:
        lines("What became of it", found.fate(), home)
        lines("The run", found.machine(), home)
        parameters(found)


def lines(title: str, said: Sequence[Line], home: str) -> None:
    st.markdown(f"**{title}**")
    st.markdown("\n".join(f"{'    ' * line.indent}- {plain(line.name)}: {_text(line, home)}" for line in said))


def _text(line: Line, home: str) -> str:
    """A commit and a pull request with their links below ``home``, the repository's address."""
    said = plain(line.text, 600)
    if SHA.fullmatch(line.commit):
        return f"[`{line.commit}`]({home}/commit/{line.commit})"
    if line.pull:
        return f"{said} ([#{line.pull}]({home}/pull/{line.pull}))"
    return said


def parameters(found: Lineage) -> None:
    known = found.run.parameters
    st.markdown("**Parameters**")
    if not known:
        st.caption("None were recorded.")
        return
    rows = {name: cell(masked(name, value)) for name, value in sorted(known.items())}
    data = pd.DataFrame({"parameter": [cell(name) for name in rows], "value": list(rows.values())})
    said, high = "Parameters of the run", _tables.height(len(rows), 300)
    st.dataframe(data, hide_index=True, key="parameters", height=high, column_config=FORMATS, alt=said)
