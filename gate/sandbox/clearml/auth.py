"""Who may call: Basic credentials for a login, then a signed token as Bearer or cookie."""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from gate.sandbox.clearml.documents import new_id
from gate.sandbox.clearml.errors import Refused
from gate.sandbox.clearml.identity import API_VERSION, COMPANY, SERVER_VERSION, USER

COOKIE = "clearml_token_basic"
LIFE = 30 * 24 * 3600  # seconds
NO_CREDENTIALS = (401, 20, "Unauthorized (missing credentials)")
BAD_CREDENTIALS = (401, 22, "Unauthorized (invalid credentials) (failed to locate provided credentials)")
BAD_SCHEME = (401, 10, "Unauthorized (bad authentication header type)")


@dataclass(frozen=True)
class Door:
    """One pair of keys, and the secret that signs tokens."""

    access_key: str
    secret_key: str = field(repr=False)
    signature: str = field(repr=False)

    def issue(self, seconds: int) -> str:
        issued = int(time.time())
        claims = {
            "iat": issued,
            "exp": issued + (seconds or LIFE),
            "identity": {
                "user": USER["id"],
                "user_name": USER["name"],
                "role": "user",
                "company": COMPANY["id"],
                "company_name": COMPANY["name"],
            },
            "auth_type": "Bearer",
            "session_id": new_id(),
            "env": "<unknown>",
            "api_version": API_VERSION,
            "server_version": SERVER_VERSION,
            "server_build": "",
            "feature_set": "basic",
        }
        return jwt.encode(claims, self.signature, algorithm="HS256")

    def admit(self, authorization: str | None) -> None:
        """Let an API call pass, or raise 401 with the subcode that says why not."""
        if not authorization:
            raise Refused(*NO_CREDENTIALS)
        scheme, _, value = authorization.partition(" ")
        check = {"bearer": self.check_token, "basic": self._check_basic}.get(scheme.lower())
        if check is None:
            raise Refused(*BAD_SCHEME)
        check(value)

    def admit_download(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> None:
        """The file server takes a token only, from the header or the cookie: Basic is not enough."""
        scheme, _, value = headers.get("authorization", "").partition(" ")
        self.check_token(value if scheme.lower() == "bearer" else cookies.get(COOKIE, ""))

    def check_token(self, token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(token, self.signature, algorithms=["HS256"])
        except jwt.InvalidTokenError as error:
            raise Refused(401, 30, f"Invalid token (invalid jwt token): reason={error}") from error
        return claims

    def _check_basic(self, value: str) -> None:
        try:
            given = base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise Refused(*BAD_CREDENTIALS) from error
        if not hmac.compare_digest(given, f"{self.access_key}:{self.secret_key}".encode()):
            raise Refused(*BAD_CREDENTIALS)
