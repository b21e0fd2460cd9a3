"""All checks in their order. One that fails stops only those that would ask the same thing again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gate.checkup import clearml, github, here
from gate.checkup.line import Line, State
from gate.checkup.patient import Patient
from gate.config import ConfigError
from gate.ledger import LedgerDamaged
from gate.ports import Absent, Passing, ServiceError, Untrusted

BAD = (State.WRONG, State.UNREACHABLE, State.SKIPPED)


@dataclass(frozen=True)
class Check:
    """``after`` names checks without whose answers this one has nothing to ask."""

    name: str
    look: Callable[[Patient], Iterable[tuple[State, str, str]]]
    after: tuple[str, ...] = ()
    remedy: str = ""


TOKEN = "set GITHUB_TOKEN to a token that may read the repository"
KEYS = "set CLEARML_API_HOST, CLEARML_API_ACCESS_KEY and CLEARML_API_SECRET_KEY, or write a clearml.conf"
CHECKS = (
    Check("python", here.python),
    Check("packages", here.packages),
    Check("settings", here.settings, remedy="docs/install.md lists the settings"),
    Check("webhook", here.webhook, remedy="set GATE_WEBHOOK_URL to the address that the chat gave you"),
    Check("gate.toml here", here.policy, remedy="`gate explain` shows the policy that is left"),
    Check("github", github.reached, ("settings",), f"check GITHUB_API_URL and GITHUB_REPOSITORY; {TOKEN}"),
    Check("github token", github.token, ("github",), TOKEN),
    Check("contents", github.contents, ("github",)),
    Check("statuses", github.statuses, ("github",)),
    Check("pull requests", github.pull_requests, ("github",)),
    Check("policy", github.policy, ("github",), "mend it on the default branch; `gate explain` checks a file"),
    Check("rules", here.rules, ("policy",)),
    Check("approval", github.approval, ("policy",)),
    Check("clearml", clearml.reached, (), KEYS),
    Check("clearml version", clearml.version, ("clearml",)),
    Check("project", clearml.project, ("clearml", "policy")),
    Check("runs", clearml.runs, ("clearml", "policy", "project")),
    Check("tag", clearml.tag, ("clearml", "policy", "project")),
    Check("file server", clearml.file_server, ("clearml",), "set CLEARML_FILES_HOST to where artifacts are uploaded"),
    Check("ledger", clearml.ledger, ("clearml", "policy"), "`gate ledger verify` names the first bad line"),
    Check("clock of github", github.clock, ("github",)),
    Check("clock of clearml", clearml.clock, ("clearml",)),
)


def examined(patient: Patient, doing: Callable[[str], None] = lambda _: None) -> Iterator[Line]:
    """Every line as soon as it is known; ``doing`` hears the name of each check before."""
    bad: set[str] = set()
    for check in CHECKS:
        doing(check.name)
        missing = [name for name in check.after if name in bad]
        if missing:
            lines = [Line(check.name, State.SKIPPED, f"needs an answer to '{missing[0]}' first")]
        else:
            lines = list(_answers(check, patient))
        if any(line.state in BAD for line in lines):
            bad.add(check.name)
        yield from lines


def _answers(check: Check, patient: Patient) -> Iterator[Line]:
    try:
        patient.left()
        for state, found, remedy in check.look(patient):
            yield Line(check.name, state, found, remedy)
    except ConfigError as error:
        for mistake in error.mistakes:
            yield Line(check.name, State.WRONG, mistake, check.remedy)
    except Passing as error:
        yield Line(check.name, State.UNREACHABLE, str(error), "try again; is the address right, and is it up?")
    except (ServiceError, Absent, Untrusted, LedgerDamaged) as error:
        yield Line(check.name, State.WRONG, str(error), check.remedy)
