"""One line of the ledger: a person's decision, or what became of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from gate.canonical import canonical, digest

SCHEMA = 1

Kind = Literal[
    "bootstrap",  # the run that held the tag when the ledger began
    "vote",  # an approval of one who alone is not enough
    "approve",
    "override",  # an approval against the verdict
    "grant",  # an approval that takes effect when the pull request is merged
    "reject",
    "changes",  # asked for before it can be approved
    "rollback",
    "adopt",  # a tag moved by hand: its holder becomes the best
    "restore",  # a tag moved by hand: the ledger's best gets it back
    "takeover",  # another worker goes on with what its predecessor left
    "promoted",
    "rolled_back",
    "adopted",
    "restored",
    "conflict",
]
# What a decision ends as, once the tag has moved. Until then it is in flight.
ENDS: Mapping[Kind, Kind] = {
    "approve": "promoted",
    "override": "promoted",
    "rollback": "rolled_back",
    "adopt": "adopted",
    "restore": "restored",
}
KINDS = frozenset(get_args(Kind))
MODELS = ("candidate", "previous_best", "best", "waiting")
TUPLES = ("strips", "revokes")
ADDED = ("waiting", "strips", "revokes", "nonce", "worker", "resumes")  # what the first ledgers did not have


_DECODE = json.JSONDecoder().raw_decode  # ten thousand times in a second: loads looks for blanks and encodings too


@dataclass(frozen=True)
class Override:
    """Why a person approved against the verdict, who it was, and until when it may stand (RFC 3339)."""

    reason: str
    by: str
    expires: str

    @property
    def said(self) -> str:
        return f"by OVERRIDE of {self.by} until {self.expires[:10]}: {self.reason}"


@dataclass(frozen=True)
class Model:
    """A run as the ledger names it: task id, commit, and the pull request it came with (0 if none)."""

    task: str
    commit: str
    pull: int = 0
    override: Override | None = None


@dataclass(frozen=True)
class Reviewer:
    """Who decided: login, numeric id (logins are reused), and how the person was identified."""

    login: str
    id: int
    how: str


@dataclass(frozen=True)
class Record:
    """One decision or its outcome. ``epoch`` counts the changes of best; ``best`` is the best after this record.

    ``waiting`` is a model that was approved and becomes the best when its pull request is merged; like ``best`` it
    stands after this record. ``strips`` are the runs beside the previous best that this decision takes the tag from,
    ``revokes`` the commits whose approval it withdraws. ``worker`` carries the decision out; ``resumes`` says of a
    takeover what it goes on with.
    """

    scope: str
    seq: int
    epoch: int
    kind: Kind
    candidate: Model | None
    previous_best: Model | None
    best: Model | None
    packet: str
    reviewer: Reviewer
    comment: str
    at: str
    previous_hash: str
    hash: str = ""
    schema: int = SCHEMA
    waiting: Model | None = None
    strips: tuple[str, ...] = ()
    revokes: tuple[str, ...] = ()
    nonce: str = ""
    worker: str = ""
    resumes: Kind | None = None

    @property
    def stage(self) -> Kind:
        """The kind that decides what comes next."""
        return self.resumes or self.kind

    @property
    def losers(self) -> frozenset[str]:
        """The runs that this decision takes the tag from."""
        previous = {self.previous_best.task} if self.previous_best else set()
        return frozenset(previous | set(self.strips)) - {self.candidate.task if self.candidate else ""}

    def sealed(self) -> Record:
        """This record with its hash, which covers every other field."""
        return replace(self, hash=digest({name: value for name, value in _lean(self).items() if name != "hash"}))

    def line(self) -> str:
        return canonical(_lean(self)) + "\n"


def _lean(record: Record) -> dict[str, Any]:
    """Every field; those that were added later are left out where they are empty, so that old hashes hold."""
    fields = asdict(record)
    for model in MODELS:
        if fields[model] is not None and fields[model]["override"] is None:
            del fields[model]["override"]
    return {name: value for name, value in fields.items() if name not in ADDED or value}


def hash_of(line: str, said: str) -> str:
    """The hash of a line that says it is ``said``: of its text without that, which is fast.

    Keys are sorted and quotes within text are escaped, so that only the record's own hash looks like this.
    """
    return hashlib.sha256(line.replace(f'"hash":"{said}",', "", 1).encode()).hexdigest()


def parsed(line: str) -> Record:
    """The record of a line. Raises ValueError, TypeError or KeyError for anything else."""
    fields: dict[str, Any]
    fields, end = _DECODE(line)
    if end != len(line):
        raise ValueError("there is more than one value in it")
    if fields["kind"] not in KINDS or ("resumes" in fields and fields["resumes"] not in KINDS):
        raise ValueError(f"there is no kind {fields['kind']}")
    for name in MODELS:
        if fields.get(name) is not None:
            fields[name] = _model(fields[name])
    for name in TUPLES:
        if name in fields:
            fields[name] = tuple(fields[name])
    fields["reviewer"] = Reviewer(**fields["reviewer"])
    return Record(**fields)


def _model(fields: dict[str, Any]) -> Model:
    if fields.get("override"):
        fields["override"] = Override(**fields["override"])
    return Model(**fields)
