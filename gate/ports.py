"""The two services the gate depends on: only the calls it makes, each with the promise it relies on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gate.brief import Brief
from gate.evidence import Artifact, Curve, Dataset, Matrix, Run
from gate.notice import Notice
from gate.origin import Origin, Version
from gate.vitals import ForgeVitals, Required, TrackerVitals


class ServiceError(Exception):
    """A service is unreachable or refuses; the message names the service, the request and the remedy."""


class Passing(ServiceError):
    """A failure that may pass: no answer, 5xx, or a limit of requests. ``wait`` is how long the service asks for."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class Absent(Exception):
    """What was asked for does not exist (a pull request, a user, a run): an answer, not a failure."""


class Moved(Exception):
    """A compare-and-swap lost: somebody else wrote first. Read again and decide again."""


class Untrusted(Exception):
    """A file that must not be read: of another host, too large, gone, or not what its sha256 promises."""


@dataclass(frozen=True)
class Pull:
    """A pull request. ``repositories`` are the clone addresses of its base and of its head (a fork may be deleted)."""

    number: int
    title: str
    author: str
    author_id: int
    head: str
    base_ref: str
    base: str
    open: bool
    fork: bool
    url: str
    created: str
    repositories: tuple[str, ...]
    merged: bool = False


@dataclass(frozen=True)
class Repository:
    """The repository under review."""

    name: str
    default_branch: str
    url: str
    clone_urls: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """A person on the forge and what they may do in this repository: admin, write, read or none."""

    login: str
    id: int
    permission: str

    @property
    def may_write(self) -> bool:
        return self.permission in ("admin", "write")


@dataclass(frozen=True)
class Makers:
    """People by the numbers of their accounts, and in ``logins`` (lower case) where a commit says no more."""

    ids: frozenset[int]
    logins: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Relation:
    """How two commits lie to each other: ``status`` is identical, ahead, behind or diverged, seen from the first."""

    status: str
    ahead: int
    behind: int
    url: str


@dataclass(frozen=True)
class Text:
    """A file's content and the blob sha that a compare-and-swap of it needs."""

    content: str
    sha: str


@dataclass(frozen=True)
class Setup:
    """What a draft is to become: its name and tags, the commit and branch it runs, one parameter (section/name).

    ``forgets`` are parameters that told what became of the run it was cloned from, and would be believed of this one.
    """

    name: str
    tags: tuple[str, ...]
    commit: str
    branch: str
    parameter: str
    value: str
    forgets: frozenset[str] = frozenset()


class Tracker(Protocol):
    """The experiment tracker. Every method may raise `ServiceError`."""

    @property
    def server(self) -> str:
        """The tracker's name in the ledger: host and port of its API, lower case."""

    def runs_of(self, commits: Sequence[str], project: str) -> list[Run]:
        """Runs of exactly this project that recorded one of these commits; whole, however many there are."""

    def holders(self, tag: str, project: str, task: str) -> list[Run]:
        """Every run of exactly this project and task name that holds exactly this tag, archived ones too."""

    def recent(self, project: str, task: str, most: int) -> list[Run]:
        """The newest finished runs of exactly this project and task name, archived ones left out, newest first."""

    def runs(self, ids: Sequence[str]) -> list[Run]:
        """These runs, of whatever project; those that do not exist are left out."""

    def place(self, project: str) -> str | None:
        """The tracker's own id of exactly this project, or None where there is none; asked once."""

    def briefs(
        self, place: str, task: str, metrics: Sequence[str], changed: str = "", updated: str = ""
    ) -> Iterator[list[Brief]]:
        """All runs of exactly this name in brief, archived ones too, in pages of 500 in the order of their ids.

        With ``changed`` or ``updated`` only those whose time of that name is the same or later.
        """

    def ids(self, place: str, task: str, page: int, size: int) -> list[str]:
        """A page of the ids of these runs in their order, of at most 500."""

    def origins(self, ids: Sequence[str]) -> list[Origin]:
        """These runs with all that they were made from, of whatever project; those that do not exist are left out."""

    def versions(self, ids: Sequence[str]) -> list[Version]:
        """These dataset versions with all their ancestors, in one request; those that do not exist are left out."""

    def curves(self, run: str, points: int) -> Mapping[str, Curve]:
        """Every curve of a run by ``title/series``, averaged to about so many points: for pictures."""

    def datasets(self, ids: Sequence[str]) -> list[Dataset]:
        """These dataset versions, each with the id of the newest finished version of the same dataset."""

    def curve(self, run: Run, metric: str) -> Curve:
        """Every point of a metric, as it was reported."""

    def matrices(self, run: Run, name: str = "") -> list[Matrix]:
        """The heatmaps a run reported, each as of its last iteration; only the one called title/series, if named."""

    def add_tag(self, run: str, tag: str) -> None:
        """Add one tag, atomically and idempotently, leaving all others."""

    def remove_tag(self, run: str, tag: str) -> None:
        """Remove one tag, atomically and idempotently, leaving all others."""

    def fetch(self, artifact: Artifact, limit: int, told: Callable[[str], None] = lambda _: None) -> Path:
        """A local copy of at most ``limit`` bytes whose sha256 was checked, cached by it; ``told`` hears of progress.

        Raises `Untrusted` for a file that must not be read; nothing of it is kept then.
        """

    def link(self, run: Run) -> str:
        """Where a person can look at the run; empty where nobody said where ClearML's pages are."""

    def vitals(self) -> TrackerVitals:
        """What the server says about itself, after a login."""

    def knows(self, project: str) -> bool:
        """Whether there is a project of exactly this name."""

    def reach_files(self) -> int:
        """The HTTP status that the file server answers for its own address."""

    def versions_of(self, project: str, dataset: str) -> list[Version]:
        """Every version of exactly this dataset, oldest first, unfinished ones too, archived ones left out."""

    def marked(self, mark: str, project: str) -> list[Run]:
        """Every run of exactly this project that holds exactly this tag, oldest first."""

    def clone(self, run: str, name: str, mark: str) -> None:
        """Make a draft of the same code and parameters, with this name, and with this tag alone. Not idempotent."""

    def set_up(self, draft: str, setup: Setup) -> None:
        """Make a draft what it is to be, with a clean diff. A run that is no draft any more is refused."""

    def enqueue(self, draft: str, queue: str) -> None:
        """Put a draft on the queue of this name, if it is on none. A run that ended or goes on is refused."""


