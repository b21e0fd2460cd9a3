"""Two tables joined by id, and what the join itself proves of the ids."""

from __future__ import annotations

from collections.abc import Iterable

from gate.predictions.couple import Couple
from gate.predictions.table import Engine, Table, UnusablePredictions, repeats

BOTH = "best IS NOT NULL AND candidate IS NOT NULL"


def joined(engine: Engine, couple: Couple, sizes: tuple[int, int]) -> tuple[str, int]:
    """The relation of rows with the same id, and how many there are.

    The join holds the rows of either table alone too. Where it has no such rows, and each table as often as the table
    has rows, every id occurs once; the ids themselves are looked at only where it does not prove that. It ends at the
    first row too many, for one id that stands in a tenth of all rows would make it as long as their square.

    Raises:
        UnusablePredictions: an id occurs twice in a table, or its truth differs between the tables.
    """
    tables, stop = (couple.best, couple.candidate), engine.words.get("stop after", "")
    if not stop:
        refuse_repeats(engine, tables)
    engine.define("joined_rows", couple.joined() + stop.format(rows=sum(sizes) + 1), keep=True)
    differing = f"count(*) FILTER (WHERE {BOTH} AND differs)" if couple.both_labelled else "0"
    sums = f"count(best) AS b, count(candidate) AS c, count(*) FILTER (WHERE {BOTH}) AS both_, {differing} AS d"
    found = engine.rows(f"SELECT {sums} FROM joined_rows")
    best, candidate, both, changed = (int(found[name][0]) for name in ("b", "c", "both_", "d"))
    if stop and (best, candidate, both, both) != (*sizes, *sizes):
        refuse_repeats(engine, tables)
    if (best, candidate) != sizes:
        raise UnusablePredictions("the predictions changed while they were read")
    if changed:
        raise UnusablePredictions(f"{changed:,} ids have another y_true in the two tables: the test set changed")
    if (both, both) == sizes:
        return "joined_rows", both
    engine.define("paired_rows", f"SELECT * FROM joined_rows WHERE {BOTH}", keep=False)
    return "paired_rows", both


def refuse_repeats(engine: Engine, tables: Iterable[Table]) -> None:
    """Raise `UnusablePredictions` if an id occurs more than once in a table."""
    if found := [problem.said for table in tables for problem in repeats(engine, table)]:
        raise UnusablePredictions(*found)
