"""Who made a pull request: the accounts of its commits, and the co-authors that their messages name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from gate.ports import Makers

TRAILER = re.compile(r"^co-authored-by:[^<\n]*<([^>\n]+)>\s*$", re.IGNORECASE | re.MULTILINE)
NOREPLY = re.compile(r"(?:(?P<id>\d+)\+)?(?P<login>[A-Za-z0-9-]+)@users\.noreply\.\S+", re.IGNORECASE)


def makers_of(commits: Iterable[Any]) -> Makers:
    """GitHub links authors and committers to accounts by itself; a co-author only by the address in the message.

    An address is known if it is GitHub's own (noreply), or that of another commit's author here.
    """
    ids: set[int] = set()
    addresses: dict[str, int] = {}
    named: set[str] = set()
    for commit in commits:
        for person, signature in ((commit.author, commit.commit.author), (commit.committer, commit.commit.committer)):
            if person is not None:
                ids.add(person.id)
                addresses[(signature.email or "").casefold()] = person.id
        named |= {address.strip().casefold() for address in TRAILER.findall(commit.commit.message)}
    ids |= {addresses[address] for address in named & set(addresses)}
    own = [match for address in named if (match := NOREPLY.fullmatch(address))]
    ids |= {int(match["id"]) for match in own if match["id"]}
    return Makers(frozenset(ids), frozenset(match["login"].lower() for match in own if not match["id"]))
