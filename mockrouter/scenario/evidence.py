"""Where a failure was met: ``evidence``, in the words ``owner/repository#number``."""

from __future__ import annotations

import re
from typing import Final

_FULL: Final = re.compile(r"([\w.-]+/[\w.-]+)#([0-9]+)")


def address(evidence: str) -> str:
    """Find the page of an issue or a pull request; empty where the owner is not named."""
    found = _FULL.fullmatch(evidence)
    # GitHub leads on to the pull request where the number is one's.
    return f"https://github.com/{found[1]}/issues/{found[2]}" if found else ""
