"""The state that a server shares with others, found before the server starts."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket

from mockrouter.engine.engine import Engine
from mockrouter.state.link import Link
from mockrouter.state.protocol import StateAway
from mockrouter.state.redis import RedisState, shown
from mockrouter.state.sharing import Sharing


def shared(engine: Engine, url: str, *, required: bool = False) -> Sharing:
    """
    Let an engine share the state at *url*.

    Raises:
        StateAway: Nothing answers there.

        MockRouterError: It is no address of a state, or redis-py is not installed.
    """
    journal = engine.journal
    state = RedisState(url, journal.most, journal.most_bytes)
    try:
        asyncio.run(_ask(state))
    except StateAway as error:
        remedy = "start it, or serve without --state"
        message = f"the state at {shown(url)} cannot be reached: {error}; {remedy}"
        raise StateAway(message) from error
    return Sharing(engine, Link(state, shown(url), required=required), replica())


def replica() -> str:
    """Name this server, as no other is named, here or elsewhere."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"


async def _ask(state: RedisState) -> None:
    try:
        await state.begin(numbered=False)
    finally:
        # Its connections belong to this loop.
        await state.close()
