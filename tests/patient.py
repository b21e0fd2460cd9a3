"""A page in this process, run again until nothing that it showed is still being read, as a browser would."""

from __future__ import annotations

import time

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from pages._reading import AWAITED

PATIENCE = 90.0


class Patient(AppTest):
    """An AppTest whose runs end when the page has come to rest. It is made by its constructor.

    ``run`` of a widget does not come by ``run`` of the AppTest, but both come by ``_run``.
    """

    def _run(self, widget_state: WidgetStates | None = None, timeout: float | None = None) -> AppTest:
        super()._run(widget_state, timeout)
        end = time.monotonic() + PATIENCE
        while AWAITED in self.session_state and time.monotonic() < end:
            awaited = self.session_state[AWAITED]
            del self.session_state[AWAITED]
            assert awaited() is None or awaited().within(PATIENCE)
            super()._run(self._tree.get_widget_states(), timeout)
        return self
