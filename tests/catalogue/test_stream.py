"""The fault-free streams that come with the product are cut and ordered as their names say."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from asgi import Client
from catalogue.proving import FUNCTIONS
from loop import MANNERS, Manner
from requirement_samples import WEATHER

Fragment = tuple[int, str]
"""Number of the call, and a piece of its arguments."""

STREAMS = [manner for manner in MANNERS if manner.stream]
_INSIDE = re.compile(r"(?<!\\)(?:\\\\)*\\(?:u[0-9a-fA-F]{0,3})?\Z")
"""What ends in the middle of an escape."""


def fragments(name: str, manner: Manner) -> list[Fragment]:
    """List the fragments of the first turn's calls, in the order in which they came."""
    tools = manner.tools([*FUNCTIONS, WEATHER])
    body = manner.body([{"role": "user", "content": "Hi"}], tools=tools)
    events = Client().post(manner.path(name), body).events
    if manner.dialect == "chat":
        deltas = [choice["delta"] for event in events for choice in event["choices"]]
        parts = [part for delta in deltas for part in delta.get("tool_calls", ())]
        found = [(part["index"], part["function"]["arguments"]) for part in parts]
    else:
        kind = "response.function_call_arguments.delta"
        found = [(e["output_index"], e["delta"]) for e in events if e["type"] == kind]
    return [fragment for fragment in found if fragment[1]]


def one_by_one(found: list[Fragment]) -> bool:
    """Each fragment is one character, and there are many."""
    return len(found) > 20 and {1} == {len(text) for _, text in found}


def whole(found: list[Fragment]) -> bool:
    """There is one fragment for the one call."""
    return 1 == len(found)


def taking_turns(found: list[Fragment]) -> bool:
    """Two calls change places with each fragment, until one has none left."""
    numbers = [number for number, _ in found]
    rounds = min(numbers.count(0), numbers.count(1))
    return rounds > 2 and [0, 1] * rounds == numbers[: 2 * rounds]


def uneven(found: list[Fragment]) -> bool:
    """Fragments are of different sizes, from 1 to 7, the last one perhaps cut short."""
    sizes = {len(text) for _, text in found}
    return len(sizes) > 2 and sizes <= set(range(1, 8))


def inside_escapes(found: list[Fragment]) -> bool:
    """Fragments end behind a backslash, within its four digits, and between two surrogates."""
    said = ["".join(text for _, text in found[: n + 1]) for n in range(len(found))]
    ends = [text for text in said[:-1] if _INSIDE.search(text)]
    between = [text for text in said if text.endswith("\\ud83d")]
    within = [text for text in ends if re.search(r"\\u[0-9a-f]{0,3}\Z", text)]
    return len(ends) >= 5 and bool(within) and bool(between)


SHAPES: dict[str, Callable[[list[Fragment]], bool]] = {
    "stream/cut-inside-escape": inside_escapes,
    "stream/interleaved-calls": taking_turns,
    "stream/one-char-fragments": one_by_one,
    "stream/random-fragments": uneven,
    "stream/whole-arguments": whole,
}


@pytest.mark.parametrize("manner", STREAMS, ids=str)
@pytest.mark.parametrize("name", SHAPES)
def test_a_stream_has_the_shape_of_its_name(name: str, manner: Manner) -> None:
    """Fragments are where the scenario puts them, in both formats."""
    assert SHAPES[name](fragments(name, manner)), fragments(name, manner)


@pytest.mark.parametrize("manner", STREAMS, ids=str)
def test_the_bait_is_in_the_arguments(manner: Manner) -> None:
    """What careless repairs mend stands inside a string of good JSON, which they would spoil."""
    text = "".join(text for _, text in fragments("stream/repair-bait", manner))

    assert ["}{", "```json", "</tool_call>", "None"] == [
        bait for bait in ("}{", "```json", "</tool_call>", "None") if bait in text
    ]
