"""The errors GitHub's API answers with, as exceptions that know their own body."""

from __future__ import annotations

from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


class ApiError(Exception):
    """An answer that is not a success: its status, message and field errors."""

    def __init__(self, status: int, message: str, errors: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """The JSON body in GitHub's own form."""
        body = {"message": self.message, "documentation_url": DOCUMENTATION, "status": str(self.status)}
        return body if self.errors is None else {**body, "errors": self.errors}


def not_found() -> ApiError:
    """For what is not there, and for what the caller may not know is there."""
    return ApiError(404, "Not Found")


def malformed(reason: str) -> ApiError:
    """For a body that lacks a field or holds the wrong type."""
    return ApiError(422, f"Invalid request.\n\n{reason}")


def refused(resource: str, field: str, code: str = "invalid", message: str | None = None) -> ApiError:
    """For a well-formed request that the rules of the resource refuse."""
    error = {"resource": resource, "field": field, "code": code}
    return ApiError(422, "Validation Failed", [error if message is None else {**error, "message": message}])


def explained(resource: str, message: str) -> ApiError:
    """For a refusal that no single field is to blame for."""
    return ApiError(422, "Validation Failed", [{"resource": resource, "code": "custom", "message": message}])
