"""pytest's plugin for one mutation, named by the environment: its module is imported with the edits."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from hypothesis import Phase, settings

from benchmarks.promotion.mutations import MUTATIONS, NAMED

MUTATION = MUTATIONS[os.environ[NAMED]]


class Editor(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        return compile(MUTATION.applied(Path(self.path).read_text(encoding="utf-8")), self.path, "exec")


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        found = importlib.machinery.PathFinder.find_spec(fullname, path) if fullname == MUTATION.module else None
        return spec_from_loader(fullname, Editor(fullname, found.origin)) if found and found.origin else None


assert MUTATION.module not in sys.modules, f"{MUTATION.module} was imported too early"
sys.meta_path.insert(0, Finder())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A failure is all that is asked for: no smaller one is looked for."""
    for item in items:
        machine = getattr(item, "cls", None)
        if hasattr(machine, "settings"):
            machine.settings = settings(machine.settings, phases=[Phase.generate], database=None)
