"""What the benchmark of twenty reviewers calls an error is what the dashboard logs as one."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO

import pytest

from benchmarks.reviewers import CLOSED, errors
from gate.logs import configure


@pytest.fixture
def log() -> Iterator[StringIO]:
    root, stream = logging.getLogger(), StringIO()
    handlers, level = root.handlers, root.level
    configure({"GATE_LOG": "json"}, stream)
    yield stream
    root.handlers, root.level = handlers, level


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_an_exception_that_the_dashboard_logs_is_found_with_its_trace(log: StringIO) -> None:
    logger = logging.getLogger("streamlit.error_util")
    logger.warning("nothing to worry about")
    logger.error("Uncaught app execution", exc_info=raised(KeyError("what was missing")))
    logger.error("without a trace")
    trace, words = errors(log.getvalue().splitlines())
    assert trace.startswith("Traceback")
    assert trace.splitlines()[-1] == "KeyError: 'what was missing'"
    assert words == "without a trace"


def test_a_tab_that_was_closed_is_no_error(log: StringIO) -> None:
    class Closed(Exception):
        __qualname__ = CLOSED

    logging.getLogger("uvicorn.error").error("while it was written to", exc_info=raised(Closed()))
    assert log.getvalue()
    assert list(errors(log.getvalue().splitlines())) == []


def test_what_python_says_of_a_thread_that_failed_is_found() -> None:
    script = "import threading; threading.Thread(target=int, args=('x',)).start()"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stderr
    assert list(errors(said.splitlines()))
