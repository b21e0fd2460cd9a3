"""What is counted of a relation, each count written once, in DuckDB's SQL; other engines get it translated."""

from __future__ import annotations

from collections.abc import Sequence

from gate.predictions.relation import Relation

VERSION = 3  # of what is counted and how; part of the key under which counts are kept
PAIRS_PER_CLASS = 5
PAIRS_MOST_CHANGED = 500
TOTALS_OF_LABEL = {
    "truth": {
        "support_best": "best IS NOT NULL",
        "support_candidate": "candidate IS NOT NULL",
        "hits_best": "best = truth",
        "hits_candidate": "candidate = truth",
        "hits_both": "best = truth AND candidate = truth",
    },
    "best": {
        "claims_best": "truth IS NOT NULL",
        "predicted_best": "",
        "false_both": "candidate = best AND best <> truth",
    },
    "candidate": {"claims_candidate": "truth IS NOT NULL", "predicted_candidate": ""},
}
CLASSES = "class_totals"  # the name under which the first tally is kept
CLASS_TOTALS = tuple(name for wanted in TOTALS_OF_LABEL.values() for name in wanted)


def total(relation: Relation, condition: str = "") -> str:
    """Rows, or their weights as whole numbers of the weight unit (as text: they may exceed 64 bits)."""
    where = f" FILTER (WHERE {condition})" if condition else ""
    return f"CAST(coalesce(sum(n){where}, 0) AS VARCHAR)" if relation.has("n") else f"count(*){where}"


def per_class(relation: Relation, key: str = "") -> str:
    """Up to three rows per class, to be added up: `CLASS_TOTALS`, and ``part`` where a key divides the rows."""
    return " UNION ALL ".join(_of_label(relation, label, key) for label in TOTALS_OF_LABEL if relation.has(label))


def _of_label(relation: Relation, label: str, key: str) -> str:
    wanted, nothing = TOTALS_OF_LABEL[label], "'0'" if relation.has("n") else "0"
    counted = {name: total(relation, condition) for name, condition in wanted.items() if _can_hold(relation, condition)}
    totals = ", ".join(f"{counted.get(name, nothing)} AS {name}" for name in CLASS_TOTALS)
    part, group = _keyed(key)
    return (
        f"SELECT {part}CAST({label} AS VARCHAR) AS label, {totals} "
        f"FROM {relation.name} WHERE {label} IS NOT NULL GROUP BY {group}{label}"
    )


def _can_hold(relation: Relation, condition: str) -> bool:
    """Not where it speaks of a label that is NULL in all rows; to ask in each costs a third of the pass."""
    return all(relation.has(label) for label in TOTALS_OF_LABEL if label in condition)


def _keyed(key: str) -> tuple[str, str]:
    return (f"{key} AS part, ", f"{key}, ") if key else ("", "")


def changed(relation: Relation) -> str:
    """Rows with a truth that the two models predict differently."""
    return f"SELECT {total(relation, 'best <> candidate AND truth IS NOT NULL')} AS changed FROM {relation.name}"


def triples(relation: Relation) -> str:
    """Every distinct (truth, best, candidate) of paired rows that have a truth."""
    columns = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" for name in ("truth", "best", "candidate"))
    return (
        f"SELECT {columns}, {total(relation)} AS n_ FROM {relation.name} "
        "WHERE truth IS NOT NULL GROUP BY truth, best, candidate"
    )


def per_block(relation: Relation, blocks: int, label: str, names: Sequence[str]) -> str:
    """These totals of a label within random parts of the rows, classes as numbers. Rows of one group share a part."""
    numbers = [number for number in ("g", "h") if relation.has(number)]
    key = f"(coalesce({', '.join(numbers)}) % {blocks})"
    totals = ", ".join(f"{total(relation, TOTALS_OF_LABEL[label][name])} AS {name}" for name in names)
    found = f"SELECT {key} AS part, {label} AS label, {totals} FROM {relation.name} GROUP BY {key}, {label}"
    labels = f"SELECT DISTINCT label FROM {CLASSES}"
    numbered = f"SELECT label, row_number() OVER (ORDER BY label) - 1 AS code FROM ({labels}) AS labels"
    listed = ", ".join(f"t.{name}" for name in ("part", *names))
    return f"SELECT {listed}, l.code FROM ({found}) AS t JOIN ({numbered}) AS l ON CAST(t.label AS VARCHAR) = l.label"


