"""Which training comes next, if any: from the dataset's versions, drift, the schedule, and what was done already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from gate.origin import Version
from gate.retraining.cycle import cycles, in_flight
from gate.retraining.journal import Cause, Journal
from gate.retraining.terms import Retraining

Drifted = Literal["unasked", "steady", "unknown", "drifted"]


@dataclass(frozen=True)
class Sight:
    """The world at one moment: finished ``versions``, oldest first; the run to clone and the data it was trained on.

    ``trouble`` says why there is no ``base``; ``code`` is the head of the default branch, ``now`` seconds since 1970.
    ``drift`` is what the watch says of the best, and ``said`` its words.
    """

    versions: tuple[Version, ...]
    base: str
    used: frozenset[str]
    code: str
    now: int
    trouble: str = ""
    drift: Drifted = "unasked"
    said: str = ""

    @property
    def newest(self) -> Version | None:
        return self.versions[-1] if self.versions else None


@dataclass(frozen=True)
class Wish:
    """A person wants a training now; of the newest version, or of ``dataset``. ``nonce`` is used once."""

    reason: str
    nonce: str
    dataset: str = ""


@dataclass(frozen=True)
class Begin:
    """Take these versions as known: the loop is responsible for what comes after them."""

    versions: tuple[str, ...]


@dataclass(frozen=True)
class Start:
    """Train on ``dataset``, which handles ``versions``."""

    cause: Cause
    trigger: str
    dataset: str
    versions: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Held:
    """Nothing is to be started; each sentence says why not. ``unknown``: something that is needed is not known."""

    reasons: tuple[str, ...]
    unknown: bool = False


def next_retraining(
    terms: Retraining, journal: Journal, sight: Sight, wish: Wish | None = None
) -> Begin | Start | Held:
    """What to do about the data, once. Pure: the same answer to whoever looks at the same moment."""
    if not journal.events:
        return Begin(_before(sight))
    if not sight.base:
        return Held((sight.trouble,), unknown=True)
    full = _full(terms, journal)
    if wish is not None:
        return full or _wished(journal, sight, wish)
    reasons = [full, _cooling(terms, journal, sight)]
    held = [each for each in reasons if each]
    found = [_versions(terms, journal, sight), *_drift(terms, journal, sight), *_schedule(terms, journal, sight)]
    start = next((each for each in found if isinstance(each, Start)), None)
    if start is None:
        told = [each for each in found if isinstance(each, Held)]
        return Held(tuple(said for each in told for said in each.reasons), any(each.unknown for each in told))
    if held:
        return Held((f"{start.reason}: it waits", *(said for each in held for said in each.reasons)))
    return start


def pending(journal: Journal, sight: Sight) -> list[Version]:
    """The versions that nothing was done about yet, oldest first."""
    return [version for version in sight.versions if version.id not in journal.handled]


def _before(sight: Sight) -> tuple[str, ...]:
    """All but the newest version, and that too if the base was trained on it: older ones are of before the loop."""
    known = [version.id for version in sight.versions]
    return tuple(known if known and known[-1] in sight.used else known[:-1])


def _full(terms: Retraining, journal: Journal) -> Held | None:
    count = len(in_flight(cycles(journal)))
    said = f"{_number(count, 'training')} in flight, and at most {terms.max_in_flight} may be (max_in_flight)"
    return Held((said,)) if count >= terms.max_in_flight else None


def _cooling(terms: Retraining, journal: Journal, sight: Sight) -> Held | None:
    if not journal.starts:
        return None
    left = journal.starts[-1].clock + terms.cool_down - sight.now
    return (
        Held((f"the last training was decided on too recently: {spelled(left)} left of cool_down",))
        if left > 0
        else None
    )


def _versions(terms: Retraining, journal: Journal, sight: Sight) -> Start | Held:
    new = pending(journal, sight)
    if not new:
        return Held(("no dataset version is new",))
    if not terms.min_new_rows:
        return _version(new if terms.versions == "newest" else new[:1])
    before = _reference(journal, sight)
    choices = [new] if terms.versions == "newest" else [new[: count + 1] for count in range(len(new))]
    for cover in choices:
        added = _added(cover[-1], before)
        if added is not None and added >= terms.min_new_rows:
            return _version(cover)
    return _few(terms, new[-1], before)


def _version(cover: Sequence[Version]) -> Start:
    newest = cover[-1]
    more = f", with {_number(len(cover) - 1, 'version')} before it" if len(cover) > 1 else ""
    ids = tuple(version.id for version in cover)
    return Start("version", f"version:{newest.id}", newest.id, ids, f"version {newest.version} is new{more}")


def _few(terms: Retraining, newest: Version, before: Version | None) -> Held:
    added = _added(newest, before)
    if added is None:
        lacking = newest if newest.rows is None else before
        name = f"version {lacking.version}" if lacking else "the data the base was trained on"
        return Held((f"how many rows are new is not known: {name} reports no single value 'rows'",), unknown=True)
    said = f"version {newest.version} has {_number(added, 'new row')}; at least {terms.min_new_rows:,} are needed"
    return Held((f"{said} (min_new_rows)",))


def _added(version: Version, before: Version | None) -> int | None:
    if version.rows is None or before is None or before.rows is None:
        return None
    return version.rows - before.rows


def _reference(journal: Journal, sight: Sight) -> Version | None:
    """The data that were trained on last: by this loop, else by the base."""
    last = {journal.starts[-1].dataset} if journal.starts else sight.used
    return next((version for version in reversed(sight.versions) if version.id in last), None)


def _drift(terms: Retraining, journal: Journal, sight: Sight) -> Iterator[Start | Held]:
    """A drifted model does not wait for more rows; but without other data training again would change nothing."""
    newest = sight.newest
    if not terms.on_drift or sight.drift in ("unasked", "steady"):
        return
    if sight.drift == "unknown":
        yield Held((f"whether the model has drifted is not known: {sight.said}",), unknown=True)
    elif newest is None or newest.id in journal.trained | sight.used:
        yield Held(("the model has drifted, but there are no newer data than it was trained on, or is",))
    else:
        ids = tuple(dict.fromkeys([*(each.id for each in pending(journal, sight)), newest.id]))
        yield Start("drift", f"drift:{sight.base}:{newest.id}", newest.id, ids, f"the model has drifted: {sight.said}")


def _schedule(terms: Retraining, journal: Journal, sight: Sight) -> Iterator[Start | Held]:
    newest = sight.newest
    if not terms.every or newest is None:
        return
    since = (journal.starts or journal.events)[-1].clock
    left = since + terms.every - sight.now
    if left > 0:
        yield Held((f"by the schedule the next training is due in {spelled(left)}",))
    elif any((event.dataset, event.code) == (newest.id, sight.code) for event in journal.starts):
        yield Held(("a training is due by the schedule, but neither code nor data changed since the last one",))
    else:
        ids = tuple(version.id for version in pending(journal, sight))
        slot = sight.now // terms.every
        yield Start("schedule", f"schedule:{slot}:{newest.id}", newest.id, ids, f"every {spelled(terms.every)}")


def _wished(journal: Journal, sight: Sight, wish: Wish) -> Start | Held:
    chosen = next((each for each in sight.versions if each.id == wish.dataset), None) if wish.dataset else sight.newest
    if chosen is None:
        return Held((f"there is no finished dataset version {wish.dataset}".rstrip(),))
    trigger = f"manual:{wish.nonce}"
    if any(event.trigger == trigger for event in journal.starts):
        return Held(("this very training was decided on already",))
    return Start("manual", trigger, chosen.id, tuple({chosen.id} - journal.handled), wish.reason)


def spelled(seconds: int) -> str:
    """About how long, in the largest unit that says it."""
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds // size} {name}"
    return f"{seconds} s"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
