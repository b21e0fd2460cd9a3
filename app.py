"""The dashboard's launcher: `streamlit run app.py`.

An `st.App` around the frame, because a script beside a `pages` folder lets a cold deep link run its page alone,
without the frame and its sign-in.
"""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).parent / "pages" / "_frame.py")
