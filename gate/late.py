"""numpy, scipy and duckdb at their first use: a gate without rules about rows neither loads nor needs them."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from threading import Thread
from typing import TYPE_CHECKING, Any

__all__ = [
    "PREDICTIONS",
    "REMEDY",
    "NotInstalled",
    "ahead",
    "alone",
    "duckdb",
    "lacking",
    "numpy",
    "numpy_typing",
    "scipy",
]

PREDICTIONS = ("duckdb", "numpy", "scipy")  # what counting predictions and judging the counts takes
REMEDY = "pip install 'promotion-gate[predictions]'"
TURN = 0.0005  # seconds that one thread has the interpreter while another waits; usually ten times as many


class NotInstalled(ModuleNotFoundError):
    """A package is asked for that this installation went without; the message has the remedy."""

    def __init__(self, package: str) -> None:
        super().__init__(f"this needs {package}, which is not installed here: {REMEDY}", name=package)


def lacking(*packages: str) -> list[str]:
    """Those of the packages that are not installed. Loads none of them."""
    return [package for package in packages if find_spec(package) is None]


def alone() -> None:
    """Said first in a process that is the gate's own, which counts and does no linear algebra: the threads that NumPy
    makes for it (OpenBLAS) would spin for a tenth of a second while there is work for every processor. And who waits
    to begin a query gets a turn soon, while another thread loads packages.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.setswitchinterval(TURN)


def ahead(*packages: str) -> None:
    """Begin to load what will be needed soon, beside what comes first."""

    def load() -> None:
        with suppress(ModuleNotFoundError):  # whoever uses it says so, with the remedy
            for package in packages:
                import_module(package)

    Thread(target=load, name=f"load {packages[0]}", daemon=True).start()


if TYPE_CHECKING:
    import duckdb as duckdb
    import numpy as numpy
    import numpy.typing as numpy_typing
    import scipy as scipy
else:

    class Late:
        """Stands for a package until something of it is asked for; what was asked for is kept."""

        def __init__(self, package: str) -> None:
            self._package = package

        def __getattr__(self, name: str) -> Any:
            try:
                found = getattr(import_module(self._package), name)
            except ModuleNotFoundError as error:
                if error.name == self._package.partition(".")[0]:
                    raise NotInstalled(error.name) from error
                raise
            setattr(self, name, found)
            return found

    duckdb, numpy, numpy_typing, scipy = map(Late, ("duckdb", "numpy", "numpy.typing", "scipy"))
