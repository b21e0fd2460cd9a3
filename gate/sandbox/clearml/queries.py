"""A listing: filter, order, cut a page, project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from gate.sandbox.clearml.documents import Document, Documents, new_id
from gate.sandbox.clearml.errors import invalid
from gate.sandbox.clearml.fields import Path, getter
from gate.sandbox.clearml.filters import conditions
from gate.sandbox.clearml.projection import Projection
from gate.sandbox.clearml.world import Body, World

MOST = 500  # documents in one answer, however many are asked for


def listing(world: World, kind: str, body: Body, *, extended: bool) -> Body:
    """The answer of a ``get_all`` (references as ids) or ``get_all_ex`` (references as objects)."""
    project = Projection(kind, names(body.get("only_fields")), world.documents if extended else None)
    page, more = paged(found(world.documents, kind, body), body, world.scrolls)
    return {kind: [project(document) for document in page], **more}


def names(value: str | Sequence[str] | None) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or ()


def found(documents: Documents, kind: str, body: Body) -> list[Document]:
    matching, answered = candidates(documents, kind, body)
    for test in conditions(kind, body, answered):
        matching = [document for document in matching if test(document)]
    return ordered(list(matching), names(body.get("order_by")))


def candidates(documents: Documents, kind: str, body: Body) -> tuple[Iterable[Document], str | None]:
    """The smallest set at hand that holds every match (the ids asked for, the projects asked for, or everything), and
    the field whose condition it meets already."""
    ids, projects = names(body.get("id")), names(body.get("project"))
    if ids and all(plain(id) for id in ids):
        return [document for id in dict.fromkeys(ids) if (document := documents.get(kind, id))], "id"
    if projects and all(plain(project) for project in projects):
        return documents.in_projects(kind, projects), "project"
    return documents.all(kind), None


def plain(item: Any) -> bool:
    return isinstance(item, str) and not item.startswith(("-", "__$"))


def ordered(documents: list[Document], keys: Sequence[str]) -> list[Document]:
    """Sorted by the keys, then by id. Documents without the first key come last, whichever way it is sorted."""
    if not keys:
        return documents
    documents.sort(key=itemgetter("id"))
    for key in reversed(keys):
        documents.sort(key=sort_key(path_of(key)), reverse=key.startswith("-"))
    first = getter(path_of(keys[0]))
    lacking = [document for document in documents if first(document) is None]
    return [document for document in documents if first(document) is not None] + lacking if lacking else documents


def path_of(key: str) -> Path:
    return tuple(key.removeprefix("-").split("."))


def sort_key(path: Path) -> Callable[[Document], tuple[bool, Any]]:
    get = getter(path)

    def key(document: Document) -> tuple[bool, Any]:
        value = get(document)
        return (value is not None, "" if value is None else value)

    return key


def paged(documents: list[Document], body: Body, scrolls: dict[str, int]) -> tuple[list[Document], Body]:
    if "scroll_id" in body:
        return scrolled(documents, body["scroll_id"], body.get("size") or MOST, scrolls)
    page, size = body.get("page"), body.get("page_size")
    if page is not None and page < 0:
        raise invalid("page must be >=0")
    if size is not None and size < 1:
        raise invalid("page_size must be >0")
    size = min(size or MOST, MOST)
    start = (page or 0) * size
    return documents[start : start + size], {}


def scrolled(
    documents: list[Document], scroll_id: str | None, size: int, scrolls: dict[str, int]
) -> tuple[list[Document], Body]:
    """The next page of a scroll; each id is a cursor that moves on, an unknown one begins at the start."""
    cursor = scroll_id if scroll_id in scrolls else new_id()
    start = scrolls.get(cursor, 0)
    page = documents[start : start + min(size, MOST)]
    scrolls[cursor] = start + len(page)
    return page, {"scroll_id": cursor}
