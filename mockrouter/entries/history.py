"""
What a list of messages holds, as far as it says where a conversation came from.

Read from the messages as they were sent, so that a request that is refused has its place too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from mockrouter.engine.targets import target_of
from mockrouter.entries.reading import Reading
from mockrouter.values import Json, JsonObject

_CALLS = ("function_call", "custom_tool_call")


@dataclass(frozen=True, slots=True)
class History:
    """
    A request's messages, made comparable.

    Attributes:
        prefixes: Digest of the first message, of the first two, and so on to all of them. Two are
            equal where the messages are, the namespace, the scenario in the URL, the format, and
            what ``previous_response_id`` names.

        whole: The digest of them all; empty where there is nothing to compare.

        ids: Call ids, each with the place of its message, from 0; -1 is before the first.
    """

    prefixes: tuple[bytes, ...]
    whole: bytes
    ids: tuple[tuple[int, str], ...]


def history_of(reading: Reading) -> History:
    """Read a request's messages; takes time in proportion to their size."""
    previous, exchange = reading.previous, reading.exchange
    target = target_of(exchange.path)
    world = [exchange.namespace, target.scenario if target else None, exchange.dialect, previous]
    digest = _digest(b"", world)
    start = digest if previous else b""
    prefixes = []
    for message in reading.messages:
        digest = _digest(digest, message)
        prefixes.append(digest)
    ids = tuple(_ids(reading.messages))
    before = ((-1, previous),) if previous else ()
    return History(tuple(prefixes), digest if prefixes else start, before + ids)


def _digest(before: bytes, value: Json) -> bytes:
    try:
        text = json.dumps(value, sort_keys=True)
    except RecursionError:
        # Nested so deep that it cannot be written again; then its outer shape must do.
        text = f"deep {type(value).__name__}"
    return blake2b(before + text.encode(), digest_size=16).digest()


def _ids(messages: list[Json]) -> Iterator[tuple[int, str]]:
    """Find the ids of calls; a result's counts only where its call is not there."""
    called: set[str] = set()
    for place, message in enumerate(messages):
        if not isinstance(message, dict):
            continue
        found = [made for made in _called(message) if isinstance(made, str)]
        answered = message.get("tool_call_id", message.get("call_id"))
        if not found and isinstance(answered, str) and answered not in called:
            found = [answered]
        called.update(found)
        yield from ((place, made) for made in found)


def _called(message: JsonObject) -> Iterator[Json]:
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        yield from (call.get("id") for call in calls if isinstance(call, dict))
    if message.get("type") in _CALLS:
        yield message.get("call_id")
