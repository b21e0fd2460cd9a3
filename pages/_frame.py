"""The frame around every page: who is looking, and the navigation."""

import logging
from pathlib import Path

import streamlit as st

from gate.telemetry import Stopwatch, tell
from pages import _desk, _drawing, _reruns

HERE = Path(__file__).parent
ICON = HERE / "icon.png"  # without one the browser would fetch the current page's icon from a server of Google

st.set_page_config(page_title="Promotion Gate", page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
pages = {
    "inbox": st.Page(HERE / "inbox.py", title="Inbox", icon=":material/inbox:", default=True),
    "review": st.Page(HERE / "review.py", title="Review", icon=":material/balance:", url_path="review"),
    "history": st.Page(HERE / "history.py", title="History", icon=":material/history:", url_path="history"),
    "compare": st.Page(HERE / "compare.py", title="Compare", icon=":material/difference:", url_path="compare"),
    "classes": st.Page(HERE / "classes.py", title="Classes", icon=":material/category:", url_path="classes"),
    "drift": st.Page(HERE / "drift.py", title="Drift", icon=":material/waves:", url_path="drift"),
    "retraining": st.Page(
        HERE / "retraining.py", title="Retraining", icon=":material/autorenew:", url_path="retraining"
    ),
    # The ledgers of all scopes by themselves; of one scope the History page has the same table.
    "ledger": st.Page(HERE / "ledger.py", title="Ledger", url_path="ledger", visibility="hidden"),
}
page = st.navigation(list(pages.values()), position="top")
st.set_page_config(page_title=f"{page.title} · Promotion Gate")  # tabs are told apart by it, and read aloud first
watch = Stopwatch()
try:
    with _reruns.whole_run():
        _drawing.begin()
        _desk.begin(pages)
        page.run()
        _drawing.afterwards()
finally:
    tell("page", logging.DEBUG, page=page.title, seconds=watch.seconds)
