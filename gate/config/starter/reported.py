"""What the run reported, as rules: metrics and their learning curve."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gate.config.starter import guess
from gate.config.starter.blocks import block, lines, nameable, toml
from gate.config.starter.seen import Seen

METRIC, CURVE = "test/accuracy", "learning/loss"  # where no run was looked at
RULED, LISTED = 3, 20  # metrics that get a rule, and further ones that are named


def metrics(seen: Seen | None) -> Iterator[str]:
    names = [name for name in guess.worth_a_rule(seen.run.scalars) if nameable(name)] if seen else []
    for name in names[:RULED]:
        yield _metric(name, seen)
    if not names:
        yield _metric(METRIC, None)
    if len(names) > RULED:
        more = names[RULED : RULED + LISTED]
        rest = f" and {len(names) - RULED - len(more):,} more" if len(names) > RULED + len(more) else ""
        yield "# Also reported, and each worth such a rule:\n" + "\n".join(f"#   {name}" for name in more) + rest


def _metric(name: str, seen: Seen | None) -> str:
    way = guess.direction(name)
    last = seen.run.scalars[name].last if seen else math.nan
    known = math.isfinite(last)
    floor, key = (last * 0.95, "min") if way == "max" else (last * 1.05, "max")
    side = "larger" if way == "max" else "smaller"
    was = f"; it was {last:.6g} in this run" if known else ""
    return lines(
        f"# Better when {side}: that was guessed from its name{was}.",
        "[[rule]]",
        'kind = "metric"',
        f"metric = {toml(name)}",
        f"direction = {toml(way)}",
        f"allowed_loss = {toml(guess.allowed_loss(last if known else 0.5, way))}",
        f"#{key} = {floor if known else 0.5:.3g}  # what it must reach at all, whatever the best has",
    )


def curve(seen: Seen | None) -> str:
    name = guess.learning_curve(seen.run.scalars) if seen else None
    usable = name is not None and nameable(name)
    return block(
        "# Did it converge?",
        "[[rule]]",
        'kind = "curve"',
        f"metric = {toml(name if name is not None and usable else CURVE)}",
        'direction = "min"',
        'level = "warn"  # a failure asks a person; "block" fails the verdict, "info" only tells',
        on=usable,
    )
