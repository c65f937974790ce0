"""Strategies for settings of faults: whatever a scenario's author might write, in any mixture."""

from __future__ import annotations

from typing import Final, TypeAlias

from hypothesis import strategies as st

from mockrouter.strategies.drawing import mapping, together
from mockrouter.values import Json, JsonObject

Drawn: TypeAlias = st.SearchStrategy[Json]
Settings: TypeAlias = st.SearchStrategy[JsonObject]

LABELS: Final = ["text", "tool_call", "start", "finish", "usage", "done"]
_SECONDS: Final = st.sampled_from([0, 0.25, 30])
_NTH: Final = (
    st.integers(1, 6)
    | st.integers(-4, -1)
    | st.lists(st.integers(1, 9), min_size=1, max_size=3, unique=True)
    | st.sampled_from(["all", "rest", "last", "random", "2..3"])
)
_SPOTS: Final = st.sampled_from(
    ["event", "line", "line_end", "crlf", "data_prefix", "data", "character", "emoji", "escape"]
) | st.just({"find": "a"})
_VALUES: Final[Drawn] = st.sampled_from([None, 0, -1, "", "a", True, [], {}, {"a": 1}])
_ODD: Final = ("[" * 2000 + "]" * 2000, '{"a":1,"a":1e400}')
_AIM: Final[dict[str, Drawn]] = {
    "label": st.sampled_from(LABELS),
    "call": st.integers(0, 1),
}
_FRAMES: Final[dict[str, Drawn]] = {**_AIM, "nth": _NTH}
_POINT: Final[dict[str, Drawn]] = {
    **_AIM,
    "after": st.integers(-3, 6) | st.sampled_from(["all", "random"]),
}


def settings(
    *, paths: st.SearchStrategy[str], types: Drawn, sizes: st.SearchStrategy[int]
) -> dict[str, Settings]:
    """
    Draw the settings of each fault, by its name.

    Args:
        paths: In events.

        types: Of events, one or a list.

        sizes: Of writes, in bytes.
    """
    return {**_below_events(sizes), **_connections(), **_of_events(paths, types)}


def _drawn(fault: str, required: dict[str, Drawn], **optional: Drawn) -> Settings:
    return mapping({"fault": st.just(fault), **required}, optional)


def _below_events(sizes: st.SearchStrategy[int]) -> dict[str, Settings]:
    return {
        "bytes": st.one_of(
            _drawn("bytes", {"text": st.text(max_size=3), "before": _SPOTS}, nth=_NTH),
            _drawn("bytes", {"hex": st.just("ff"), "at": st.integers(-9, 9)}, repeat=st.just(3)),
            _drawn(
                "bytes",
                {"replace": _SPOTS},
                text=st.sampled_from(["", "\0", "{", "null"]),
                occurrence=st.integers(1, 2),
                label=_AIM["label"],
            ),
        ),
        "comment": _drawn(
            "comment",
            {},
            text=st.text(max_size=3),
            nth=_NTH,
            times=st.integers(1, 2),
            place=st.sampled_from(["before", "after", "inside"]),
        )
        | _drawn("comment", {"every": st.just(0.2)}),
        "content_length": _drawn(
            "content_length",
            {},
            length=st.integers(0, 9)
            | st.sampled_from(["too_long", "too_short", "exact", "absent"]),
        ),
        "drip": _drawn("drip", {"seconds": _SECONDS}, nth=_NTH, size=sizes)
        | _drawn("drip", {"rate": st.just(10)}),
        "encode": _drawn(
            "encode",
            {},
            coding=st.sampled_from(["gzip", "deflate", "raw_deflate", "br", "zstd", "identity"]),
            per=st.sampled_from(["body", "event"]),
            flush=st.booleans(),
            header=st.booleans() | st.just("gzip"),
        ),
        "sse": _lines(),
        "truncate": _drawn("truncate", {}, **_POINT)
        | _drawn("truncate", {"bytes": st.integers(-40, 400)}),
        "writes": st.one_of(
            _drawn("writes", {"every": sizes | sizes.map("{} bytes".format)}, pause=_SECONDS),
            _drawn("writes", {"at": st.lists(st.integers(1, 400), min_size=1)}, nth=_NTH),
            _drawn("writes", {"together": st.sampled_from([True, 2])}, nth=_NTH),
            _drawn("writes", {"inside": _SPOTS}, byte=st.sampled_from([1, 2, -1])),
        ),
    }


def _lines() -> Settings:
    return st.one_of(
        _drawn("sse", {"line_end": st.sampled_from(["lf", "crlf", "cr", "mixed"])}, nth=_NTH),
        _drawn("sse", {"data_lines": st.integers(2, 5) | st.just("indented")}),
        _drawn("sse", {"terminator": st.sampled_from(["none", "early", "only", "twice"])}),
        _drawn("sse", {"terminator_text": st.sampled_from(["[done]", "", "DONE"])}),
        _drawn("sse", {"blank_lines": st.integers(0, 2)}, bom=st.just(value=True)),
        _drawn("sse", {"space": st.just(value=False)}, id_line=st.booleans()),
    )


def _connections() -> dict[str, Settings]:
    ends = {
        name: _drawn(name, {}, **_POINT) | _drawn(name, {"before": st.just("headers")})
        for name in ("disconnect", "half_close", "reset")
    }
    seconds = _SECONDS | st.just("forever")
    stall = _drawn("stall", {}, **_POINT, seconds=seconds, keep_alive=st.just(15))
    return {
        **ends,
        "keep_open": _drawn("keep_open", {}),
        "stall": stall | _drawn("stall", {"before": st.just("headers")}, seconds=seconds),
    }


def _of_events(paths: st.SearchStrategy[str], types: Drawn) -> dict[str, Settings]:
    selected = {
        **_FRAMES,
        "label": st.sampled_from(LABELS)
        | st.lists(st.sampled_from(LABELS), min_size=1, unique=True),
        "type": types,
        "where": st.dictionaries(paths, _VALUES | st.just({"absent": True}), max_size=1),
        "nth": _NTH | st.just({"every": 2}),
        "each": st.just("call"),
    }
    selections = mapping({}, optional=selected)
    contents = st.one_of(
        mapping({"event": _VALUES}),
        mapping({"events": st.lists(_VALUES, max_size=2)}),
        mapping({"data": st.sampled_from(["", "a", "a\nb", "{", "[DONE]", *_ODD])}),
    )
    changes = st.one_of(
        mapping({"set": st.dictionaries(paths, _VALUES, min_size=1, max_size=2)}),
        mapping({"delete": st.lists(paths, min_size=1, max_size=2)}),
        mapping({"rename": st.dictionaries(paths, st.just("z"), min_size=1)}),
    )
    return {
        "drop": _drawn("drop", {}, **_FRAMES),
        "duplicate": _drawn("duplicate", {}, **_FRAMES, times=st.integers(1, 3)),
        "insert": _joined("insert", contents, _places("at", selections)),
        "merge": _joined("merge", selections),
        "move": _joined("move", selections, _places("to", selections)),
        "patch": _joined("patch", selections, changes),
        "replace": _joined("replace", contents, selections),
    }


def _places(ends: str, selections: Settings) -> Settings:
    return st.one_of(
        mapping({"before": selections}),
        mapping({"after": selections}),
        mapping({ends: st.sampled_from(["start", "end"])}),
    )


def _joined(fault: str, *parts: Settings) -> Settings:
    """Draw settings from several strategies, and put them together."""
    return together(*parts).map(
        lambda drawn: {"fault": fault} | {k: v for part in drawn for k, v in part.items()}
    )
