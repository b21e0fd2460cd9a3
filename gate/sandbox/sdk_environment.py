"""The environment in which programs of the sandbox see its ClearML server and no other."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from gate.sandbox.home import Home

FOREIGN = ("CLEARML_", "TRAINS_", "GITHUB_", "GATE_", "GIT_")


def isolated(home: Home, environment: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings that lead elsewhere, plus ``environment``.

    The SDK is also given a configuration file of its own, because without one it reads the person's ``clearml.conf``,
    which could redirect it.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return kept | dict(environment) | {"CLEARML_CONFIG_FILE": str(_configuration(home))}


def _configuration(home: Home) -> Path:
    """The reporting subprocess is off: a script that reports at once can hang in it when it closes."""
    path = home.folder / "clearml.conf"
    development = {"report_use_subprocess": False, "worker": {"report_period_sec": 1}}
    cache = {"default_base_dir": str(home.world / "cache")}
    path.write_text(json.dumps({"sdk": {"development": development, "storage": {"cache": cache}}}, indent=2))
    return path
