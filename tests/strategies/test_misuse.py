"""What is no strategy, no reply and no name is refused where it is written, with a remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from mockrouter import strategies
from strategies.drawing import drawn

ANY: Any = strategies
"""Without its types, as most tests are written."""


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ANY.streams(dialect="chats"), "there is no dialect 'chats'; write one of"),
        (lambda: ANY.streams(dialect=["chat"]), "there is no dialect '['chat']'; write one of"),
        (lambda: ANY.streams(profile="open"), "there is no profile 'open'; write one of"),
        (lambda: ANY.hostile(profile=3), "there is no profile '3'; write one of openai"),
        (lambda: ANY.streams(without=["cut"]), "'cut' is no variation; write some of cuts"),
        (lambda: ANY.streams(without=iter(["cut"])), "'cut' is no variation; write some of"),
        (lambda: ANY.streams(without="bom"), "'bom' is no list; write it in brackets"),
        (lambda: ANY.hostile(only=["drops"]), "'drops' is no fault; write some of malf"),
        (lambda: ANY.hostile(only="drop"), "'drop' is no list; write it in brackets"),
        (lambda: ANY.hostile(only=[]), "'only' names no fault; write some of malformed"),
        (lambda: ANY.hostile(most=0), "'most' is 0, and then nothing goes wrong; write 1"),
    ],
)
def test_names_of_nothing(make: Callable[[], object], message: str) -> None:
    """They are told when a strategy is made, with what to write instead."""
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: ANY.streams(reply="hi"),
            "'hi' is no reply; write strategies.Reply(text='hi'), or",
        ),
        (lambda: ANY.hostile(reply=3), "3 is no reply; write strategies.Reply(text='Hello'), or"),
        (lambda: ANY.streams(without=3), "3 is no list; write some of cuts, inter"),
        (lambda: ANY.hostile(only=True), "True is no list; write some of malformed, "),
        (lambda: ANY.hostile(most="2"), "'most' is '2'; write a whole number, 1 or more"),
        (lambda: ANY.replies(calls=3), "'calls' is 3, and no strategy; write one, such as st.li"),
        (lambda: ANY.replies(text="hi"), "'text' is 'hi', and no strategy; write one, such as"),
        (lambda: ANY.calls(name="f"), "'name' is 'f', and no strategy; write one, such as st.just"),
        (
            lambda: ANY.Call("f", {"a": 1}),
            "a call's 'arguments' are {'a': 1}, and no text; write them as the model does, with",
        ),
        (lambda: ANY.Call(3), "a call's 'name' is 3, and no text; write '3'"),
        (lambda: ANY.Reply(3), "a reply's 'text' is 3, and no text; write '3'"),
        (lambda: ANY.Reply(calls=["f"]), "a reply's 'calls' are ['f']; write a tuple of"),
        (lambda: ANY.Reply(usage=3), "a reply's 'usage' is 3; write a strategies.Usage, or None"),
    ],
)
def test_values_of_another_type(make: Callable[[], object], message: str) -> None:
    """They are told at the call, not by what comes of them later."""
    with pytest.raises(TypeError, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (st.just("hi"), "'hi' is no reply; write strategies.Reply(text='hi')"),
        (ANY.replies(calls=st.just(3)), "a reply's 'calls' are 3; write a tuple of"),
        (ANY.replies(calls=st.lists(ANY.calls(arguments=st.none()), min_size=1)), "are None, and"),
    ],
)
def test_strategies_for_something_else(reply: Any, message: str) -> None:  # noqa: ANN401 - anything
    """What they draw is refused in the same words."""
    with pytest.raises(TypeError, match=re.escape(message)):
        drawn(strategies.streams(reply=reply), 1)


def test_names_may_come_once() -> None:
    """An iterator of names leaves out what it names."""
    without: Any = iter(strategies.VARIATIONS)

    found = drawn(strategies.streams(dialect="chat", without=without), 20)

    assert not any("faults" in stream.scenario for stream in found)
