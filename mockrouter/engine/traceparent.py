"""
Whose trace a request belongs to, as its ``traceparent`` says.

Read when somebody asks, from the headers that an exchange keeps anyway.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

HEADER = "traceparent"

_VERSIONED = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})"
    r"-(?!0{16})(?P<parent>[0-9a-f]{16})-[0-9a-f]{2}(?P<more>-.*)?"
)
_FIRST = "00"


class TraceParent(NamedTuple):
    """
    The caller's place in its trace.

    Attributes:
        trace_id: 32 hexadecimal digits; empty where there is no trace.

        parent_id: 16 of them: the caller's span.
    """

    trace_id: str
    parent_id: str


NO_PARENT = TraceParent("", "")


def trace_parent(headers: Mapping[str, str]) -> TraceParent:
    """
    Read a request's headers, names in lower case; a header that is malformed counts as none.

    Source: W3C Trace Context, 3.2. Of later versions what the first one knows is read.
    """
    found = _VERSIONED.fullmatch(headers.get(HEADER, "").strip(" \t"))
    if found is None or (found["more"] and found["version"] == _FIRST):
        return NO_PARENT
    return TraceParent(found["trace"], found["parent"])
