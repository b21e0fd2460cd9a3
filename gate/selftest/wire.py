"""Every HTTP request this process sends, with its status: both services' libraries send by urllib3, which logs them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

LOGGER = "urllib3.connectionpool"
FIELDS = 8  # scheme, host, port, method, address, version, status and length of an answer


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple) and len(record.args) == FIELDS:
            method, address, status = (record.args[place] for place in (3, 4, 6))
            self.heard.append(f"{method} {str(address).partition('?')[0]} {status}")


@contextmanager
def listening() -> Iterator[list[str]]:
    """The list grows while requests are answered; without their queries."""
    logger, ear = logging.getLogger(LOGGER), _Ear()
    before = logger.level, logger.propagate
    logger.addHandler(ear)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield ear.heard
    finally:
        logger.removeHandler(ear)
        logger.level, logger.propagate = before
