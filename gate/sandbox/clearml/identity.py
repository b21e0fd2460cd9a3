"""The one user and company of the sandbox, and the versions it answers as."""

from __future__ import annotations

from typing import Any

API_VERSION = "2.34"
SERVER_VERSION = "2.3.0"
COMPANY: dict[str, Any] = {"id": "d4735e3a265e16eee03f59718b9b5d03", "name": "sandbox"}
USER: dict[str, Any] = {"id": "6b86b273ff34fce19d6b804eff5a3f57", "name": "sandbox", "company": COMPANY["id"]}
