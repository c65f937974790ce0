"""Stored responses, kept where all servers find them."""

from __future__ import annotations

from mockrouter.engine.recall import Stored
from mockrouter.state.link import Link
from mockrouter.state.protocol import StateAway
from mockrouter.wire import Frame, Wire


class SharedShelf:
    """Keeps a response as what it answered, and what it says, a line each."""

    def __init__(self, link: Link) -> None:
        """Keep responses over *link*."""
        self._link = link

    async def put(self, namespace: str, response_id: str, stored: Stored) -> None:
        """Keep a response; one that cannot be kept now is known to this server alone."""
        value = stored.asked + b"\n" + stored.render().body
        try:
            await self._link.ask(lambda store: store.keep(namespace, response_id, value))
        except StateAway:
            return

    async def get(self, namespace: str, response_id: str) -> Stored | None:
        """
        Find a response.

        Raises:
            LookupError: The state is away.
        """
        try:
            value = await self._link.ask(lambda store: store.kept(namespace, response_id))
        except StateAway as error:
            raise LookupError(str(error)) from error
        if value is None:
            return None
        asked, _, body = value.partition(b"\n")
        wire = Wire(200, (), (Frame(body),))
        return Stored(asked, lambda: wire, len(value))

    async def remove(self, namespace: str, response_id: str) -> None:
        """Let go of a response."""
        try:
            await self._link.ask(lambda store: store.drop(namespace, response_id))
        except StateAway:
            return
