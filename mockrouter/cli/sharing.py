"""The state that a server shares with others, found before the server starts."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket

from mockrouter.engine.engine import Engine
from mockrouter.state.bounds import Bounds
from mockrouter.state.connection import shown
from mockrouter.state.link import Link
from mockrouter.state.protocol import StateAway
from mockrouter.state.redis import RedisState
from mockrouter.state.sharing import Sharing


def shared(engine: Engine, url: str, *, required: bool = False) -> Sharing:
    """Let an engine share the state at *url*; raises as ``check_state``."""
    check_state(url)
    return sharing_at(engine, url, required=required)


def sharing_at(engine: Engine, url: str, *, required: bool = False) -> Sharing:
    """Let an engine share the state at *url*, whether it is there or not."""
    state = RedisState(url, Bounds(engine.journal.most, engine.journal.most_bytes))
    return Sharing(engine, Link(state, shown(url), required=required), replica())


def check_state(url: str) -> None:
    """
    Look whether a state is there.

    Raises:
        StateAway: Nothing answers there.

        MockRouterError: It is no address of a state, or redis-py is not installed.
    """
    try:
        asyncio.run(_ask(RedisState(url)))
    except StateAway as error:
        remedy = "start it, or serve without --state"
        message = f"the state at {shown(url)} cannot be reached: {error}; {remedy}"
        raise StateAway(message) from error


def replica() -> str:
    """Name this server, as no other is named, here or elsewhere."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"


async def _ask(state: RedisState) -> None:
    try:
        await state.probe()
    finally:
        # Its connections belong to this loop.
        await state.close()
