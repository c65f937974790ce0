"""When a response comes."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mockrouter.scenario.pace import KEEP_ALIVE_SECONDS, Pace
from mockrouter.values import Json
from mockrouter.wire import Frame, Label, Wire

PING = b": PROCESSING\n\n"
LABELS = [
    Label.COMMENT,
    Label.START,
    Label.TEXT,
    Label.REASONING,
    Label.TOOL_CALL,
    Label.FINISH,
    Label.USAGE,
    Label.DONE,
]
STREAM = Wire(200, (), tuple(Frame(label.encode(), label) for label in LABELS), stream=True)
PLAIN = Wire(200, (), (Frame(b"{}"),))

SECONDS = st.floats(0, 60)
PACES = st.builds(Pace, headers=SECONDS, ttft=SECONDS, itl=SECONDS, jitter=SECONDS)
WIRES = st.builds(
    lambda frames, stream: Wire(200, (), tuple(frames), stream=stream),
    st.lists(st.builds(Frame, st.binary(max_size=3), st.sampled_from(Label)), max_size=6),
    st.booleans(),
)


def _delays(wire: Wire) -> list[float]:
    return [frame.delay for frame in wire.frames]


def _time(wire: Wire) -> float:
    return wire.delay + sum(_delays(wire))


def test_waits_as_a_model_does() -> None:
    """The first frame waits for ttft, each of content after it for itl, the rest for nothing."""
    paced = Pace(headers=3, ttft=2, itl=0.5).apply(STREAM, None, Random(0))

    assert 3 == paced.delay
    assert [0, 2, 0.5, 0.5, 0.5, 0, 0, 0] == _delays(paced)


def test_a_plain_body_waits_once() -> None:
    """A server that does not stream sends nothing until it has all."""
    paced = Pace(headers=3, ttft=2, itl=0.5).apply(PLAIN, PING, Random(0))

    assert (5, PLAIN.frames) == (paced.delay, paced.frames)


def test_adds_to_what_is_there() -> None:
    """A wire that waits already waits longer."""
    slow = Wire(200, (), (Frame(b"a", Label.TEXT, delay=1),), delay=1, stream=True)

    paced = Pace(headers=1, ttft=2).apply(slow, None, Random(0))

    assert (2, [3]) == (paced.delay, _delays(paced))


def test_no_pace_changes_nothing() -> None:
    """Full speed is the default."""
    assert STREAM == Pace().apply(STREAM, PING, Random(0))


@given(WIRES, PACES, st.none() | st.just(PING), st.integers())
def test_only_time_passes(wire: Wire, pace: Pace, keep_alive: bytes | None, seed: int) -> None:
    """No byte is lost or moved, no wait is negative, and the same seed waits the same."""
    paced = pace.apply(wire, keep_alive, Random(seed))

    kept = [frame.data for frame in paced.frames if frame != Frame(PING, Label.COMMENT, 5.0)]
    assert [frame.data for frame in wire.frames] == kept
    assert all(delay >= 0 for delay in _delays(paced))
    assert paced == pace.apply(wire, keep_alive, Random(seed))


@given(WIRES, PACES, st.integers())
def test_keep_alives_fill_long_waits(wire: Wire, pace: Pace, seed: int) -> None:
    """With comments no wait of a stream is long, and everything comes when it would have."""
    silent = pace.apply(wire, None, Random(seed))
    filled = pace.apply(wire, PING, Random(seed))

    assert pytest.approx(_time(silent)) == _time(filled)
    assert all(delay <= KEEP_ALIVE_SECONDS for delay in _delays(filled))


def test_keep_alives_come_every_five_seconds() -> None:
    """Twelve seconds of thinking are two comments and two more seconds."""
    wire = Wire(200, (), (Frame(b"a", Label.START),), stream=True)

    paced = Pace(ttft=12).apply(wire, PING, Random(0))

    assert [(PING, 5), (PING, 5), (b"a", 2)] == [(f.data, f.delay) for f in paced.frames]


def test_jitter_varies_itl_alone() -> None:
    """Waits lie around itl and differ; where jitter is larger, none is below zero."""
    frames = tuple(Frame(b"a", Label.TEXT) for _ in range(200))
    text = Wire(200, (), frames, stream=True)

    first, *waits = _delays(Pace(ttft=1, itl=0.2, jitter=0.1).apply(text, None, Random(0)))
    wild = _delays(Pace(jitter=0.1).apply(text, None, Random(0)))

    assert 1 == first
    assert 0.1 <= min(waits) < 0.12
    assert 0.28 < max(waits) <= 0.3
    assert 0 == min(wild) < max(wild) <= 0.1


@pytest.mark.parametrize(
    "written",
    [{"ttft": -1}, {"itl": float("nan")}, {"itl": float("inf")}, {"headers": 1e9}, {"tps": 3}],
)
def test_refuses_what_is_no_pace(written: Json) -> None:
    """Waits are seconds, not negative, and an hour at the most."""
    with pytest.raises(ValidationError):
        Pace.model_validate(written)
