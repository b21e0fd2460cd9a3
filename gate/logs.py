"""Logs for operators: one line for each event on standard error, for people or as JSON, with the secrets left out."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterable, Mapping
from typing import TextIO

from gate.markdown import visible
from gate.secrecy import HIDDEN, VARIABLES, redacted
from gate.telemetry import Event, context

SHORTEST = 6  # characters; a shorter value of a secret variable would hide ordinary words
LONGEST = 2_000  # characters of one value
LEVELS = {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error")}
FOREIGN = ("streamlit", "uvicorn", "websockets")  # families of loggers that bring handlers of their own


class Lines(logging.Formatter):
    """A line of text for people: when, how grave, what, and what it is about."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = sorted({each for each in secrets if len(each) >= SHORTEST}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        told = self._told(record)
        head = f"{told.pop('at')} {told.pop('level').upper():7} {told.pop('said')}"
        trace = told.pop("trace", "")
        facts = "".join(f" {name}={_shown(value)}" for name, value in told.items())
        return f"{head}{facts}" + "".join(f"\n    {visible(line, LONGEST)}" for line in trace.splitlines())

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return redacted(text)

    def _told(self, record: logging.LogRecord) -> dict[str, str]:
        """Everything that is known of it, as text that may be shown."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        event = record.msg if isinstance(record.msg, Event) else Event(record.getMessage(), {"logger": record.name})
        given = {**context(), **event.facts}
        named = {name: value for name, value in given.items() if value not in (None, "")}
        told = {
            "at": f"{moment}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "said": self._value(event.words),
            **{name: self._value(value) for name, value in named.items()},
        }
        if record.exc_info:
            told["trace"] = self.clean(self.formatException(record.exc_info))
        return told

    def _value(self, value: object) -> str:
        return visible(self.clean(str(value)), LONGEST)


class JsonLines(Lines):
    """The same as an object a line, in which numbers are numbers."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self._told(record), ensure_ascii=False)

    def _value(self, value: object) -> str:
        return value if isinstance(value, bool | int | float) else super()._value(value)  # type: ignore[return-value]


FORMS = {"text": Lines, "json": JsonLines}


def secrets_of(environment: Mapping[str, str]) -> list[str]:
    return [environment[name] for name in VARIABLES if environment.get(name)]


def configure(environment: Mapping[str, str], stream: TextIO | None = None) -> str:
    """Send all logs of this process to standard error, in the form GATE_LOG and from the level GATE_LOG_LEVEL.

    Answers what is wrong with these settings, or an empty string; then text from the level info is written.
    """
    form, level = environment.get("GATE_LOG") or "text", environment.get("GATE_LOG_LEVEL") or "info"
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(FORMS.get(form, Lines)(secrets_of(environment)))
    handler.setLevel(LEVELS.get(level, logging.INFO))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("gate").setLevel(logging.DEBUG)
    for name in [name for name in root.manager.loggerDict if name.partition(".")[0] in FOREIGN]:
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = [], True
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)  # every request is told by `Trail` already
    logging.captureWarnings(True)
    wrong = [] if form in FORMS else [f"GATE_LOG is {form[:20]!r}; allowed: {', '.join(FORMS)}"]
    wrong += [] if level in LEVELS else [f"GATE_LOG_LEVEL is {level[:20]!r}; allowed: {', '.join(LEVELS)}"]
    return "; ".join(wrong)


def _shown(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) and (" " in value or '"' in value) else value
