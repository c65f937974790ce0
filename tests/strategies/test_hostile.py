"""Hostile streams: anything goes wrong, never in the mock itself, and each of them ends."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given

from asgi import Client
from mockrouter import strategies
from mockrouter.scenario.reading.document import parse
from mockrouter.strategies import KINDS, Stream
from mockrouter.wire import Ending
from strategies.drawing import drawn, plain, same, smallest
from strategies.readers import Reader

SEVERED = (Ending.DISCONNECT, Ending.RESET, Ending.HALF_CLOSE)


@same(60)
@given(strategies.hostile())
def test_the_scenario_does_the_same_and_ends(stream: Stream) -> None:
    """Played by the server on a clock that jumps, it sends these bytes, and leaves as it says."""
    assume(len(stream.writes) < 500)  # so many at once, and that clock jumps in between
    client = Client.playing(stream.scenario)
    body = json.dumps(stream.request, separators=(",", ":")).encode()

    answer = client.ask("POST", stream.path, body)

    # What keeps a stall alive goes on for as long as the client stays.
    assert answer.body.startswith(stream.body) or "content_length" in stream.scenario
    assert answer.body == stream.body or stream.ending == "stall" or "content_l" in stream.scenario
    assert stream.status == answer.status
    assert (stream.ending in SEVERED) <= (answer.broken is not None)
    compiled = client.exchanges[0].compiled
    assert compiled is not None
    assert {} == compiled.idle


@same(60)
@given(strategies.hostile(most=6))
def test_many_faults_on_top_of_each_other(stream: Stream) -> None:
    """There are as many as are asked for at the most, and each has found something to do."""
    faults = parse(stream.scenario).value["turns"][0].get("faults", [])

    assert len(faults) <= 6
    assert len(repr(stream)) < 50_000


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn(kind: str) -> None:
    """Asked for alone, it is what goes wrong, and nothing else is."""
    found = drawn(strategies.hostile(only=[kind], most=2), 10)
    turns = [parse(each.scenario).value["turns"][0] for each in found]
    faults = [{fault["fault"] for fault in turn.get("faults", ())} for turn in turns]
    broken = ["malformed" in repr(turn["say"]) for turn in turns]

    if kind == "malformed":
        assert all(broken)
    elif kind == "error":
        assert all("error" in turn for turn in turns)
    else:
        assert {kind} == set().union(*faults)
    assert kind == "malformed" or not any(broken)
    assert kind == "error" or not any("error" in turn for turn in turns)


@same(60)
@given(strategies.hostile(only=["comment", "writes", "drip", "keep_open"]))
def test_what_cuts_delays_or_comments_loses_nothing(stream: Stream) -> None:
    """A reader that knows of comments and of writes gets the whole reply."""
    assert stream.reply == Reader().read(stream.writes)


@same(60)
@given(strategies.hostile(only=["truncate", "disconnect", "reset", "half_close", "stall"]))
def test_what_ends_early_is_a_beginning(stream: Stream) -> None:
    """Nothing comes that would not have come without, nor in another order."""
    comments = b": keep-alive\n\n"  # which a stall that ends sends meanwhile

    assert plain(stream).body.startswith(stream.body.replace(comments, b""))
    assert stream.status in {0, 200}


def test_a_forgotten_ending_is_shown_in_a_few_lines() -> None:
    """A reader that takes what has arrived for all is given half of a reply."""

    def is_half(stream: Stream) -> bool:
        try:
            return Reader().read(stream.writes).text != stream.reply.text
        except (IndexError, KeyError, TypeError, ValueError):
            return False

    found = smallest(strategies.hostile(dialect="chat", only=["disconnect"]), is_half)
    turn = parse(found.scenario).value["turns"][0]

    assert ["text"] == [key for part in turn["say"] for key in part if key != "cut"]
    assert ["disconnect"] == [fault["fault"] for fault in turn["faults"]]
    assert "disconnect" == found.ending
