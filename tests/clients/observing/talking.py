"""
What the client programs share: a tool, a limit of rounds, and how they tell what happened.

Each program reads a case as a line of JSON, ``{"scenario", "dialect", "stream", "url"}``, runs a
conversation, and prints what came of it as a line: ``{"end", "text", "error", "runs"}``.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

PATIENCE = 20.0
"""Seconds after which a client that is still waiting is left."""

ROUNDS = 4
QUESTION = "What will the weather be in Oslo?"
MODEL = "openai/gpt-4o"
NAME = "get_forecast"
RESULT = {"degrees": 18}

FUNCTION: dict[str, Any] = {
    "name": NAME,
    "description": "Get the weather forecast for a city.",
    "parameters": {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer"},
            "units": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["city", "days", "units"],
    },
}


@dataclass
class Told:
    """
    What happened so far.

    Attributes:
        runs: The arguments of each run of the tool.
    """

    runs: list[Any] = field(default_factory=list)

    def run(self, name: str, arguments: str) -> str:
        """Run a call as the examples of all SDKs do: the arguments are JSON, the name is known."""
        if name != NAME:
            message = f"there is no tool {name!r}"
            raise KeyError(message)
        self.runs.append(json.loads(arguments))
        return json.dumps(RESULT)


Case: TypeAlias = Mapping[str, Any]
Play: TypeAlias = Callable[[Case, Told], Awaitable[str | None]]


def main(play: Play) -> None:
    """Play every case that comes in."""
    logging.disable()
    for line in sys.stdin:
        print(json.dumps(asyncio.run(_told(play, json.loads(line)))), flush=True)  # noqa: T201


async def _told(play: Play, case: Case) -> dict[str, Any]:
    told = Told()
    end, text, error = "text", None, None
    try:
        async with asyncio.timeout(PATIENCE) as limit:
            text = await play(case, told)
    except Exception as raised:  # noqa: BLE001 - whatever a client throws is what we came to see
        end = "waiting" if limit.expired() else "error"
        error = None if limit.expired() else f"{type(raised).__name__}: {raised}"
    return {"end": end, "text": text, "error": error, "runs": told.runs}
