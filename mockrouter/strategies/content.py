"""Strategies for what is said: replies, calls, token counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from mockrouter.reply import Usage
from mockrouter.strategies.checking import check_strategies
from mockrouter.strategies.drawing import together
from mockrouter.strategies.values import Call, Reply
from mockrouter.values import Json, compact

_WORDS: Final = st.sampled_from(
    [
        *("a", " ", "é", "世界", "🌍", '"', "\\", "{"),
        *("\n", "\r\n", "\x85", "\u2028", "data: ", "[DONE]"),
    ]
)
"""What gets lost in escapes, between two bytes of a character, or as the end of a line."""

_MOST_TOKENS: Final = 100_000


def _text(most: int) -> st.SearchStrategy[str]:
    """Draw text that no server changes: U+10FFFE and its like stand for nothing anywhere."""
    plain = st.characters(codec="utf-8", exclude_categories=["Cn", "Cs", "Co"])
    return st.text(plain, max_size=most) | st.lists(_WORDS, max_size=most // 3).map("".join)


def _arguments() -> st.SearchStrategy[str]:
    scalars: st.SearchStrategy[Json] = st.one_of(
        _text(8), st.integers(-(10**9), 10**9), st.booleans(), st.none()
    )
    values = st.one_of(
        scalars, st.lists(scalars, max_size=2), st.dictionaries(_text(4), scalars, max_size=2)
    )
    objects = st.dictionaries(_text(6), values, max_size=2)
    return together(objects, st.sampled_from(_WRITERS)).map(lambda drawn: drawn[1](drawn[0]))


def _escaped(value: Json) -> str:
    return json.dumps(value)


def _indented(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


_WRITERS: Final = (compact, _escaped, _indented)
"""How models write JSON."""


def calls(
    *,
    name: st.SearchStrategy[str] | None = None,
    arguments: st.SearchStrategy[str] | None = None,
    id: st.SearchStrategy[str] | None = None,  # noqa: A002 - the field's own name
) -> st.SearchStrategy[Call]:
    """
    Draw tool calls.

    Args:
        name: Else such as providers allow: letters, digits, ``_`` and ``-``.

        arguments: Else JSON objects, however written.

        id: Else ``call_1``, ``call_2`` and so on.

    Raises:
        TypeError: One is no strategy.
    """
    check_strategies(name=name, arguments=arguments, id=id)
    names = st.sampled_from(["f", "get_weather"]) | st.from_regex(
        r"[a-zA-Z_][a-zA-Z0-9_-]{0,20}", fullmatch=True
    ).filter(lambda word: word != "any")
    return together(
        names if name is None else name,
        _arguments() if arguments is None else arguments,
        st.just("") if id is None else id,
    ).map(lambda drawn: Call(*drawn))


def replies(
    *,
    text: st.SearchStrategy[str] | None = None,
    calls: st.SearchStrategy[Sequence[Call]] | st.SearchStrategy[list[Call]] | None = None,
    finish_reason: st.SearchStrategy[str] | None = None,
    usage: st.SearchStrategy[Usage | None] | None = None,
) -> st.SearchStrategy[Reply]:
    """
    Draw replies: text, calls, how they end.

    Args:
        text: Else up to 24 characters of any kind.

        calls: Else up to three of them.

        finish_reason: Else as fits, or ``length`` or ``content_filter``.

        usage: Else none: the mock counts.

    Raises:
        TypeError: One is no strategy.
    """
    check_strategies(text=text, calls=calls, finish_reason=finish_reason, usage=usage)
    some = st.lists(_calls(), max_size=3) if calls is None else calls
    endings = st.just("") | st.sampled_from(["length", "content_filter"])
    return together(
        _text(24) if text is None else text,
        some,
        endings if finish_reason is None else finish_reason,
        st.none() if usage is None else usage,
    ).map(_replied)


_calls = calls


def _replied(drawn: tuple[str, Sequence[Call], str, Usage | None]) -> Reply:
    text, some, finish_reason, usage = drawn
    # What is no list is told by the reply.
    return Reply(text, tuple(some) if isinstance(some, list) else some, finish_reason, usage)  # type: ignore[arg-type]


def usages() -> st.SearchStrategy[Usage]:
    """Draw token counts that add up: what is cached or reasoned is part of the rest."""
    return together(
        st.integers(1, _MOST_TOKENS), st.integers(1, _MOST_TOKENS), st.integers(0), st.integers(0)
    ).map(
        lambda n: Usage(n[0], n[1], reasoning_tokens=min(n[2], n[1]), cached_tokens=min(n[3], n[0]))
    )
