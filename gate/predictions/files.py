"""What lies on disk where predictions should: recognised by its first and last bytes, never opened as anything else."""

from __future__ import annotations

from pathlib import Path

from gate.predictions.table import UnusablePredictions

MAGIC = b"PAR1"
SMALLEST = 12  # bytes: the magic twice, and the length of the footer
BEGINNINGS = {
    b"\x80": "a Python pickle, which is never opened",
    b"PK\x03\x04": "a ZIP archive, such as .npz or .xlsx",
    b"\x1f\x8b": "compressed with gzip, as ClearML keeps a DataFrame that is given to upload_artifact",
    b"ARROW1": "an Arrow file",
    b"PARE": "encrypted Parquet",
    b"\x93NUMPY": "a NumPy array",
}


def files_at(path: Path) -> list[Path]:
    """The file, whether it is there or not, or the Parquet files of the folder, in the order of their names.

    Raises:
        UnusablePredictions: the folder has no Parquet file.
    """
    if not path.is_dir():
        return [path]
    if found := sorted(path.glob("*.parquet")):
        return found
    raise UnusablePredictions(f"the folder {path} has no file *.parquet")


def check_parquet(path: Path, who: str) -> None:
    """Parquet begins and ends with the same four letters; a pickle, a CSV or a cut file does not.

    Raises:
        UnusablePredictions: saying what the file seems to be.
    """
    if path.is_dir():
        raise UnusablePredictions(f"{who} are a folder: {path}")
    try:
        first, last = _ends(path)
    except OSError as error:
        raise UnusablePredictions(f"{who} cannot be opened: {error.strerror}: {path}") from error
    if not first:
        raise UnusablePredictions(f"{who} are an empty file")
    if not first.startswith(MAGIC):
        raise UnusablePredictions(
            f"{who} are not Parquet: the file begins with {first[:4]!r}, not PAR1{_resembling(first)}"
        )
    if last != MAGIC or path.stat().st_size < SMALLEST:
        raise UnusablePredictions(f"{who} were cut short: the file does not end as Parquet does")


def _ends(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        first = file.read(64)
        file.seek(max(0, path.stat().st_size - len(MAGIC)))
        return first, file.read(len(MAGIC))


def _resembling(first: bytes) -> str:
    known = [said for beginning, said in BEGINNINGS.items() if first.startswith(beginning)]
    if not known and first.isascii() and all(byte >= 32 or byte in b"\t\r\n" for byte in first):
        known = ["text, such as CSV"]
    return f" ({known[0]})" if known else ""
