"""Parameters that nobody should read over a shoulder: values that are secrets by their name or by their looks."""

from __future__ import annotations

import re

HIDDEN = "•••"
VARIABLES = (  # of the environment, whose values are shown nowhere
    "GITHUB_TOKEN",
    "CLEARML_API_SECRET_KEY",
    "CLEARML_API_ACCESS_KEY",
    "CLEARML_AUTH_TOKEN",
    "GATE_WEBHOOK_URL",
    "GATE_COOKIE_SECRET",
    "GATE_OIDC_CLIENT_SECRET",
)
NAMES = re.compile(
    r"passw|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|(^|[_.-])(pwd|auth)$",
    re.IGNORECASE,
)
HARMLESS = re.compile(  # tokens that are counted or named, as language models do
    r"(max|min|num|n|new|special|pad|eos|bos|unk|mask|sep|cls)[_-]?tokens?|tokeni[sz]er|tokens?[_-]?(per|id|len|count)",
    re.IGNORECASE,
)
LOOKS = (
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),  # user and password of an address
    re.compile(
        r"\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|AKIA[0-9A-Z]{16}|xox[abps]-[\w-]{10,}|sk-[\w-]{20,})"
    ),
    re.compile(r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*"),  # a signed token
    re.compile(r"(?<=hooks\.slack\.com/)[^\s'\"<>]+"),  # who knows the path may write
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*", re.DOTALL),
)


def masked(name: str, value: str) -> str:
    """The value, or what hides it. A number of tokens is no secret."""
    last = name.rpartition("/")[2]
    if value and NAMES.search(last) and not HARMLESS.search(last) and not _number(value):
        return HIDDEN
    return redacted(value)


def redacted(text: str) -> str:
    """Text without the passages that look like secrets."""
    for look in LOOKS:
        text = look.sub(HIDDEN, text)
    return text


def _number(value: str) -> bool:
    """A small number, true or false cannot be a secret worth the name."""
    return re.fullmatch(r"-?\d{0,4}(\.\d*)?(e-?\d+)?|true|false|none", value, re.IGNORECASE) is not None
