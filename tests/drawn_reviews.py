"""Reviews as tests draw them: one for every answer a verdict can give, and hostile and very large ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from gate.counts import Counts, Pairs, Triples, from_triples
from gate.evidence import Evidence, Run, Scalar
from gate.ledger import Ledger, Model, Override, Scope
from gate.policy import Policy, judge
from gate.ports import Pull
from gate.predictions.compare import Settings
from gate.report import Links
from gate.review import Review
from gate.rules import ClassesRule, CompareRule, DriftRule, FlipsRule, MetricRule, Rule
from gate.selection import Choice, Wanted
from gate.standing import best_finding, candidate_finding
from tests.evidence import confident, margin
from tests.records import chain

COMMIT, BASE = "c0ffee" + "0" * 34, "ba5e" + "0" * 36
AT = "2026-03-04T05:06:07.000008+00:00"
HOSTILE = "](javascript:x) @everyone <img> --> %0A::error::"
AIRPORTS = ("ATL", "BOS", "CLT", "DEN", "LAX", "MIA", "ORD", "SFO")
LINKS = Links(
    "https://gate.example/review?pr=7",
    "https://github.example/skyline/flights/actions/runs/12",
    {"new": "https://clearml.example/new", "old": "https://clearml.example/old"},
)
PULL = Pull(
    7, "Look at both eyes", "mira", 3, COMMIT, "main", BASE, True, False, "https://github.example/pull/7", AT, ()
)
LENIENT: tuple[Rule, ...] = (
    MetricRule("test/accuracy", "max", margin("1pp")),
    CompareRule("accuracy", margin("1pp")),
    ClassesRule(max_regressed=1),
    FlipsRule(max_nfr=0.2),
)
STRICT: tuple[Rule, ...] = (
    MetricRule("test/accuracy", "max", margin("0.1pp")),
    CompareRule("accuracy", margin("0.1pp")),
    ClassesRule(max_regressed=0),
    FlipsRule(max_nfr=0.01, level="warn"),
    DriftRule(max_class_shift=0.01),
)


def pairs_of(counts: Counts) -> Counts:
    """With the confusions by name, as they are counted from tables."""
    rows = counts.triples
    assert rows is not None
    size, columns = len(counts.labels), (rows.best, rows.candidate)
    keys = np.unique(np.concatenate([(rows.truth * size + column)[rows.truth != column] for column in columns]))
    sums = [
        np.bincount(np.searchsorted(keys, (rows.truth * size + column)[wrong]), rows.count[wrong], len(keys))
        for column in columns
        for wrong in [rows.truth != column]
    ]
    return replace(counts, pairs=Pairs(keys // size, keys % size, *sums))


def airports(names: Sequence[str] = AIRPORTS, worse: int = 1, better: int = 5, lost: int = 40) -> Counts:
    """For each class 100 rows and more; ``lost`` of class ``worse`` go to the next class, as many are won elsewhere."""
    rows = []
    for truth in range(len(names)):
        other, extra = (truth + 1) % len(names), 10 * (truth % 7)
        rows += [(truth, truth, truth, 100 + extra), (truth, other, other, 9), (truth, other, truth, 2)]
        rows += [(truth, truth, other, lost)] * (truth == worse) + [(truth, other, truth, 60)] * (truth == better)
    truth, best, candidate, count = np.array(rows).T
    counts = from_triples(names, Triples(truth, best, candidate, count.astype(np.float64)))
    return confident(pairs_of(counts), best=800, candidate=780)


def run(ident: str, accuracy: float, **more: object) -> Run:
    scalars = {"test/accuracy": Scalar(accuracy, accuracy, accuracy)}
    plain = Run(ident, "train", "Flights", "completed", COMMIT, "https://github.example/skyline/flights.git")
    return replace(plain, scalars=scalars, **more)  # type: ignore[arg-type]


OLD = run(
    "old", 0.9, commit="0" * 40, owner="anna", completed="2026-01-01T00:00:00Z", datasets={"train": "d" * 32},
    parameters={"Args/trees": "50", "Args/seed": "1", "Args/api_key": "hush"},
)  # fmt: skip
NEW = run(
    "new", 0.93, owner="mira", completed="2026-03-01T00:00:00Z", datasets={"train": "e" * 32},
    parameters={"Args/trees": "80", "Args/seed": "1", "Args/api_key": "hush hush"},
)  # fmt: skip


def review(
    counts: Counts | None = None,
    rules: tuple[Rule, ...] = LENIENT,
    new: Run | None = NEW,
    holders: tuple[Run, ...] = (OLD,),
    ledger: Ledger | None = None,
    pull: Pull | None = PULL,
    name: str = "flights",
) -> Review:
    """A candidate against the best, judged."""
    best = holders[0] if len(holders) == 1 else None
    known_counts = counts if best is not None and new is not None else None
    why = "there is no candidate" if new is None else "there is no best to be compared with"
    evidence = Evidence(new, best, known_counts, why)
    known = Ledger() if ledger is None else ledger
    choice, policy = Choice(new), Policy(rules, "gate.toml on main", "f" * 64)
    standing = (
        candidate_finding(choice, Wanted(COMMIT, "Flights", "train", ())),
        best_finding(holders, known, "best", True, "main", AT),
    )
    verdict = judge(evidence, policy, standing)
    place = Scope("127.0.0.1:8008", "Flights", "train", "best")
    frozen = (choice, evidence, holders, known, verdict, Settings())
    return Review(name, place, "skyline/flights", policy, "main", BASE, COMMIT, pull, *frozen, at=AT)


def overridden() -> Review:
    """A person approved what the rules refuse: the candidate is the best of the ledger."""
    reason = "ATL closes for a month: BOS can wait"
    model = Model("new", COMMIT, 7, Override(reason, "noor", "2026-06-01T00:00:00+00:00"))
    records = tuple(chain("bootstrap", "override", candidate=model))
    ended = tuple(chain("promoted", start=3, previous=records[-1].hash, candidate=model, best=model))
    return review(airports(lost=90), STRICT, holders=(NEW,), ledger=Ledger((*records, *ended)))


VERDICTS: Mapping[str, Callable[[], Review]] = {
    "passed": lambda: review(airports(lost=3)),
    "review": lambda: review(airports(lost=3), holders=()),
    "unknown": lambda: review(None, new=None),
    "failed": lambda: review(airports(lost=90), STRICT, replace(NEW, scalars=OLD.scalars)),
    "conflict": lambda: review(airports(), holders=(OLD, replace(OLD, id="third"))),
    "override": overridden,
    "no pull request": lambda: review(airports(lost=3), pull=None),
}


def hostile(text: str = HOSTILE) -> Review:
    """Everything that others name is named so."""
    names = tuple(f"{text}{place}" for place in range(4))
    new = replace(
        NEW, id=text, name=text, owner=text, project=text, parameters={text: text}, datasets={text: text},
        scalars={text: Scalar(0.5, 0.5, 0.5)},
    )  # fmt: skip
    rules = (MetricRule(text, "max", margin("1pp")), *STRICT, CompareRule(f"f1[{names[1]}]", margin("1pp")))
    pull = replace(PULL, title=text, author=text, url=f"javascript:{text}")
    found = review(airports(names, lost=90, better=3), rules, new, (replace(OLD, id=text + "old"),), pull=pull)
    override = Override(text, text, text)
    ledger = Ledger(tuple(chain("override", candidate=Model(text, COMMIT, 7, override))))
    return replace(found, name=text, ledger=ledger, policy=replace(found.policy, source=text))


def large(classes: int = 5_000, rules: int = 40, name: str = "a class of flights & <others> {}") -> Review:
    """Many classes, many rules, and long names in need of escaping."""
    names = tuple(name.format(place) for place in range(classes))
    metrics = [f"{name.format(place)}/accuracy" for place in range(rules - len(STRICT))]
    new, old = (
        replace(one, scalars={**one.scalars, **dict.fromkeys(metrics, Scalar(0.5, 0.5, 0.5))}) for one in (NEW, OLD)
    )
    new = replace(new, parameters={f"Args/{each}": "x" * 300 for each in names})
    each = tuple(MetricRule(metric, "max", min=0.6) for metric in metrics)
    return review(airports(names, lost=90), (*STRICT, *each), new, (old,))
