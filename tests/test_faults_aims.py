"""Which events a fault strikes, and what it says where it finds none."""

from __future__ import annotations

import pytest

from faulty import CHUNKS, NAMED, REPLY, struck
from mockrouter.errors import FaultError
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Wire


def numbers(wire: Wire, **aim: Json) -> list[int]:
    """List the places of the frames that are dropped when a fault is aimed like this."""
    left = {id(frame) for frame in struck(wire, fault="drop", **aim).frames}
    return [place for place, frame in enumerate(wire.frames) if id(frame) not in left]


@pytest.mark.parametrize(
    ("wire", "aim", "expected"),
    [
        (CHUNKS, {"label": ["start", "done"]}, [1, 9]),
        (CHUNKS, {"label": "tool_call", "nth": "rest"}, [3, 4, 5, 6, 7]),
        (CHUNKS, {"label": "tool_call", "nth": "rest", "each": "call"}, [3, 4, 6, 7]),
        (CHUNKS, {"nth": 1, "each": "call"}, [2, 5]),
        (CHUNKS, {"label": "tool_call", "nth": {"every": 3}}, [4, 7]),
        (CHUNKS, {"label": "tool_call", "nth": "2..3"}, [3, 4]),
        (CHUNKS, {"label": "tool_call", "nth": "-2.."}, [6, 7]),
        (CHUNKS, {"label": "tool_call", "nth": "..-5"}, [2, 3]),
        (CHUNKS, {"label": "tool_call", "nth": "..99"}, [2, 3, 4, 5, 6, 7]),
        (CHUNKS, {"label": "tool_call", "nth": "-99..1"}, [2]),
        (CHUNKS, {"where": {"c[0].arguments": ""}}, [2, 5]),
        (CHUNKS, {"where": {"c[0].id": {"absent": False}}, "nth": "last"}, [5]),
        (CHUNKS, {"where": {"end": {"matches": "^s"}}}, [8]),
        (CHUNKS, {"where": {"end": None, "c[0].index": 1}}, [5, 6, 7]),
        (NAMED, {"type": "r.completed"}, [3]),
        (NAMED, {"type": "*.item.*"}, [1, 2]),
        (NAMED, {"type": ["*.created", "*.done"]}, [0, 2]),
        (NAMED, {"type": "r.*", "where": {"n": 2}}, [2]),
        (REPLY, {"where": {"usage": None}}, [0]),
        (REPLY, {"label": "body", "nth": 1}, [0]),
    ],
)
def test_aims(wire: Wire, aim: JsonObject, expected: list[int]) -> None:
    """Events are found by what they mean, where they stand, their type and what is in them."""
    assert expected == numbers(wire, **aim)


@pytest.mark.parametrize(
    ("aim", "message"),
    [
        ({"type": "x.*"}, "drop with type x.* selects no frame; this wire has 1 start, 2 text"),
        ({"nth": "9.."}, "drop with nth 9.. selects no frame"),
        ({"nth": {"every": 9}}, "drop with nth {every: 9} selects no frame"),
        ({"label": ["usage", "error"], "nth": [1, 2]}, "label [usage, error], nth [1, 2] selects"),
        ({"where": {"n": 7, "a.b": {"contains": "x"}}}, "where {n: 7, a.b: contains 'x'} selects"),
    ],
)
def test_says_what_it_looked_for(aim: JsonObject, message: str) -> None:
    """A fault that finds nothing repeats its aim in the words of the file."""
    with pytest.raises(FaultError) as caught:
        struck(NAMED, fault="drop", **aim)

    assert message in str(caught.value)
