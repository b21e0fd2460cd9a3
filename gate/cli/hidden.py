"""Keep secrets out of what is printed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gate.secrecy import VARIABLES

HIDDEN = "…"
PASSWORD = re.compile(r"(?<=//)[^/@\s]+@")


def hidden(text: str, environment: Mapping[str, str]) -> str:
    """Without the secrets of the environment that a service or an address may have repeated."""
    for name in VARIABLES:
        if secret := environment.get(name):
            text = text.replace(secret, HIDDEN)
    return PASSWORD.sub(f"{HIDDEN}@", text)
