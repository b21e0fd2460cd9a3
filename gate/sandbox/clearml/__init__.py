"""A ClearML-compatible server for one machine: API, files and small pages, on SQLite.

It speaks enough of the protocol for the ClearML SDK to train, report, upload and query, and answers queries with the
quirks of the real server that a client has to know.
"""

from gate.sandbox.clearml.sandbox import ClearmlSandbox

__all__ = ["ClearmlSandbox"]
