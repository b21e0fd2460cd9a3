"""Where the dashboard lies: beside the package in a checkout, or where the installed package has put it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import gate

PACKAGE = "promotion-gate"
PLACE = "share/promotion-gate/app.py"  # below the prefix of the installation


def launcher() -> Path | None:
    """The launcher `app.py`, for `streamlit run`; its pages and its configuration lie beside it."""
    checkout = Path(gate.__file__).parents[1] / "app.py"
    if (checkout.parent / "pages" / "_frame.py").is_file():
        return checkout
    try:
        installed = files(PACKAGE) or []
    except PackageNotFoundError:
        return None
    found = [Path(str(file.locate())).resolve() for file in installed if str(file).endswith(PLACE)]
    return next((file for file in found if file.is_file()), None)
