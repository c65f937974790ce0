"""
A response that no model made: HTTP as its author wrote it.

Error pages of gateways, empty bodies, redirects; and what stands in front of any other answer's
body: its status and headers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from mockrouter.reply import ErrorReply, Reply
from mockrouter.values import Json


@dataclass(frozen=True, slots=True)
class Head:
    """
    What changes in a response before its body.

    Attributes:
        status: HTTP status; None leaves it.

        headers: In the order in which they are sent, in place of those of the same names; None
            leaves the name out.

        bare: Whether none of the provider's own headers are sent.
    """

    status: int | None = None
    headers: tuple[tuple[str, str | None], ...] = ()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Verbatim:
    """
    A whole response.

    Attributes:
        head: Its status and headers.

        body: Its bytes; not looked at where there are *events*.

        content_type: Of the body, unless *head* has one; None for none.

        events: Events of a stream in place of a body, each a text or another JSON value.
    """

    head: Head = field(default_factory=Head)
    body: bytes = b""
    content_type: str | None = None
    events: tuple[Json, ...] | None = None


Said: TypeAlias = Reply | ErrorReply | Verbatim
"""Whatever is sent back."""
