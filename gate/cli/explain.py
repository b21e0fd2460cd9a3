"""The work of `gate explain`: a policy in plain sentences, without asking any service."""

from __future__ import annotations

import json
from pathlib import Path

from gate.cli.output import write


def explain(file: Path) -> int:
    """Raises `ConfigError` with every mistake of the policy."""
    from gate.config import explained, parse

    write(explained(parse(_text(file), str(file)), str(file)))
    return 0


def schema() -> int:
    """What an editor needs to know of the language."""
    from gate.config import json_schema

    write(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")
    return 0


def _text(file: Path) -> str:
    from gate.config import ConfigError

    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{file}: there is no such file; `gate init` writes one") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8, as TOML is (byte {error.start:,})") from error
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
