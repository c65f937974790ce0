"""What people get wrong when they put streams together is found, and shown in a few lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockrouter import strategies
from mockrouter.strategies import Stream
from strategies import readers
from strategies.drawing import same, smallest
from strategies.readers import Reader


def fails(reader: Reader) -> Callable[[Stream], bool]:
    """Tell of streams whether a reader gets them wrong."""

    def wrong(stream: Stream) -> bool:
        try:
            return reader.read(stream.writes) != stream.reply
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            return True

    return wrong


@same(120)
@given(strategies.streams())
def test_a_right_reader_never_fails(stream: Stream) -> None:
    """Whatever is drawn, of any provider in any format, comes to the reply that was meant."""
    assert stream.reply == Reader().read(stream.writes)


@pytest.mark.parametrize("reader", Reader.__subclasses__(), ids=lambda cls: cls.__name__)
def test_each_mistake_is_found(reader: type[Reader]) -> None:
    """A hundred streams are enough for any of them."""
    found = smallest(strategies.streams(dialect="chat"), fails(reader()), shrinks=False)

    assert found.reply == Reader().read(found.writes)


@pytest.mark.parametrize(
    ("reader", "scenario"),
    [
        (readers.DataHasASpace, "  - say: []\n    faults:\n      - {fault: sse, space: false}\n"),
        (
            readers.EventsEndInTwoLineFeeds,
            "  - say: []\n    faults:\n      - {fault: sse, line_end: crlf}\n",
        ),
        (
            readers.EachDataLineIsJson,
            "  - say: []\n    faults:\n      - {fault: sse, data_lines: 2}\n",
        ),
        (readers.NoByteOrderMark, "  - say: []\n    faults:\n      - {fault: sse, bom: true}\n"),
        (
            readers.AnEmptyFragmentIsTheEnd,
            '  - say:\n      - {tool_call: f, arguments: {}, cut: ["", "{}"], id: call_1}\n',
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_it_is_shown_in_a_few_lines(reader: type[Reader], scenario: str) -> None:
    """What is left after shrinking has that mistake's own fault, and nothing else."""
    # A call in front of the one that matters is not always found to be needless.
    replies = strategies.replies(calls=st.lists(strategies.calls(), max_size=1))
    found = smallest(strategies.streams(dialect="chat", reply=replies), fails(reader()))

    assert scenario == found.scenario.partition("turns:\n")[2]


def test_the_last_to_be_saved_is_the_smallest(tmp_path: Path) -> None:
    """A test that saves each stream leaves its failure behind, and comes to it in few runs."""
    runs: list[Stream] = []

    @settings(derandomize=True, database=None, deadline=None)
    @given(strategies.streams(dialect="chat"))
    def test(stream: Stream) -> None:
        runs.append(stream)
        stream.save(tmp_path / "bug.yaml")
        assert not fails(readers.DataHasASpace())(stream)

    with pytest.raises(AssertionError):
        test()
    saved = (tmp_path / "bug.yaml").read_text(encoding="utf-8")

    assert "  - say: []\n    faults:\n      - {fault: sse, space: false}\n" in saved
    assert len(runs) < 250


def test_long_writes_show_what_is_telling() -> None:
    """The delta of an event is shown, with index, id and arguments, and all of it is bounded."""
    calls = (strategies.Call("get_weather", '{"city":"Oslo"}'),)
    shown = smallest(
        strategies.streams(dialect="chat", reply=strategies.Reply("Hi", calls)), lambda _: True
    )
    lines = repr(shown).partition("writes=[")[2].splitlines()

    assert any('"delta":{"tool_calls":[{"index":0,"id":"call_1"' in line for line in lines)
    assert any('"delta":{"content":"Hi"}' in line for line in lines)
    assert any(r'"arguments":"{\\"city\\":\\"Oslo\\"}"' in line for line in lines)
    assert max(map(len, lines[:-1])) < 320
