"""What GitHub says about a repository, a token and a protected branch. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from gate.vitals import ForgeVitals, Required, ahead


def vitals_of(headers: Mapping[str, str], data: Mapping[str, Any]) -> ForgeVitals:
    """The answer to a request for the repository."""
    said = {name.lower(): value for name, value in headers.items()}
    scopes = said.get("x-oauth-scopes")
    return ForgeVitals(
        name=str(data["full_name"]),
        default_branch=str(data["default_branch"]),
        private=bool(data["private"]),
        rights={name: bool(held) for name, held in (data.get("permissions") or {}).items()},
        scopes=None if scopes is None else frozenset(scope.strip() for scope in scopes.split(",") if scope.strip()),
        skew=ahead(said.get("date", "")),
    )


def branch_path(repository: str, branch: str) -> str:
    return f"/repos/{repository}/branches/{quote(branch, safe='')}"


def rules_path(repository: str, branch: str) -> str:
    return f"/repos/{repository}/rules/branches/{quote(branch, safe='')}"


def required_of(branch: Mapping[str, Any], rules: list[dict[str, Any]] | None) -> Required:
    """Classic protection stands in the branch itself, to be read by all; rulesets have an address of their own."""
    return Required(dict([*_protected(branch), *_ruled(rules or [])]), known=rules is not None)


def _protected(branch: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    found = (branch.get("protection") or {}).get("required_status_checks") or {}
    for context in found.get("contexts") or ():
        yield str(context), 0
    for check in found.get("checks") or ():
        yield str(check["context"]), max(0, int(check.get("app_id") or 0))


def _ruled(rules: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    for rule in rules:
        if rule.get("type") == "required_status_checks":
            for check in (rule.get("parameters") or {}).get("required_status_checks") or ():
                yield str(check["context"]), int(check.get("integration_id") or 0)
