"""The app and its engine, as they are put together."""

from __future__ import annotations

from asgi import BUILTIN
from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Journal
from mockrouter.serving.app import App
from mockrouter.serving.ticker import Ticker, VirtualClock


def test_what_is_given_is_used() -> None:
    """A ticker for which nobody waits yet, and a journal with nothing in it, are still used."""
    ticker, journal = Ticker(VirtualClock()), Journal()

    app = App(Engine(BUILTIN, journal=journal), ticker)

    assert ticker is app.ticker
    assert journal is app.engine.journal
