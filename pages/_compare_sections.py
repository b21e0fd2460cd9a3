"""What differs, part by part, as tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from gate.compare import KINDS, Comparison, Difference, Section
from gate.spreadsheet import cell
from pages import _tables
from pages._text import plain

TITLES: Mapping[str, str] = {
    "parameters": "Parameters",
    "datasets": "Datasets",
    "code": "Code",
    "files": "Files of the two commits",
    "uncommitted files": "Files with uncommitted changes",
    "packages": "Packages",
    "machine": "Machine",
}
NAMES_ONLY = frozenset(("files", "uncommitted files"))
WHERE = {"changed": "changed", "removed": "only in A", "added": "only in B", "same": "equal"}
HELP = "\n".join(f"- **{WHERE[kind]}**: {meaning}" for kind, meaning in KINDS.items())
MOST = 2_000  # lines of one part
HIGHEST = 420
FORMATS = {
    "difference": st.column_config.TextColumn(width="small", help=HELP),
    "name": st.column_config.TextColumn(pinned=True, help="Of the fact that was compared."),
    "A": st.column_config.TextColumn(help="Empty: A does not have it."),
    "B": st.column_config.TextColumn(help="Empty: B does not have it."),
}


def show(found: Comparison, everything: bool) -> None:
    for name in TITLES:
        section = found.section(name)
        if section.differing or section.note or (everything and section.lines):
            part(section, everything, found)
    silent = [TITLES[s.name].lower() for s in found.sections if s.name in TITLES and not s.differing and not s.note]
    if silent and not everything:
        st.caption(f"Without a difference: {', '.join(silent)}.")


def part(section: Section, everything: bool, found: Comparison) -> None:
    count = len(section.differing)
    of = "" if section.name in NAMES_ONLY else f" of {len(section.lines):,}"
    st.subheader(f"{TITLES[section.name]}: {count:,}{of} differ", help=HELP)
    if section.note:
        st.warning(plain(section.note, 500), icon=":material/help:")
    if section.name == "code":
        commits(found)
    lines = section.lines if everything else section.differing
    if not lines:
        return
    data = pd.DataFrame([row(line, section.name) for line in lines[:MOST]])
    height, alt = _tables.height(len(data), HIGHEST), f"{TITLES[section.name]}: A against B"
    st.dataframe(data, hide_index=True, key=section.name, height=height, column_config=FORMATS, alt=alt)
    if len(lines) > MOST:
        st.caption(f"{MOST:,} of {len(lines):,} are shown; `gate compare` names them all.")


def row(line: Difference, section: str) -> dict[str, str]:
    cells = {"name": cell(line.name)}
    if section not in NAMES_ONLY:
        cells |= {side: "" if value is None else cell(value) for side, value in (("A", line.a), ("B", line.b))}
    return cells | {"difference": WHERE[line.kind]}


def commits(found: Comparison) -> None:
    relation = found.relation
    if relation is None:
        return
    if relation.status == "identical":
        st.caption("Both ran the same commit.")
        return
    said = f"Seen from A, B's commit is {relation.ahead:,} ahead and {relation.behind:,} behind ({relation.status})."
    st.markdown(f"{plain(said)} [Compare on GitHub]({relation.url})")
