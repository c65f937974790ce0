"""Strategies for how lines and writes may look: all that the standard leaves open."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from hypothesis import strategies as st

from mockrouter.profiles import PROFILES
from mockrouter.strategies.drawing import mapping, together
from mockrouter.strategies.fault_settings import Drawn, Settings
from mockrouter.values import JsonObject

_YES: Final = st.just(value=True)
_BOM: Final[JsonObject] = {"fault": "sse", "bom": True}
_BOM_AS_BYTES: Final[JsonObject] = {"fault": "bytes", "hex": "efbbbf", "at": 0}

_NTH: Final = st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True).map(sorted)
"""Numbers of events."""

_COMMENTS: Final = st.sampled_from(
    ["", "OPENROUTER PROCESSING", "keep-alive", "[DONE]", "data: [DONE]", 'data: {"a":1}', "世界"]
)
_UNKNOWN: Final = st.sampled_from(["x: 1", "x", "database: {}", "Data: 1", "meta: data: 1"])


def framing(draw: st.DrawFn, dialect: str, profile: str, kept: Collection[str]) -> list[JsonObject]:
    """
    Draw how lines are written.

    Args:
        draw: Of the strategy at work.

        dialect: The format's name.

        profile: The provider's.

        kept: Names of the variations that there may be.

    Returns:
        Settings of faults, in an order in which each finds what it is for.
    """
    # A provider that names its events names them so, and nobody else would do it otherwise.
    named = dialect == "responses" and PROFILES[profile].event_lines
    known = _LINES_OF_NAMED_EVENTS if named else _LINES
    lines = [draw(fault) for name, fault in known.items() if name in kept]
    between = [draw(fault) for name, fault in _BETWEEN.items() if name in kept]
    faults = [fault for fault in (*lines, *between) if fault]
    if "bom" in kept and draw(st.booleans()):
        # The mark comes before whatever else there is, so it is put there last.
        faults.append(_BOM_AS_BYTES if any(between) else _BOM)
    return faults


def offsets(draw: st.DrawFn, body: bytes) -> list[int]:
    """Draw after which of its bytes writes of a body end, half of them where readers stumble."""
    inside = st.integers(1, max(1, len(body) - 1))
    found = [match.start() for match in _STUMBLING.finditer(body)]
    places = inside | st.sampled_from(found) if found else inside
    return sorted(draw(st.lists(places, min_size=1, max_size=6, unique=True)))


_STUMBLING: Final = re.compile(rb"[\x80-\xbf]|(?<=\r)\n|(?<=[\r\n]da)ta: |(?<=\n)\n")
"""Inside of characters, between CR and LF, inside of a field's name, before a blank line."""


def _optional(settings: Settings) -> st.SearchStrategy[JsonObject | None]:
    # Seldom enough for one to be seen without the others.
    return st.one_of(st.none(), st.none(), settings)


WRITES: Final = _optional(
    st.one_of(
        st.just({"at": None}),
        st.just({"together": True}),
        st.just({"together": True, "at": None}),
        mapping({"together": st.integers(2, 4)}),
        together(
            st.sampled_from(["inside", "before", "after"]),
            st.sampled_from(["character", "crlf", "line_end", "escape", "data_prefix", "line"]),
        ).map(lambda way: {way[0]: way[1]}),
        mapping({"every": st.integers(16, 400)}),
    ).map(lambda way: {"fault": "writes", **way})
)
"""Where writes end, the simplest being where events do; ``offsets`` go in the place of a None."""


def _sse(**settings: Drawn) -> Settings:
    """Draw another way to write lines, in all events or in some."""
    return mapping({"fault": st.just("sse"), **settings}, optional={"nth": _NTH})


_NUMBERED: Final = _sse(id_line=_YES | st.sampled_from(["", "a:b"])) | _sse(
    retry_line=st.integers(0, 9999)
)

_LINES: Final[dict[str, st.SearchStrategy[JsonObject | None]]] = {
    "data_lines": _optional(
        _sse(data_lines=st.integers(2, 5) | st.sampled_from(["indented", "empty_first"]))
    ),
    "fields": _optional(_NUMBERED | _sse(event_line=_YES)),
    "blank_lines": _optional(_sse(blank_lines=st.integers(2, 4))),
    "comments": _optional(
        mapping(
            {"fault": st.just("comment"), "text": _COMMENTS},
            optional={
                "place": st.sampled_from(["after", "inside"]),
                "nth": _NTH,
                "times": st.integers(2, 3),
            },
        )
    ),
    "spaces": _optional(_sse(space=st.just(value=False))),
    "line_ends": _optional(_sse(line_end=st.sampled_from(["crlf", "cr", "mixed"]))),
}
"""By the name of the variation."""

_LINES_OF_NAMED_EVENTS: Final = {**_LINES, "fields": _optional(_NUMBERED)}


def _between_lines(texts: st.SearchStrategy[str]) -> st.SearchStrategy[JsonObject | None]:
    return _optional(
        mapping(
            {
                "fault": st.just("bytes"),
                "before": st.just("line"),
                "text": texts.map(lambda text: f"{text}\n"),
            },
            optional={"nth": _NTH, "occurrence": st.integers(1, 3)},
        )
    )


_BETWEEN: Final = {
    "comments": _between_lines(_COMMENTS.map(lambda text: f": {text}")),
    "fields": _between_lines(_UNKNOWN),
}
"""What stands between lines that are written already, by the name of the variation."""