class Forge(Protocol):
    """The code forge. Every method may raise `ServiceError`; what takes a name may raise `Absent`."""

    def repository(self) -> Repository: ...

    def vitals(self) -> ForgeVitals:
        """What the service says about the repository and the token. Raises `Absent` where it does not know it."""

    def required(self, branch: str) -> Required:
        """The commit statuses without which nothing is merged into a branch."""

    def pull(self, number: int) -> Pull: ...

    def pulls(self) -> list[Pull]:
        """All open pull requests, newest first, to the last page."""

    def pulls_of(self, commit: str) -> list[Pull]:
        """Pull requests whose head is this commit, open ones first. Raises `Absent` for an unknown commit."""

    def read(self, path: str, ref: str) -> Text | None:
        """A file of a branch or commit, or None where the file or the branch does not exist."""

    def names(self, folder: str, ref: str) -> list[str]:
        """The files of a folder, sorted; empty where the folder or the branch does not exist."""

    def write(self, path: str, content: str, branch: str, message: str, previous: str | None) -> None:
        """Compare-and-swap on one file: ``previous`` is its blob sha, None creates it. Raises `Moved`."""

    def start_branch(self, branch: str, readme: str) -> None:
        """Create an orphan branch with one README; no error if the branch exists."""

    def head(self, branch: str) -> str:
        """The newest commit of a branch, or an empty string where there is none."""

    def branch_off(self, branch: str, commit: str) -> None:
        """Create a branch at a commit. Raises `Moved` where it exists."""

    def ask(self, branch: str, base: str, title: str, body: str) -> None:
        """Open a pull request. Raises `Moved` where there is one already, or nothing to merge."""

    def reaches(self, branch: str, commit: str) -> bool:
        """Whether the commit is part of the branch's history. Raises `Absent` for an unknown commit."""

    def relation(self, one: str, other: str) -> Relation:
        """How the ``other`` commit lies to the ``one``. Raises `Absent` for an unknown commit or no common history."""

    def files(self, commit: str) -> tuple[Mapping[str, str], bool]:
        """All files of a commit by path, each with what tells its content and kind; and whether these are all.

        Raises `Absent` for an unknown commit.
        """

    def status(self, commit: str, context: str) -> str | None:
        """The state of the newest commit status of this context."""

    def statuses(self, commit: str, context: str) -> list[tuple[str, str]]:
        """State and description of the statuses of this context among the commit's newest hundred, newest first."""

    def post_status(self, commit: str, context: str, state: str, description: str, url: str) -> None:
        """Post a commit status and check the state that comes back."""

    def account(self, login: str) -> Account:
        """A person's permission now, never from a cache. Raises `Absent` for an unknown login."""

    def whoami(self) -> Account:
        """The person whose token this is, with the permission of now. Raises `Absent` where it is no person's."""

    def in_team(self, team: str, login: str) -> bool:
        """Whether a person is an active member of ``organisation/slug`` now."""

    def makers(self, pull: int) -> Makers:
        """Everybody who wrote a commit of the pull request: authors, committers and co-authors."""

    def comment(self, pull: int, marker: str, body: str, keep: Callable[[str], bool] = lambda there: False) -> str:
        """Create or update the one comment of our own that begins with the marker; answers its address.

        Nothing is written where there is one to ``keep``. Of several the oldest remains. It is safe to call again.
        """


class Notifier(Protocol):
    """Tells people in their chat. Nothing of the gate waits for it or fails by it."""

    def post(self, notice: Notice) -> None:
        """Queue a notice. Never waits, never raises."""

    def drain(self, seconds: float) -> list[str]:
        """Wait at most so long until what is queued was sent; answers in sentences what was not."""


@dataclass
class Silent:
    """Tells nobody: no address is configured, or ``why`` says what is wrong with it."""

    why: str = ""
    asked: bool = False

    def post(self, notice: Notice) -> None:
        self.asked = True

    def drain(self, seconds: float) -> list[str]:
        return [self.why] if self.asked and self.why else []
