"""The refusals of a ClearML API server: an HTTP status, a subcode and a sentence."""

from __future__ import annotations


class Refused(Exception):
    """An answer other than 200. ``code`` is the HTTP status, ``subcode`` tells refusals of one status apart."""

    def __init__(self, code: int, subcode: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.subcode = subcode
        self.message = message


def invalid(problem: str) -> Refused:
    """A field is missing, or its value is of the wrong kind or out of bounds."""
    return Refused(400, 12, f"Validation error ({problem})")


def unknown_tasks(*ids: str) -> Refused:
    return Refused(400, 101, f"Invalid task id: ids=({', '.join(ids)})")


def bad_reference(field: str, value: str) -> Refused:
    return Refused(400, 16, f"Invalid value for fields: id={value}, field={field}")


def wrong_status(found: str, wanted: str) -> Refused:
    return Refused(400, 110, f"Invalid task status: expected={wanted}, status={found}")


def impossible_change(found: str, wanted: str) -> Refused:
    return Refused(
        400, 110, f"Invalid task status (Invalid status change): current_status={found}, new_status={wanted}"
    )
