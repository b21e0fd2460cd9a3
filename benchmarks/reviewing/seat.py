"""A reviewer's browser tab as the server knows it: Streamlit's own messages over its WebSocket, without the drawing.

Twenty real browsers need more processors than the dashboard they look at.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from gate.access import HEADER

PATIENCE = 90.0  # seconds
QUIET = 0.5  # without a message or a run
LARGEST = 100_000_000  # bytes of a message


class Broken(Exception):
    """What a page showed, or did not."""


@dataclass(frozen=True)
class Widget:
    """A button or a field: its id, and the fragment it is in."""

    ident: str
    fragment: str
    disabled: bool = False


@dataclass
class Seat:
    """A trusted proxy names who sits there, the ``login``. ``texts``, ``alerts`` and ``faults`` are what the page says;
    ``buttons`` and ``fields`` are by their labels.
    """

    url: str
    page: str
    query: str
    login: str
    texts: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    buttons: dict[str, Widget] = field(default_factory=dict)
    fields: dict[str, Widget] = field(default_factory=dict)
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _again: dict[str, float] = field(default_factory=dict)
    _running: bool = True
    _place: str = ""
    _heard: float = field(default_factory=time.monotonic)
    _socket: ClientConnection | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> Seat:
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        named = {HEADER: self.login}
        self._socket = await connect(address, max_size=LARGEST, open_timeout=PATIENCE, additional_headers=named)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._look_again())]
        await self._run()
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await task
        assert self._socket is not None
        await self._socket.close()

    async def until(self, holds: Callable[[], object], what: str) -> None:
        """Raises `Broken` where it does not come, or the page shows an error."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if self.faults:
                raise Broken(f"{self.page}: {self.faults[0][:300]}")
            for task in self._tasks:
                if task.done():
                    raise Broken(f"{self.page}{self.query}: no {what}: the connection ended") from task.exception()
            if time.monotonic() > deadline:
                raise Broken(f"{self.page}{self.query}: no {what} within {PATIENCE:.0f} s; {self.texts[:8]}")
            await asyncio.sleep(0.05)

    async def rest(self) -> None:
        """Until nothing runs, nothing is being read, and nothing came for a moment."""

        def quiet() -> bool:
            reading = any(every < QUIET for every in self._again.values())
            return not (self._running or reading) and time.monotonic() - self._heard > QUIET

        await self.until(quiet, "rest")

    async def click(self, label: str) -> None:
        """What was said before says nothing of what comes of it."""
        button = self.buttons[label]
        self.alerts.clear()
        await self._run(WidgetState(id=button.ident, trigger_value=True), button.fragment)

    async def write(self, label: str, text: str) -> None:
        found = self.fields[label]
        self._states[found.ident] = WidgetState(id=found.ident, string_value=text)
        await self._run(fragment=found.fragment)

    async def _run(self, trigger: WidgetState | None = None, fragment: str = "", by_itself: bool = False) -> None:
        message = BackMsg()
        wish = message.rerun_script
        wish.query_string, wish.page_name = self.query.removeprefix("?"), self.page
        wish.page_script_hash = self._place  # without it the server goes to the default page
        wish.fragment_id, wish.is_auto_rerun = fragment, by_itself
        wish.widget_states.widgets.extend([*self._states.values(), *([trigger] if trigger else [])])
        self._running = self._running or not by_itself
        assert self._socket is not None
        await self._socket.send(message.SerializeToString())

    async def _look_again(self) -> None:
        """As the browser does for a fragment that asked for it."""
        turns: dict[str, float] = {}
        while True:
            await asyncio.sleep(0.1)
            now = time.monotonic()
            for fragment, every in list(self._again.items()):
                if now - turns.setdefault(fragment, now) >= every:
                    turns[fragment] = now
                    await self._run(fragment=fragment, by_itself=True)

    async def _listen(self) -> None:
        assert self._socket is not None
        coming: list[Any] = []
        async for content in self._socket:
            assert isinstance(content, bytes)
            message = ForwardMsg.FromString(content)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                coming = []
                if not message.metadata.run.fragment_ids:  # what a fragment asked for holds until the whole page runs
                    self._again.clear()
            elif kind == "delta":
                coming.append(message.delta)
            elif kind == "navigation":
                self._place = message.navigation.page_script_hash
            elif kind == "auto_rerun":
                self._again[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif kind == "script_finished":
                self._take(coming, message.script_finished)
            if kind != "session_status_changed":
                self._heard = time.monotonic()

    def _take(self, deltas: list[Any], end: int) -> None:
        """A whole run replaces the page; a fragment, or a run left for another, adds to it what is new."""
        if end not in (ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN):
            for known in (self.texts, self.alerts, self.faults, self.buttons, self.fields):
                known.clear()
        for delta in deltas:
            self._element(delta.new_element, delta.fragment_id)
        self._running = end == ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def _element(self, element: Any, fragment: str) -> None:
        kind = element.WhichOneof("type")
        if kind == "button":
            button = element.button
            self.buttons[button.label] = Widget(button.id, fragment, button.disabled)
        elif kind == "text_area":
            self.fields[element.text_area.label] = Widget(element.text_area.id, fragment)
        elif kind == "alert":
            self.alerts.append(element.alert.body)
        elif kind == "exception":
            self.faults.append(f"{element.exception.type}: {element.exception.message}")
        elif kind in ("heading", "markdown"):
            self.texts.append(getattr(element, kind).body)
