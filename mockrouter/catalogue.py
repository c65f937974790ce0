"""Where the scenarios are that come with the product."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """
    Find the catalogue: inside an installed package, beside it in a checkout.

    Raises:
        FileNotFoundError: The installation is broken.
    """
    here = Path(__file__).resolve().parent
    for place in (here / "scenarios", here.parent / "scenarios"):
        if (place / "auto.yaml").is_file():
            return place
    message = f"the scenarios of mockrouter are missing beside {here}"
    raise FileNotFoundError(message)
