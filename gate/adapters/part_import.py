"""Load some modules of a large package without the rest of it."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec, module_from_spec


def load_alone(package: str, *parts: str) -> None:
    """Load the parts (``"config"`` for ``package.config``), but do not run the package's own ``__init__``.

    Later imports of the parts find them loaded; ``import package`` loads the whole as ever, around them. A package that
    is loaded, that is not installed, or whose parts need the whole is left for the import that follows, which then
    loads the whole, or says what is wrong with it.
    """
    spec = None if package in sys.modules else find_spec(package)
    if spec is None:
        return
    sys.modules[package] = module_from_spec(spec)
    try:
        with suppress(ImportError):
            for part in parts:
                import_module(f"{package}.{part}")
    finally:
        del sys.modules[package]
