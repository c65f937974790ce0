"""Journals filled by hand."""

from __future__ import annotations

from mockrouter.engine.compiler import Compiled
from mockrouter.engine.framing import framed
from mockrouter.engine.journal import Exchange, Journal
from mockrouter.wire import Frame, Wire

CHAT = "/v1/chat/completions"


def compiled(size: int) -> Compiled:
    """Make a wire whose body has *size* bytes."""
    return Compiled(framed(Wire(200, (), (Frame(b"x" * size),))))


def exchange(journal: Journal, namespace: str = "") -> Exchange:
    """Begin an exchange."""
    made = Exchange(journal.next_number(namespace), 0.0, "POST", CHAT, namespace)
    journal.open(made)
    return made
