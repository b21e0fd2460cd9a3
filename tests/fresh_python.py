"""A virtual environment as a newcomer makes it, that sees the packages installed for the tests."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path


def fresh_python(folder: Path, *more: Path) -> Path:
    """Make the environment in ``folder`` and answer its interpreter; ``more`` are further folders it imports from."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60)
    places = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *map(str, more)])
    (packages,) = (folder / "lib").glob("python*/site-packages")
    # As a site folder, so that what is installed there as editable is seen too.
    lines = [f"import site; site.addsitedir({place!r})\n" for place in places]
    (packages / "tests.pth").write_text("".join(lines))
    return folder / "bin" / "python"
