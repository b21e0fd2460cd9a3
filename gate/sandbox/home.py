"""The sandbox's folder: the ports and keys it keeps between starts, and the lock that says whether it runs.

Ports are chosen once and kept, because ClearML stores an artifact's address with its host and port.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from gate.sandbox import LOOPBACK

SCHEMA = 1
PREFERRED_PORTS = {"api": 8108, "web": 8180, "files": 8181, "github": 8190, "dashboard": 8501}
ANY_FREE_PORT = dict.fromkeys(PREFERRED_PORTS, 0)
BOT = "gate-bot"
ORGANISATION = "skyline"
REPOSITORY = f"{ORGANISATION}/flights"
ACCOUNTS = ("tomas", "noor", "mira", "lena", "kai", BOT, ORGANISATION)
LOCK_PATIENCE = 1.0  # seconds; `is_running` holds the lock for an instant


class SandboxError(Exception):
    """Something a person can put right; the message says how."""


@dataclass(frozen=True)
class Home:
    """Where one sandbox lives, and what it must find again at its next start."""

    folder: Path
    ports: Mapping[str, int]
    access_key: str
    secret_key: str = field(repr=False)
    tokens: Mapping[str, str] = field(repr=False)

    @classmethod
    def open(cls, folder: Path | None = None, ports: Mapping[str, int] = PREFERRED_PORTS) -> Home:
        """Read the home in ``folder``, or make a new one there. ``ports`` are wishes, for a new home only."""
        folder = (folder or default_folder()).absolute()
        if not (folder / "sandbox.json").exists():
            _write_settings(folder, _new_settings(ports))
        return cls.read(folder)

    @classmethod
    def read(cls, folder: Path | None = None) -> Home:
        """Read the home in ``folder``; a folder without one is a ``SandboxError``."""
        folder = (folder or default_folder()).absolute()
        path = folder / "sandbox.json"
        try:
            settings = json.loads(path.read_text())
        except FileNotFoundError:
            raise SandboxError(f"There is no sandbox in {folder}. Start one with: python -m gate sandbox") from None
        except ValueError:
            raise SandboxError(f"{path} is not readable JSON. Remove it, then start the sandbox again.") from None
        if settings.pop("schema") != SCHEMA:
            raise SandboxError(f"{path} was written by another version. Remove {folder}, then start the sandbox again.")
        return cls(folder=folder, **settings)

    @property
    def world(self) -> Path:
        """Everything that ``reset`` removes and a cut seeding starts anew."""
        return self.folder / "world"

    def url(self, service: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[service]}"

    def clearml_environment(self) -> dict[str, str]:
        """What the ClearML SDK needs to reach this sandbox."""
        return {
            "CLEARML_API_HOST": self.url("api"),
            "CLEARML_WEB_HOST": self.url("web"),
            "CLEARML_FILES_HOST": self.url("files"),
            "CLEARML_API_ACCESS_KEY": self.access_key,
            "CLEARML_API_SECRET_KEY": self.secret_key,
        }

    def environment(self) -> dict[str, str]:
        """The variables that point any program at this sandbox; GITHUB_TOKEN is the gate's bot."""
        return self.clearml_environment() | {
            "GITHUB_API_URL": f"{self.url('github')}/api/v3",
            "GITHUB_SERVER_URL": self.url("github"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": self.tokens[BOT],
        }

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the home for one running sandbox, whose process the lock names; a second one is refused."""
        with (self.folder / "lock").open("a+") as file:
            if not _acquired(file.fileno(), fcntl.LOCK_EX, LOCK_PATIENCE):
                raise SandboxError(
                    f"A sandbox is already running in {self.folder}. Use it (python -m gate sandbox env), stop it, "
                    "or start another one with --home DIR."
                )
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def is_running(self) -> bool:
        """Whether a sandbox holds this home now."""
        with (self.folder / "lock").open("a") as file:
            return not _acquired(file.fileno(), fcntl.LOCK_SH, patience=0)

    def check_ports(self) -> None:
        """Refuse to start while something else listens on a kept port."""
        for service, port in self.ports.items():
            if not _is_free(port):
                raise SandboxError(
                    f"Port {port} ({service}) is taken{_listener(port)}. The sandbox in {self.folder} keeps its ports, "
                    "because stored artifacts name them: stop the other program, or use another --home."
                )


def default_folder() -> Path:
    """The per-user folder of the sandbox."""
    return Path(platformdirs.user_data_dir("promotion-gate")) / "sandbox"


def _new_settings(wishes: Mapping[str, int]) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "ports": choose_ports(wishes),
        "access_key": secrets.token_hex(10).upper(),
        "secret_key": secrets.token_urlsafe(32),
        "tokens": {login: f"sandbox_{secrets.token_hex(16)}" for login in ACCOUNTS},
    }


def choose_ports(wishes: Mapping[str, int]) -> dict[str, int]:
    """The wished ports where free, any other free one where not."""
    sockets = {service: _bind(port) or _bind(0) for service, port in wishes.items()}
    ports = {service: bound.getsockname()[1] for service, bound in sockets.items() if bound}
    for bound in filter(None, sockets.values()):
        bound.close()
    return ports


def _bind(port: int) -> socket.socket | None:
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError:
        return None


def _is_free(port: int) -> bool:
    bound = _bind(port)
    if bound:
        bound.close()
    return bound is not None


def _listener(port: int) -> str:
    """`` by NAME (process N)`` if the system lets us see who listens on ``port``, else nothing."""
    import psutil

    try:
        pids = [c.pid for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN and c.laddr.port == port]
        return f" by {psutil.Process(pids[0]).name()} (process {pids[0]})" if pids and pids[0] else ""
    except psutil.Error:
        return ""


def _write_settings(folder: Path, settings: Mapping[str, object]) -> None:
    """Write for the owner's eyes only, and never half."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f"sandbox.json.{os.getpid()}"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(settings, file, indent=2)
    draft.replace(folder / "sandbox.json")


def _acquired(descriptor: int, kind: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        else:
            return True
