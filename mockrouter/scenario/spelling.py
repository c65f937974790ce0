"""Names that are near to one that nothing has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def near(name: str, names: Iterable[str]) -> list[str]:
    """List names that look alike, the likest first, then those of that name in a folder."""
    known = list(dict.fromkeys(names))
    found = difflib.get_close_matches(name, known, 3)
    return [*found, *(each for each in known if each.endswith(f"/{name}") and each not in found)]
