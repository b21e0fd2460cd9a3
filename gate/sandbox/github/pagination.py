"""Long lists, a page at a time, with GitHub's Link header."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from starlette.datastructures import URL

from gate.sandbox.github.call import Answer, Call

T = TypeVar("T")
PER_PAGE, MOST = 30, 100


def number(text: str | None, default: int) -> int:
    """A page number as GitHub reads it: what is no positive number counts as absent."""
    return int(text) if text and text.isdecimal() and int(text) > 0 else default


def window(call: Call, items: Sequence[T]) -> tuple[Sequence[T], dict[str, str]]:
    """The items of the page asked for, and the headers that lead to its neighbours."""
    size = min(number(call.query.get("per_page"), PER_PAGE), MOST)
    page = number(call.query.get("page"), 1)
    last = max(1, -(-len(items) // size))
    return items[(page - 1) * size : page * size], links(call.url, page, last)


def links(url: URL, page: int, last: int) -> dict[str, str]:
    """The Link header: rel prev and first from the second page on, next and last up to the last but one."""
    backward = {"prev": min(page - 1, last), "first": 1} if page > 1 else {}
    forward = {"next": page + 1, "last": last} if page < last else {}
    relations = [
        f'<{url.include_query_params(page=target)}>; rel="{name}"' for name, target in {**backward, **forward}.items()
    ]
    return {"Link": ", ".join(relations)} if relations else {}


def listing(call: Call, items: Sequence[T], show: Callable[[T], Any]) -> Answer:
    """One page of a list."""
    shown, headers = window(call, items)
    return Answer([show(item) for item in shown], headers=headers)