def pairs(relation: Relation) -> str:
    """Confusions: the most frequent of each class, and those that changed most; ``found`` counts all there are."""
    sides = " UNION ALL ".join(_confusions(relation, model) for model in ("best", "candidate"))
    return (
        "SELECT CAST(truth AS VARCHAR) AS truth, CAST(predicted AS VARCHAR) AS predicted, "
        "CAST(b AS VARCHAR) AS best, CAST(c AS VARCHAR) AS candidate, found FROM ("
        "SELECT truth, predicted, b, c, count(*) OVER () AS found, "
        f"row_number() OVER (PARTITION BY truth ORDER BY greatest(b, c) DESC, truth, predicted) AS place, "
        f"row_number() OVER (ORDER BY abs(c - b) DESC, truth, predicted) AS change FROM ("
        f"SELECT truth, predicted, sum(b) AS b, sum(c) AS c FROM ({sides}) AS sides GROUP BY truth, predicted"
        f") AS confusions) AS ranked WHERE place <= {PAIRS_PER_CLASS} OR change <= {PAIRS_MOST_CHANGED}"
    )


def _confusions(relation: Relation, model: str) -> str:
    rows = "sum(n)" if relation.has("n") else "count(*)"
    b, c = (rows if model == side else "0" for side in ("best", "candidate"))
    return (
        f"SELECT truth, {model} AS predicted, {b} AS b, {c} AS c "
        f"FROM {relation.name} WHERE {model} <> truth GROUP BY truth, {model}"
    )


def confidence(relation: Relation, model: str, key: str = "") -> str:
    """How often each confidence occurs where the model is wrong (0), right (1), or nobody knows (2).

    Rows without a confidence are in the answer too, with an empty bin: a condition would have each bin computed twice.
    """
    known = f"CASE WHEN truth IS NULL THEN 2 WHEN {model} = truth THEN 1 ELSE 0 END"
    kind, by_kind = (known, f"{known}, ") if relation.has("truth") else ("2", "")
    part, group = _keyed(key)
    bin_ = f"conf_{model}"
    return (
        f"SELECT {part}{kind} AS kind, {bin_} AS bin, {total(relation)} AS n_ "
        f"FROM {relation.name} GROUP BY {group}{by_kind}{bin_}"
    )


def top(relation: Relation, model: str) -> str:
    """How often the truth stands at each place of the model's ranking; place 0 is not in it."""
    return (
        f"SELECT rank_{model} AS place, {total(relation)} AS n_ FROM {relation.name} "
        f"WHERE {model} IS NOT NULL AND truth IS NOT NULL AND rank_{model} IS NOT NULL GROUP BY rank_{model}"
    )


def span(relation: Relation) -> str:
    """The first and the last second."""
    return f"SELECT min(seconds) AS first_, max(seconds) AS last_ FROM {relation.name}"


def stretch(seconds: int) -> str:
    """The key that numbers the stretches of time, of so many seconds, since 1970."""
    return f"CAST(floor(CAST(seconds AS DOUBLE) / {seconds}) AS BIGINT)"


def over_time(relation: Relation, key: str) -> str:
    """Per stretch of time and model: rows, those with a truth, and those where the model was right."""
    conditions = {"rows": "{} IS NOT NULL", "labelled": "{} IS NOT NULL AND truth IS NOT NULL", "right": "{} = truth"}
    totals = ", ".join(
        f"{total(relation, condition.format(model))} AS {name}_{model}"
        for model in ("best", "candidate")
        for name, condition in conditions.items()
    )
    return f"SELECT {key} AS part, {totals} FROM {relation.name} WHERE seconds IS NOT NULL GROUP BY {key}"


def values(relation: Relation, column: str, most: int) -> str:
    """The most frequent values of a slice column."""
    return (
        f"SELECT {column} AS value_, count(*) AS n_ FROM {relation.name} WHERE {column} IS NOT NULL "
        f"GROUP BY {column} ORDER BY n_ DESC, value_ LIMIT {most}"
    )


def fingerprint(relation: Relation) -> str:
    """Per class a sum over the hashes of its rows: the same for the same rows in any order."""
    return (
        "SELECT CAST(truth AS VARCHAR) AS label, CAST(sum(h) AS VARCHAR) AS hashes, count(*) AS n_ "
        f"FROM {relation.name} GROUP BY truth"
    )
