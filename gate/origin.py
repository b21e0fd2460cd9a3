"""What a run was made from: beyond the run itself its packages, its machine and its data's ancestors."""

from __future__ import annotations

from dataclasses import dataclass

from gate.evidence import FINISHED, Run


@dataclass(frozen=True)
class Origin:
    """``diff`` is the text of its uncommitted changes, ``packages`` its requirements, a line each, as recorded."""

    run: Run
    diff: str = ""
    packages: str = ""
    python: str = ""
    entry_point: str = ""
    working_dir: str = ""
    container: str = ""
    queue: str = ""
    worker: str = ""
    kind: str = ""
    created: str = ""
    started: str = ""


@dataclass(frozen=True)
class Version:
    """A dataset version: ``size`` in bytes, of itself and its parents together; None where nobody recorded it.

    ``parents`` are the versions that it adds to, ``rows`` what it reports as the single value "rows"; ``created`` is
    RFC 3339, UTC.
    """

    id: str
    name: str
    version: str = ""
    parents: tuple[str, ...] = ()
    size: int | None = None
    files: int | None = None
    created: str = ""
    status: str = ""
    rows: int | None = None

    @property
    def finished(self) -> bool:
        return self.status in FINISHED
