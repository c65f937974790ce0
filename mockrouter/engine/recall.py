"""
Stored responses, for ``previous_response_id`` and ``GET /responses/{id}``.

Source: https://platform.openai.com/docs/guides/conversation-state
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass

from mockrouter.ids import NONCE
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Wire


@dataclass(frozen=True, slots=True)
class Stored:
    """
    One response as it was sent.

    Attributes:
        items: The input that it answered, with all that came before.

        wire: Holds the response object in one of its events.

        nonce: Fills the object's ids.
    """

    items: list[Json]
    wire: Wire
    nonce: str

    @property
    def response(self) -> JsonObject:
        """The response object, as the last event had it."""
        text = json.dumps(_response(self.wire))
        response: JsonObject = json.loads(text.replace(NONCE, self.nonce))
        return response

    @property
    def conversation(self) -> list[Json]:
        """All items up to and with this response's output."""
        return [*self.items, *self.response.get("output", ())]


class Responses:
    """The most recent responses of all conversations."""

    def __init__(self, most: int = 10_000) -> None:
        """Hold *most* responses at the most."""
        self._most = most
        self._stored: OrderedDict[tuple[str, str], Stored] = OrderedDict()

    def store(self, namespace: str, response_id: str, stored: Stored) -> None:
        """Keep a response, and let go of the oldest beyond the bound."""
        self._stored[namespace, response_id] = stored
        if len(self._stored) > self._most:
            self._stored.popitem(last=False)

    def find(self, namespace: str, response_id: Json) -> Stored | None:
        """Find a response that is still held."""
        return self._stored.get((namespace, response_id)) if isinstance(response_id, str) else None

    def delete(self, namespace: str, response_id: str) -> bool:
        """Let go of a response; False where there was none."""
        return self._stored.pop((namespace, response_id), None) is not None

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


def _response(wire: Wire) -> JsonObject:
    for frame in reversed(wire.frames):
        event = frame.event
        if isinstance(event, dict):
            inner = event.get("response", event)
            if isinstance(inner, dict) and inner.get("object") == "response":
                return inner
    return {}
