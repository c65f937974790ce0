"""What requests are counted under: tries of a conversation, and all that come to a choice."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import blake2b
from typing import TypeAlias

from mockrouter.engine.targets import Target
from mockrouter.request import Draw, Request
from mockrouter.scenario.scenario import Scenario

Count: TypeAlias = Callable[[str], Awaitable[int]]
"""Counts one more under a key, and gives its number, from 0."""


def conversation(target: Target, scenario: Scenario, request: Request) -> str:
    """Say under what the tries of a conversation with a scenario are counted."""
    return f"{target.namespace}|{scenario.name}|{scenario.version}|{_digest(target, request)}"


async def drawn(
    count: Count, request: Request, target: Target, seed: int, use: str = ""
) -> Request:
    """
    Seed what chance decides: by the conversation, and how often it was tried.

    Args:
        count: Counts.

        request: What the client asks for.

        target: The URL's; its namespace counts for itself, and has no part in the seed.

        seed: The server's.

        use: What is decided; each use counts for itself.
    """
    key, asked = f"{target.namespace}|draw|{use}", _digest(target, request)
    number = await count(key)
    tries = await count(f"{key}|{asked}")
    return replace(request, draw=Draw(f"{seed}|{use}|{asked}|{tries}", number))


def _digest(target: Target, request: Request) -> str:
    said = request.body.get("messages", request.body.get("input"))
    asked = json.dumps([target.profile.name, request.previous, said]).encode()
    return blake2b(asked, digest_size=16).hexdigest()
