"""Strategies for streams that go wrong."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from hypothesis import strategies as st

from mockrouter.entries.authoring import authored, part
from mockrouter.faults import FAULTS, Layer
from mockrouter.malformations import MALFORMATIONS
from mockrouter.reply import ToolCall
from mockrouter.strategies.checking import check_names, reply_strategy
from mockrouter.strategies.content import calls, replies
from mockrouter.strategies.fault_settings import Settings, settings
from mockrouter.strategies.legal import counts, requests
from mockrouter.strategies.playing import Asked, play, stream_of, with_faults
from mockrouter.strategies.tracing import untraced
from mockrouter.strategies.turns import streamed
from mockrouter.strategies.values import (
    Call,
    DialectName,
    ProfileName,
    Reply,
    Stream,
    completed,
)
from mockrouter.values import JsonObject, compact, parsed

KINDS: Final = ("malformed", "error", *FAULTS)
"""What may go wrong, by the names by which it is asked for."""

_LAYERS: Final[tuple[Layer, ...]] = ("event", "sse", "bytes", "writes", "connection")
_STATUSES: Final = [500, 429, 502, 503, 400]

_PATHS: Final = {
    "chat": [
        "choices[0].delta.content",
        "choices[0].delta.tool_calls[0].index",
        "choices[0].delta.tool_calls[0].id",
        "choices[0].delta.tool_calls[0].function.name",
        "choices[0].delta.tool_calls[0].function.arguments",
        "choices[0].delta.role",
        "choices[0].delta",
        "choices[0].finish_reason",
        "choices[0].index",
        "choices",
        "id",
        "usage",
    ],
    "responses": [
        "type",
        "delta",
        "item.call_id",
        "item.arguments",
        "item.name",
        "item",
        "item_id",
        "output_index",
        "sequence_number",
        "arguments",
        "text",
        "response.output",
        "response.status",
        "response",
    ],
}
_TYPES: Final = st.sampled_from(
    ["response.*", "*.delta", "*.done", "response.output_item.*", "response.completed"]
)


def hostile(
    *,
    dialect: DialectName | None = None,
    profile: ProfileName | None = None,
    reply: Reply | st.SearchStrategy[Reply] | None = None,
    only: Collection[str] | None = None,
    most: int = 3,
) -> st.SearchStrategy[Stream]:
    """
    Draw streams that go wrong: with faults on top of each other, broken arguments, an error.

    Some are still sound, as not every fault does harm; what was to be sent is their ``reply``.

    Args:
        dialect: The format; else either.

        profile: The provider's manner; else any.

        reply: The reply to be sent, or a strategy for it; else ``replies()``.

        only: Names of faults, ``malformed`` for broken arguments, ``error`` for an error amid the
            stream; else all of them.

        most: How many of them at once.

    Raises:
        TypeError: *reply* is none, *only* no list, or *most* no whole number.

        ValueError: There is no such format, provider or fault, or *most* is none.
    """
    names = KINDS if only is None else check_names(only, KINDS, "fault")
    if not names:
        message = f"'only' names no fault; write some of {', '.join(KINDS)}"
        raise ValueError(message)
    if not isinstance(most, int):
        message = f"'most' is {most!r}; write a whole number, 1 or more"
        raise TypeError(message)
    if most < 1:
        message = f"'most' is {most}, and then nothing goes wrong; write 1 or more"
        raise ValueError(message)
    kinds = st.lists(st.sampled_from(names), min_size=1, max_size=most)
    said = reply_strategy(replies() if reply is None else reply)
    with_calls = _REPLIES_WITH_CALLS if reply is None else said
    return _hostile(requests(dialect, profile), said, with_calls, kinds)


@st.composite
def _hostile(
    draw: st.DrawFn,
    asked: st.SearchStrategy[tuple[str, str]],
    reply: st.SearchStrategy[Reply],
    with_calls: st.SearchStrategy[Reply],
    kinds: st.SearchStrategy[list[str]],
) -> Stream:
    with untraced():
        dialect, profile = draw(asked)
        wrong = draw(kinds)
        wanted = draw(with_calls if "malformed" in wrong else reply)
        request = counts(draw, dialect, profile, wanted, ("usage",))
        made = streamed(draw, wanted)
        turn = authored(made, None)
        if "malformed" in wrong and wanted.calls:
            _malform(draw, turn, wanted)
        if "error" in wrong:
            sent = sum(len(each.fragments) for each in made.parts)
            turn["error"] = {
                "status": draw(st.sampled_from(_STATUSES)),
                "after": draw(st.integers(0, sent)),
            }
        turn = with_faults(turn, _faults(draw, request, wrong))
        return stream_of(play(request, turn), wanted)


_REPLIES_WITH_CALLS: Final = replies(calls=st.lists(calls(), min_size=1, max_size=3)).map(completed)


def _faults(draw: st.DrawFn, asked: Asked, wrong: Sequence[str]) -> list[JsonObject]:
    """Draw settings of the faults, in the order in which each finds most to do."""
    known = _SETTINGS[asked.dialect]
    names = sorted((name for name in wrong if name in known), key=_layer)
    faults: list[JsonObject] = []
    ended = False
    for name in names:
        fault = draw(known[name])
        ends = FAULTS[name].model_validate(fault).ends
        # A scenario that ends twice is refused.
        if not (ended and ends):
            faults.append(fault)
        ended = ended or ends
    return faults


def _layer(fault: str) -> int:
    return _LAYERS.index(FAULTS[fault].layer)


_SETTINGS: Final[dict[str, dict[str, Settings]]] = {
    dialect: settings(paths=st.sampled_from(paths), types=_TYPES, sizes=st.integers(16, 400))
    for dialect, paths in _PATHS.items()
}
"""By the name of the format, then by that of the fault."""


def _malform(draw: st.DrawFn, turn: JsonObject, reply: Reply) -> None:
    """Break the arguments of one call; those that are no JSON object are taken for an empty one."""
    number = draw(st.integers(0, len(reply.calls) - 1))
    place = len(turn["say"]) - len(reply.calls) + number
    turn["say"][place] = {
        **_said(reply.calls[number]),
        "malformed": draw(st.sampled_from(list(MALFORMATIONS))),
        "cut": draw(st.sampled_from(["whole", "3 chars", "1 char"])),
    }


def _said(call: Call) -> JsonObject:
    """Write a call with its arguments as a mapping."""
    value = parsed(call.arguments)
    text = compact(value) if isinstance(value, dict) else "{}"
    made = part(ToolCall(call.name, (text,), call.id))
    kept = {key: made[key] for key in ("tool_call", "arguments", "id")}
    return kept if isinstance(kept["arguments"], dict) else kept | {"arguments": {}}
