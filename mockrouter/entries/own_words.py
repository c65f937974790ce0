"""The mock's own words: what an error's body says, wherever people read it."""

from __future__ import annotations

from mockrouter.engine.journal import Exchange
from mockrouter.values import message_in


def own_words(exchange: Exchange) -> str:
    """Read the message of an error, secrets blanked; empty where the body holds none."""
    shown = exchange.shown
    return message_in(shown.body) if shown else ""
