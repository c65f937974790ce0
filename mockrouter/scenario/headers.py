"""Headers that an author writes: what HTTP can carry, with names in lower case as everywhere."""

from __future__ import annotations

import re
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"(?!\s)[^\r\n\0]*(?<!\s)")


def _carried(headers: dict[str, str]) -> dict[str, str]:
    """
    Check headers before a server does, which would drop the connection.

    Raises:
        ValueError: A name is no token or stands twice, or a value is not one line.
    """
    carried: dict[str, str] = {}
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            message = f"'{name}' is no header's name; write letters, digits and hyphens"
        elif not _VALUE.fullmatch(value):
            message = f"the header '{name}' is not one line; leave line breaks and outer blanks out"
        elif name.lower() in carried:
            message = f"the header '{name}' stands twice, in other letters; keep one"
        else:
            carried[name.lower()] = value
            continue
        raise ValueError(message)
    return carried


HeaderMap: TypeAlias = Annotated[dict[str, str], AfterValidator(_carried)]
"""Headers by name."""
