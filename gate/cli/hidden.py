"""Keep secrets out of what is printed."""

from __future__ import annotations

import re
from collections.abc import Mapping

HIDDEN = "…"
SECRETS = ("GITHUB_TOKEN", "CLEARML_API_SECRET_KEY", "CLEARML_API_ACCESS_KEY", "CLEARML_AUTH_TOKEN")
PASSWORD = re.compile(r"(?<=//)[^/@\s]+@")


def hidden(text: str, environment: Mapping[str, str]) -> str:
    """Without the secrets of the environment that a service or an address may have repeated."""
    for name in SECRETS:
        if secret := environment.get(name):
            text = text.replace(secret, HIDDEN)
    return PASSWORD.sub(f"{HIDDEN}@", text)
