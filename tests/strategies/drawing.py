"""Drawing with the same outcome on every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from mockrouter.scenario.reading.document import parse
from mockrouter.strategies import Stream
from mockrouter.strategies.playing import Asked, play, stream_of, with_faults

_SAME: Final = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)


def same(examples: int) -> settings:
    """Draw so many examples, the same on every run."""
    return settings(_SAME, max_examples=examples)


def drawn(strategy: st.SearchStrategy[Stream], examples: int) -> list[Stream]:
    """Draw so many streams."""
    found: list[Stream] = []

    @settings(same(examples), phases=[Phase.generate])
    @given(strategy)
    def collect(stream: Stream) -> None:
        found.append(stream)

    collect()
    return found


def smallest(
    strategy: st.SearchStrategy[Stream], holds: Callable[[Stream], bool], *, shrinks: bool = True
) -> Stream:
    """
    Find a stream of which something holds, and the smallest such.

    Raises:
        NoSuchExample: It holds of none of 100 streams.
    """
    phases = [Phase.generate, *([Phase.shrink] if shrinks else [])]
    return find(strategy, holds, settings=settings(_SAME, phases=phases))


def plain(stream: Stream) -> Stream:
    """Play the same reply with no faults, by the same ids."""
    document = parse(stream.scenario).value
    asked = Asked(stream.dialect, stream.profile, "stream_options" in stream.request)
    turn = with_faults(document["turns"][0], ())
    return stream_of(play(asked, turn, document["name"]), stream.reply)
