"""
Stored responses, for ``previous_response_id`` and ``GET /responses/{id}``.

What is stored is what the response was made from; the response itself is made again when somebody
asks for it, whole and faultless, whatever became of it on its way.

Source: https://platform.openai.com/docs/guides/conversation-state
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mockrouter.values import Json, JsonObject, compact
from mockrouter.wire import Wire


@dataclass(frozen=True, slots=True)
class Stored:
    """
    One response.

    Attributes:
        asked: JSON array of the input that it answered, with all that came before. As bytes, it
            takes a tenth of the memory, and what it takes is known.

        render: Makes the plain wire of the response again.

        size: Bytes that it takes, about.
    """

    asked: bytes
    render: Callable[[], Wire]
    size: int

    @property
    def items(self) -> list[Json]:
        """The input that it answered, with all that came before."""
        found: list[Json] = json.loads(self.asked)
        return found

    @property
    def response(self) -> JsonObject:
        """The response object."""
        response: JsonObject = json.loads(self.render().body)
        return response

    @property
    def conversation(self) -> list[Json]:
        """All items up to and with this response's output, in shapes that a client may send."""
        return [*self.items, *map(_sent_back, self.response.get("output", ()))]


def _sent_back(item: JsonObject) -> JsonObject:
    arguments = item.get("arguments", "")
    return item if isinstance(arguments, str) else item | {"arguments": compact(arguments)}


class Shelf(Protocol):
    """Where servers share responses."""

    async def put(self, namespace: str, response_id: str, stored: Stored) -> None:
        """Keep a response."""

    async def get(self, namespace: str, response_id: str) -> Stored | None:
        """
        Find a response.

        Raises:
            LookupError: The shelf is out of reach.
        """

    async def remove(self, namespace: str, response_id: str) -> None:
        """Let go of a response."""


class Responses:
    """
    The most recent responses of all conversations.

    Attributes:
        shelf: Where other servers' are found; None where this one is alone.
    """

    shelf: Shelf | None = None

    def __init__(self, most: int = 10_000, most_bytes: int = 64_000_000) -> None:
        """Hold *most* responses and *most_bytes* at the most."""
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._stored: OrderedDict[tuple[str, str], Stored] = OrderedDict()

    async def fetch(self, namespace: str, response_id: Json) -> None:
        """Hold a response as other servers know it."""
        if self.shelf is None or not isinstance(response_id, str):
            return
        try:
            stored = await self.shelf.get(namespace, response_id)
        except LookupError:  # what is held here has to do
            return
        if stored is None:
            self.delete(namespace, response_id)
        else:
            self.store(namespace, response_id, stored)

    async def keep(self, namespace: str, response_id: str, stored: Stored) -> None:
        """Keep a response, for other servers too."""
        self.store(namespace, response_id, stored)
        if self.shelf is not None:
            await self.shelf.put(namespace, response_id, stored)

    async def discard(self, namespace: str, response_id: str) -> None:
        """Let go of a response, for other servers too."""
        self.delete(namespace, response_id)
        if self.shelf is not None:
            await self.shelf.remove(namespace, response_id)

    def store(self, namespace: str, response_id: str, stored: Stored) -> None:
        """Keep a response, and let go of the oldest beyond the bounds."""
        self.delete(namespace, response_id)
        self._stored[namespace, response_id] = stored
        self._bytes += stored.size
        while len(self._stored) > self._most or self._bytes > self._most_bytes:
            self._bytes -= self._stored.popitem(last=False)[1].size

    def forget(self, namespace: str) -> None:
        """Let go of all responses of a namespace."""
        for owner, response_id in [key for key in self._stored if key[0] == namespace]:
            self.delete(owner, response_id)

    def find(self, namespace: str, response_id: Json) -> Stored | None:
        """Find a response that is still held."""
        return self._stored.get((namespace, response_id)) if isinstance(response_id, str) else None

    def delete(self, namespace: str, response_id: str) -> bool:
        """Let go of a response; False where there was none."""
        stored = self._stored.pop((namespace, response_id), None)
        self._bytes -= stored.size if stored else 0
        return stored is not None

    def expand(self, namespace: str, body: JsonObject) -> JsonObject:
        """Put the items that ``previous_response_id`` stands for in front of the input."""
        stored = self.find(namespace, body.get("previous_response_id"))
        if stored is None:
            return body
        return body | {"input": [*stored.conversation, *items(body.get("input"))]}


def items(value: Json) -> list[Json]:
    """Make a list of an ``input``, which may be one text."""
    if isinstance(value, str):
        return [{"type": "message", "role": "user", "content": value}]
    return value if isinstance(value, list) else []
