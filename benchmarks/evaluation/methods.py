"""Every method that is measured: what the table calls it, the function that is it, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """``work`` is MODULE.FUNCTION of this package, ``shape`` what it reads: the wide table, or two joined by id.

    A ``floor`` only reads; ``large`` methods also run over the large tables; ``needs`` is an option of the command.
    """

    name: str
    work: str
    shape: str
    floor: bool = False
    large: bool = False
    needs: str = ""

    @property
    def ours(self) -> bool:
        return self.work.startswith("ours.")


CLASSES_WIDE = Method("ours: classes", "ours.classes_wide", "wide", large=True)
CLASSES_JOINED = Method("ours: classes, joined by id", "ours.classes_joined", "joined", large=True)
ON_STRINGS = Method("scikit-learn, scores on strings", "scikit.scores_on_strings", "wide")
ON_NUMBERS = Method("scikit-learn, scores on numbers", "scikit.scores_on_numbers", "wide", large=True)
METHODS = (
    Method("reading: pyarrow", "reading.arrow_wide", "wide", floor=True, large=True),
    Method("reading: DuckDB", "reading.duckdb_wide", "wide", floor=True, large=True),
    CLASSES_WIDE,
    Method("ours: everything", "ours.everything_wide", "wide", large=True),
    Method("Polars", "frames.polars_wide", "wide", large=True),
    Method("pandas", "frames.pandas_wide", "wide", large=True),
    ON_NUMBERS,
    ON_STRINGS,
    Method("scikit-learn, report on strings", "scikit.report_on_strings", "wide"),
    Method("Evidently, quality by label", "evidently_presets.by_label", "wide", needs="peers"),
    Method("Evidently, classification", "evidently_presets.classification", "wide", needs="peers"),
    Method("reading both: pyarrow", "reading.arrow_joined", "joined", floor=True, large=True),
    Method("reading both: DuckDB", "reading.duckdb_joined", "joined", floor=True, large=True),
    CLASSES_JOINED,
    Method("ours: everything, joined by id", "ours.everything_joined", "joined", large=True),
    Method("Polars, joined by id", "frames.polars_joined", "joined", large=True),
    Method("pandas, joined by id", "frames.pandas_joined", "joined", large=True),
    Method("ours: everything on Spark", "spark.everything_joined", "joined", needs="spark"),
)
OURS = {"wide": CLASSES_WIDE, "joined": CLASSES_JOINED}
