"""The environment in which programs of the sandbox see its ClearML server and no other."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from gate.sandbox.home import Home

FOREIGN = ("CLEARML_", "TRAINS_", "GITHUB_", "GATE_", "GIT_")


def isolated(home: Home, environment: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings that lead elsewhere, plus ``environment``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return kept | dict(environment) | configured(home)


def configured(home: Home) -> dict[str, str]:
    """The variable that gives the SDK a configuration file of this sandbox's own.

    Without one it reads the person's ``clearml.conf``, which could redirect it. The reporting subprocess is off: it
    shares the script's connection, and a script that reports at once, or makes a dataset, can hang for ever.
    """
    path = home.folder / "clearml.conf"
    development = {"report_use_subprocess": False, "worker": {"report_period_sec": 1}}
    cache = {"default_base_dir": str(home.world / "cache")}
    text = json.dumps({"sdk": {"development": development, "storage": {"cache": cache}}}, indent=2)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return {"CLEARML_CONFIG_FILE": str(path)}
