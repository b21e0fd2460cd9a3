"""What a ClearML server says about itself."""

from __future__ import annotations

from gate.adapters.clearml_session import ClearmlSession
from gate.vitals import TrackerVitals


def vitals_of(session: ClearmlSession) -> TrackerVitals:
    """After a login, whose token names the versions; one request more, for the clock."""
    sdk = session.sdk
    session.call("debug.ping", {})
    files = str(sdk.get_files_server_host(config=sdk.config))
    return TrackerVitals(session.host, files, str(sdk.server_version or ""), str(sdk.api_version or ""), session.skew)
