"""How the dashboard knows who is looking: single sign-on, a trusted proxy, the sandbox, or not at all."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

from gate.config import ConfigError
from gate.identity import Person

Mode = Literal["oidc", "proxy", "sandbox", "none"]
OIDC = ("GATE_OIDC_METADATA_URL", "GATE_OIDC_CLIENT_ID", "GATE_OIDC_CLIENT_SECRET", "GATE_COOKIE_SECRET")
HEADER = "X-Forwarded-User"
SHORTEST_SECRET = 32
KEYS = {"login": str, "id": int, "issuer": str, "subject": str, "tracker_names": list}
HOW = """Nobody can decide here until a sign-in is configured. Set `GATE_IDENTITY` to

- `oidc`: single sign-on, with `GATE_OIDC_METADATA_URL`, `GATE_OIDC_CLIENT_ID`, `GATE_OIDC_CLIENT_SECRET`,
  `GATE_COOKIE_SECRET`, `GATE_DASHBOARD_URL` and a list of people in `GATE_PEOPLE`;
- `proxy`: a reverse proxy signs people in with GitHub and names them in a header (`GATE_PROXY_HEADER`).

To try everything without any account, run `python -m gate sandbox`."""


@dataclass(frozen=True)
class Access:
    """``people`` are known by (issuer, subject) and by login in lower case; ``proxies`` may name a visitor."""

    mode: Mode = "none"
    actors: tuple[str, ...] = ()
    header: str = HEADER
    proxies: tuple[str, ...] = ()
    people: Mapping[tuple[str, str], Person] = field(default_factory=dict)
    logins: Mapping[str, Person] = field(default_factory=dict)
    secrets: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def by_claims(self, claims: Mapping[str, Any]) -> Person | None:
        """The person of an ID token: by issuer and subject, never by an address that can be given to somebody else."""
        person = self.people.get((str(claims.get("iss", "")), str(claims.get("sub", ""))))
        moment = claims.get("auth_time") or claims.get("iat")
        if person is None or not isinstance(moment, int | float):
            return None
        return replace(person, signed_in=datetime.fromtimestamp(moment, UTC))

    def by_header(self, login: str | None) -> Person | None:
        """The person a trusted proxy names."""
        if not login:
            return None
        return self.logins.get(login.lower(), Person(login, f"proxy header {self.header}"))

    def by_choice(self, login: str | None) -> Person | None:
        """The person a visitor of the sandbox acts as."""
        return Person(login, "sandbox: acting as") if login in self.actors and login else None


def access(environment: Mapping[str, str]) -> Access:
    """What the environment asks for.

    Raises:
        ConfigError: with everything that is missing or contradicts.
    """
    actors = tuple(name for name in environment.get("GATE_ACTING_AS", "").split(",") if name)
    mode = environment.get("GATE_IDENTITY", "") or ("sandbox" if actors else "none")
    if actors and mode != "sandbox":
        raise ConfigError("GATE_ACTING_AS lets anybody be anybody; it cannot stand beside GATE_IDENTITY")
    if mode == "oidc":
        return _oidc(environment)
    if mode == "proxy":
        return _proxy(environment)
    if mode not in ("sandbox", "none"):
        raise ConfigError(f"GATE_IDENTITY is {mode!r}; allowed: oidc, proxy")
    return Access("sandbox" if actors else "none", actors)


def _oidc(environment: Mapping[str, str]) -> Access:
    needed = (*OIDC, "GATE_DASHBOARD_URL", "GATE_PEOPLE")
    mistakes = [f"{name} is not set, and GATE_IDENTITY=oidc needs it" for name in needed if not environment.get(name)]
    if 0 < len(environment.get("GATE_COOKIE_SECRET", "")) < SHORTEST_SECRET:
        mistakes.append(f"GATE_COOKIE_SECRET must have {SHORTEST_SECRET} characters or more")
    if mistakes:
        raise ConfigError(*mistakes)
    metadata, client, secret, cookie = (environment[name] for name in OIDC)
    redirect = environment["GATE_DASHBOARD_URL"].rstrip("/") + "/oauth2callback"
    auth = {"redirect_uri": redirect, "cookie_secret": cookie, "client_id": client, "client_secret": secret}
    people = _people(environment["GATE_PEOPLE"], "single sign-on")
    known = {subject: person for subject, person in people if all(subject)}
    if not known:
        raise ConfigError(f"{environment['GATE_PEOPLE']} names nobody with an issuer and a subject")
    return Access("oidc", people=known, secrets={"auth": {**auth, "server_metadata_url": metadata}})


def _proxy(environment: Mapping[str, str]) -> Access:
    header = environment.get("GATE_PROXY_HEADER") or HEADER
    proxies = tuple(filter(None, environment.get("GATE_PROXY_ADDRESS", "").replace(" ", "").split(",")))
    for address in proxies:
        try:
            ip_address(address)
        except ValueError as error:
            raise ConfigError(f"GATE_PROXY_ADDRESS: {error}") from error
    file = environment.get("GATE_PEOPLE")
    people = _people(file, f"proxy header {header}") if file else []
    return Access("proxy", header=header, proxies=proxies, logins={p.login.lower(): p for _, p in people})


def _people(file: str, how: str) -> list[tuple[tuple[str, str], Person]]:
    try:
        entries = tomllib.loads(Path(file).read_text(encoding="utf-8")).get("person", [])
    except (OSError, ValueError) as error:
        raise ConfigError(f"GATE_PEOPLE: {file} cannot be read: {error}") from error
    mistakes = [f"{file}: person {n}: {said}" for n, entry in enumerate(entries, 1) for said in _mistakes(entry)]
    keys = [(str(entry.get("issuer")), str(entry.get("subject"))) for entry in entries if "subject" in entry]
    if len(set(keys)) < len(keys):
        mistakes.append(f"{file}: one issuer and subject stand for two people")
    if mistakes:
        raise ConfigError(*mistakes)
    return [
        (
            (entry.get("issuer", ""), entry.get("subject", "")),
            Person(entry["login"], how, entry["id"], owner_names=tuple(entry.get("tracker_names", ()))),
        )
        for entry in entries
    ]


def _mistakes(entry: Mapping[str, Any]) -> list[str]:
    unknown = [f"there is no key {key}" for key in entry if key not in KEYS]
    wrong = [f"{key} is no {KEYS[key].__name__}" for key in entry if key in KEYS and type(entry[key]) is not KEYS[key]]
    return [*unknown, *wrong, *(f"{key} is missing" for key in ("login", "id") if key not in entry)]
