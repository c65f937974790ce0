"""Settings of faults, drawn by Hypothesis."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from pydantic import TypeAdapter

from mockrouter.faults import AnyFault, Fault
from mockrouter.values import Json

_ADAPTER: TypeAdapter[Fault] = TypeAdapter(AnyFault)
_NTH: Final = st.sampled_from(["all", "rest", "last", "random", 1, -1, "2..3"])
_SPOTS: Final = st.sampled_from(
    ["event", "line", "line_end", "crlf", "data_prefix", "data", "character", "emoji", "escape"]
) | st.just({"find": "a"})
_SECONDS: Final = st.sampled_from([0, 0.25, 30])
_POINT: Final = {
    "label": st.sampled_from(["text", "tool_call"]),
    "after": st.integers(-3, 5) | st.sampled_from(["all", "random"]),
}


def _drawn(
    fault: str, required: dict[str, st.SearchStrategy[Json]], **optional: st.SearchStrategy[Json]
) -> st.SearchStrategy[Fault]:
    named = {"fault": st.just(fault), **required}
    return st.fixed_dictionaries(named, optional=optional).map(_ADAPTER.validate_python)


BELOW_EVENTS: Final[dict[str, st.SearchStrategy[Fault]]] = {
    "bytes": st.one_of(
        _drawn("bytes", {"text": st.text(max_size=3), "before": _SPOTS}, nth=_NTH),
        _drawn("bytes", {"hex": st.just("ff"), "at": st.integers(-9, 9)}, repeat=st.just(3)),
        _drawn("bytes", {"replace": _SPOTS}, occurrence=st.integers(1, 2), label=_POINT["label"]),
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
        length=st.integers(0, 9) | st.sampled_from(["too_long", "too_short", "exact", "absent"]),
    ),
    "drip": _drawn("drip", {"seconds": _SECONDS}, nth=_NTH, size=st.integers(1, 9))
    | _drawn("drip", {"rate": st.just(10)}),
    "encode": _drawn(
        "encode",
        {},
        coding=st.sampled_from(["gzip", "deflate", "raw_deflate", "br", "zstd", "identity"]),
        per=st.sampled_from(["body", "event"]),
        flush=st.booleans(),
        header=st.booleans() | st.just("gzip"),
    ),
    "half_close": _drawn("half_close", {}, **_POINT)
    | _drawn("half_close", {"before": st.just("headers")}),
    "keep_open": _drawn("keep_open", {}),
    "sse": st.one_of(
        _drawn("sse", {"line_end": st.sampled_from(["lf", "crlf", "cr", "mixed"])}, nth=_NTH),
        _drawn("sse", {"data_lines": st.integers(2, 5) | st.just("indented")}),
        _drawn("sse", {"terminator": st.sampled_from(["none", "early", "only", "twice"])}),
        _drawn("sse", {"blank_lines": st.integers(0, 2)}, bom=st.sampled_from([True])),
        _drawn("sse", {"space": st.sampled_from([False])}, id_line=st.booleans()),
    ),
    "writes": st.one_of(
        _drawn("writes", {"every": st.integers(1, 9) | st.just("2 bytes")}, pause=_SECONDS),
        _drawn("writes", {"at": st.lists(st.integers(1, 9), min_size=1)}, nth=_NTH),
        _drawn("writes", {"together": st.sampled_from([True, 2])}, nth=_NTH),
        _drawn("writes", {"inside": _SPOTS}, byte=st.sampled_from([1, 2, -1])),
    ),
}
"""Each fault by its name."""

_VALUES: Final[st.SearchStrategy[Json]] = st.sampled_from([None, 0, "", "a", [], {"a": 1}])
_PATHS: Final = st.sampled_from(["a", "b[0]", "b[*].c", "type"])
_SELECTED: Final = {
    "label": st.sampled_from(["text", "tool_call"])
    | st.lists(st.sampled_from(["text", "finish"]), min_size=1),
    "call": st.integers(0, 1),
    "type": st.sampled_from(["say", "s*"]) | st.just(["say", "done"]),
    "where": st.dictionaries(_PATHS, _VALUES | st.just({"absent": True}), max_size=1),
    "nth": _NTH | st.just({"every": 2}),
    "each": st.just("call"),
}
_SELECTIONS: Final = st.fixed_dictionaries({}, optional=_SELECTED)
_CONTENTS: Final = (
    st.fixed_dictionaries({"event": _VALUES})
    | st.fixed_dictionaries({"events": st.lists(_VALUES, max_size=2)})
    | st.fixed_dictionaries({"data": st.sampled_from(["", "a", "a\nb"])})
)
_PLACES: Final = st.fixed_dictionaries({"before": _SELECTIONS}) | st.fixed_dictionaries(
    {"after": _SELECTIONS}
)


def _written(*parts: st.SearchStrategy[dict[str, Json]]) -> st.SearchStrategy[Fault]:
    """Draw the settings of a fault from several strategies, and put them together."""
    joined = st.tuples(*parts).map(lambda drawn: {k: v for part in drawn for k, v in part.items()})
    return joined.map(_ADAPTER.validate_python)


def _named(fault: str) -> st.SearchStrategy[dict[str, Json]]:
    common = {"dialect": st.just("chat"), "stream": st.booleans(), "chance": st.just(0.5)}
    return st.fixed_dictionaries({"fault": st.just(fault)}, optional=common)


OF_EVENTS: Final[dict[str, st.SearchStrategy[Fault]]] = {
    "insert": _written(
        _named("insert"),
        _CONTENTS,
        _PLACES | st.fixed_dictionaries({"at": st.sampled_from(["start", "end"])}),
    ),
    "merge": _written(_named("merge"), _SELECTIONS),
    "move": _written(
        _named("move"),
        _SELECTIONS,
        _PLACES | st.fixed_dictionaries({"to": st.sampled_from(["start", "end"])}),
    ),
    "patch": _written(
        _named("patch"),
        _SELECTIONS,
        st.fixed_dictionaries({"set": st.dictionaries(_PATHS, _VALUES, min_size=1)})
        | st.fixed_dictionaries({"delete": st.lists(_PATHS, min_size=1)})
        | st.fixed_dictionaries({"rename": st.just({"a": "z"})}),
    ),
    "replace": _written(_named("replace"), _CONTENTS, _SELECTIONS),
}
"""Faults that change what is in events, and their order."""
