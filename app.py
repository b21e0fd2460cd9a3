"""The dashboard's launcher: `streamlit run app.py`, or `gate dashboard`.

An `st.App` around the frame, because a script beside a `pages` folder lets a cold deep link run its page alone,
without the frame and its sign-in.
"""

import os
import threading
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from gate.access import access
from gate.config import ConfigError
from gate.operation import Operation
from gate.surface import Surface, refusals
from gate.trail import Trail
from pages import _desk
from pages._warm import warm

try:
    known = access(os.environ)
except ConfigError as error:
    raise SystemExit("\n".join(f"configuration: {mistake}" for mistake in error.mistakes)) from None
if reasons := refusals(st.get_option("server.address") or "", bool(st.get_option("server.enableAgentApi")), known):
    raise SystemExit("\n".join(f"refused to start: {reason}" for reason in reasons))

operation = Operation(_desk.worker, os.environ)
threading.Thread(target=warm, name="warming up", daemon=True).start()
app = st.App(
    Path(__file__).parent / "pages" / "_frame.py",
    secrets=known.secrets or None,
    lifespan=operation.lifespan,
    routes=operation.routes,
    middleware=[Middleware(Trail), Middleware(Surface, access=known)],
)
