"""A page in this process, run again until nothing that it showed is still being read, as a browser would."""

from __future__ import annotations

import time

from streamlit.testing.v1 import AppTest

from pages._reading import AWAITED

PATIENCE = 90.0


class Patient(AppTest):
    """An AppTest whose ``run`` ends when the page has come to rest. It is made by its constructor."""

    def run(self, *, timeout: float | None = None) -> AppTest:
        super().run(timeout=timeout)
        end = time.monotonic() + PATIENCE
        while AWAITED in self.session_state and time.monotonic() < end:
            awaited = self.session_state[AWAITED]
            del self.session_state[AWAITED]
            assert awaited() is None or awaited().within(PATIENCE)
            super().run(timeout=timeout)
        return self
