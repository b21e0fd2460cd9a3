"""What a reader sees: Markdown by GitHub's own parser, and pages of HTML, as their text and their tags."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

VOID = {"meta", "br", "hr", "input", "img", "link"}
QUIET = ("style", "title")  # what is in them is not shown on the page
ASIDE = ("a", "code", "pre")  # within these GitHub looks for no mentions, references and emoji
MENTION = re.compile(r"(?<!\w)@[a-z0-9]|(?<![\w&])#\d|\bGH-\d|:[a-z_]+:|\$")


@dataclass
class Seen(HTMLParser):
    """Tags with their attributes, the shown text, and of that what GitHub's filters would look into."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    text: str = ""
    live: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if not set(self.open) & set(QUIET):
            self.text += data
            if not set(self.open) & set(ASIDE):
                self.live.append(data)

    @property
    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}

    @property
    def links(self) -> list[str]:
        return [str(attributes.get("href")) for tag, attributes in self.tags if tag == "a"]

    @property
    def mentions(self) -> list[str]:
        return [text for text in self.live if MENTION.search(text)]


def markdown(text: str) -> Seen:
    """As GitHub renders it, raw HTML included, before its filters."""
    return html(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))


def html(text: str) -> Seen:
    seen = Seen()
    seen.feed(text)
    seen.close()
    assert seen.open == [], "every tag is closed"
    return seen
