"""What people are told in their chat: one notice of each event, and the two forms it is sent in.

Everything that others chose in it is hostile: a receiver shows it as text, and nobody can be called by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from gate.canonical import digest
from gate.markdown import visible

Event = Literal["waiting", "approved", "overridden", "rejected", "rolled_back", "settled", "conflict", "drifted"]
EVENTS: tuple[Event, ...] = get_args(Event)
Form = Literal["slack", "json"]
FORMS: tuple[Form, ...] = get_args(Form)
TITLES: Mapping[Event, str] = {
    "waiting": "A candidate waits for a person",
    "approved": "Approved",
    "overridden": "Approved against the verdict",
    "rejected": "Not approved",
    "rolled_back": "Rolled back",
    "settled": "A tag moved by hand was settled",
    "conflict": "Conflict: a person must settle who is best",
    "drifted": "The best model has drifted",
}
SCHEMA = 1
LONGEST = 500  # characters of a sentence
LONGEST_FACT = 200
# Slack reads &, < and > as markup. The others are live in receivers that read Markdown, as Mattermost does; no escape
# is understood by all, so letters that look like them stand in.
LETTERS = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "@": "＠",
        "[": "［",
        "]": "］",
        "`": "｀",
        "*": "＊",
        "~": "～",
        "|": "｜",
    }
)
ADDRESS = re.compile(r"://|\bwww\.|\bmailto:", re.IGNORECASE)
UNSAFE = re.compile(r"[<>|\s\"\\]")


@dataclass(frozen=True)
class Notice:
    """One event. ``said`` is a sentence, ``facts`` more by name; ``url`` leads to where one can go on, or is empty.

    ``key`` tells events of a kind apart: whoever tells of the same one gives it the same ``id``.
    """

    event: Event
    repository: str
    scope: str
    said: str
    at: str
    key: str
    facts: Mapping[str, str] = field(default_factory=dict)
    url: str = ""

    @property
    def id(self) -> str:
        return digest([self.repository, self.scope, self.event, self.key])[:32]


def slack(notice: Notice) -> dict[str, Any]:
    """For incoming webhooks of Slack, and of what understands them: ``blocks``, and ``text`` for the rest."""
    where = chat(f"{notice.repository}, {notice.scope}", LONGEST_FACT)
    title, said = TITLES[notice.event], chat(notice.said)
    facts = [_plain(f"{name}\n{chat(value, LONGEST_FACT)}") for name, value in notice.facts.items() if value]
    url = UNSAFE.sub("", notice.url)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(title)},
        {"type": "section", "text": _plain(f"{said}\n{where}"), **({"fields": facts} if facts else {})},
    ]
    if url:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": f"<{url}|Look at it>"}})
    text = f"{title}: {said} ({where}) {url}".strip()
    return {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False, "blocks": blocks}


def plain_json(notice: Notice) -> dict[str, Any]:
    """For programs: everything as it is, but for what cannot be seen."""
    facts = {name: visible(value, LONGEST_FACT) for name, value in notice.facts.items() if value}
    said = {"event": notice.event, "title": TITLES[notice.event], "said": visible(notice.said, LONGEST)}
    place = {"repository": notice.repository, "scope": visible(notice.scope, LONGEST_FACT), "url": notice.url}
    return {"schema": SCHEMA, "id": notice.id, **said, **place, "facts": facts, "at": notice.at}


def chat(text: str, longest: int = LONGEST) -> str:
    """One line that no receiver takes for markup, a mention or a link."""
    apart = ADDRESS.sub(lambda found: found[0].replace("/", "／").replace(".", "．").replace(":", "："), text)
    return visible(apart, longest).translate(LETTERS)


def unfit(url: str, form: str = "slack") -> str:
    """Why nothing is sent there, in a sentence that does not repeat the address, or an empty string."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "GATE_WEBHOOK_URL is no address"
    if parts.scheme not in ("https", "http") or not host:
        return "GATE_WEBHOOK_URL must begin with https:// and a host"
    if parts.scheme == "http" and not _is_here(host):
        return "GATE_WEBHOOK_URL must begin with https:// (http:// only for this machine itself)"
    if form not in FORMS:
        return f"GATE_WEBHOOK_FORMAT is {form[:20]!r}; allowed: {', '.join(FORMS)}"
    return ""


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
