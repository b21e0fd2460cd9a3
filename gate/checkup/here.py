"""What can be told without asking anybody: versions, settings, the policy at hand."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from gate import __version__
from gate.checkup.line import State
from gate.checkup.patient import Patient
from gate.config import ConfigError, parse, parse_size
from gate.late import PREDICTIONS, REMEDY, lacking
from gate.notice import unfit
from gate.workflow.installed import require

Found = Iterator[tuple[State, str, str]]
NEEDED = ("clearml", "PyGithub", "requests", "pydantic")


def python(patient: Patient) -> Found:
    yield State.OK, f"Python {platform.python_version()}, promotion-gate {__version__}", ""


def packages(patient: Patient) -> Found:
    yield State.OK, ", ".join(f"{name} {_version(name)}" for name in (*NEEDED, *PREDICTIONS)), ""


def settings(patient: Patient) -> Found:
    """GITHUB_REPOSITORY is looked at by making the forge."""
    mistakes = [*_mistakes(patient)]
    try:
        patient.forge  # noqa: B018
    except ConfigError as error:
        mistakes = [*error.mistakes, *mistakes]
    if mistakes:
        raise ConfigError(*mistakes)
    if patient.environment.get("GITHUB_TOKEN"):
        yield State.OK, f"GITHUB_REPOSITORY is {patient.environment['GITHUB_REPOSITORY']}", ""
    else:
        yield State.UNSURE, "GITHUB_TOKEN is not set", "set it: nothing can be posted without"


def _mistakes(patient: Patient) -> Iterator[str]:
    try:
        parse_size(patient.environment.get("GATE_CACHE_BYTES") or "1GB")
    except ValueError as error:
        yield f"GATE_CACHE_BYTES: {error}"
    for name in ("GITHUB_API_URL", "GATE_DASHBOARD_URL"):
        address = patient.environment.get(name, "")
        if address and not address.startswith(("http://", "https://")):
            yield f"{name} is {address!r}; it must begin with https:// or http://"


def webhook(patient: Patient) -> Found:
    """Whether people can be told; nothing is sent. All of the address but its host is a secret."""
    url = patient.environment.get("GATE_WEBHOOK_URL", "")
    form = patient.environment.get("GATE_WEBHOOK_FORMAT") or "slack"
    if not url:
        yield State.OK, "GATE_WEBHOOK_URL is not set: nobody is told of anything", ""
    elif why := unfit(url, form):
        raise ConfigError(why)
    else:
        yield State.OK, f"people are told through {urlsplit(url).hostname}, in the form {form}; nothing was sent", ""


def policy(patient: Patient) -> Found:
    """A file beside the caller, on its way to the default branch: every mistake of it."""
    name = patient.policy_file
    file = patient.folder / name
    if not file.is_file():
        yield State.OK, "there is none in this folder; only that of the base branch counts", ""
        return
    try:
        scopes = parse(file.read_text(encoding="utf-8"), name)
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{name} cannot be read: {error}") from error
    said = ", ".join(scope.name for scope in scopes)
    yield State.OK, f"nothing is wrong with it; its scopes: {said}", ""


def rules(patient: Patient) -> Found:
    """Whether this installation can judge by what the policy asks for."""
    for scope in patient.scopes:
        require(scope)
    said = ", ".join(scope.name for scope in patient.scopes)
    source = ", ".join(dict.fromkeys(scope.policy.source for scope in patient.scopes))
    missing = lacking(*PREDICTIONS)
    more = f"; no rule asks for {', '.join(missing)}, which are not installed ({REMEDY})" if missing else ""
    yield State.OK, f"everything that the rules of {said} need is installed ({source}){more}", ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
