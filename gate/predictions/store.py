"""Counts on disk under the content of what they were counted from: plain arrays and JSON, never pickles."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from gate.cache import whole
from gate.counts import Counts
from gate.late import numpy as np
from gate.observed import History
from gate.predictions.tally import VERSION

ARRAY = "array"
Kept = TypeVar("Kept", Counts, History)


def key_of(*parts: str) -> str:
    """The name of what was counted: contents, settings, and the version of the pass."""
    return hashlib.sha256(json.dumps([VERSION, *parts]).encode()).hexdigest()


def keep(folder: Path, key: str, counts: Counts | History) -> None:
    """Write whole or not at all."""
    arrays: dict[str, Any] = {}
    header = json.dumps(_packed(counts, arrays), ensure_ascii=False, allow_nan=False)
    with whole(folder / f"{key}.npz") as file:
        np.savez_compressed(file, header=np.frombuffer(header.encode(), dtype=np.uint8), **arrays)


def recall(folder: Path, key: str) -> Counts | None:
    """The counts of two tables that were kept, or None; a damaged file is removed, so that it is counted again."""
    return recall_as(Counts, folder, key)


def recall_as(kind: type[Kept], folder: Path, key: str) -> Kept | None:
    """The same of either kind of counts."""
    path = folder / f"{key}.npz"
    if not path.exists():
        return None
    try:
        os.utime(path)
        with np.load(path, allow_pickle=False) as kept:
            header = json.loads(kept["header"].tobytes())
            found: Kept = _unpacked(kind, header, lambda name: kept[name])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        path.unlink(missing_ok=True)
        return None
    return found


def _packed(value: Any, arrays: dict[str, Any]) -> Any:
    if isinstance(value, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {ARRAY: name}
    if is_dataclass(value):
        return {field.name: _packed(getattr(value, field.name), arrays) for field in fields(value)}
    if isinstance(value, Mapping):
        return [[name, _packed(each, arrays)] for name, each in value.items()]
    if isinstance(value, tuple):
        return [_packed(each, arrays) for each in value]
    return value


def _unpacked(kind: Any, value: Any, array: Callable[[str], Any]) -> Any:
    """Rebuild what a type annotation describes; anything that does not fit raises."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if value is None:
            return None
        return _unpacked(next(each for each in inner if each is not type(None)), value, array)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _unpacked(hints[name], each, array) for name, each in value.items()})  # type: ignore[operator]
    if origin is tuple:
        kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(_unpacked(each, item, array) for each, item in zip(kinds, value, strict=True))
    if origin in (dict, Mapping):
        return {name: _unpacked(inner[1], each, array) for name, each in value}
    if isinstance(value, dict):
        return array(value[ARRAY])
    return value
