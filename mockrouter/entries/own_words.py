"""The mock's own words: what an error's body says, wherever people read it."""

from __future__ import annotations

import json

from mockrouter.engine.journal import Exchange


def own_words(exchange: Exchange) -> str:
    """Read the message of an error, secrets blanked; empty where the body holds none."""
    shown = exchange.shown
    return message_in(shown.body) if shown else ""


def message_in(body: bytes | str) -> str:
    """Read an error's message out of a body that may be shown; empty where there is none."""
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return ""
