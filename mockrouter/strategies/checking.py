"""What a strategy is asked for is checked as it is asked for, not when it first draws."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from hypothesis import strategies as st

from mockrouter.strategies.values import Reply, completed

_INSTEAD = {
    "text": "st.text() or st.just('Hello')",
    "calls": "st.lists(strategies.calls(), max_size=3)",
    "finish_reason": "st.just('length')",
    "usage": "strategies.usages()",
    "name": "st.just('get_weather')",
    "arguments": """st.just('{"city": "Oslo"}')""",
    "id": "st.just('call_1')",
}
"""By the name of an argument, a strategy for it."""


def check_strategies(**given: object) -> None:
    """
    Refuse what is no strategy; None stands for the usual one.

    Raises:
        TypeError: One is a value.
    """
    for name, value in given.items():
        if value is not None and not isinstance(value, st.SearchStrategy):
            message = f"'{name}' is {value!r}, and no strategy; write one, such as {_INSTEAD[name]}"
            raise TypeError(message)


def check_names(given: Collection[str], known: Sequence[str], what: str) -> tuple[str, ...]:
    """
    Refuse names of nothing.

    Raises:
        TypeError: They are no list.

        ValueError: They are one name, or one is none of *known*.
    """
    if isinstance(given, str):
        message = f"'{given}' is no list; write it in brackets"
        raise ValueError(message)  # noqa: TRY004 - as for any other wrong name
    if not isinstance(given, Iterable):
        message = f"{given!r} is no list; write some of {', '.join(known)}, in brackets"
        raise TypeError(message)
    names = tuple(given)
    for name in names:
        if name not in known:
            message = f"'{name}' is no {what}; write some of {', '.join(known)}"
            raise ValueError(message)
    return names


def reply_strategy(reply: Reply | st.SearchStrategy[Reply]) -> st.SearchStrategy[Reply]:
    """
    Draw the replies that are meant, completed.

    Raises:
        TypeError: It is neither a reply nor a strategy; one that draws none raises it later.
    """
    if isinstance(reply, st.SearchStrategy):
        return reply.map(_drawn)
    return st.just(_drawn(reply))


def _drawn(reply: object) -> Reply:
    if isinstance(reply, Reply):
        return completed(reply)
    said = reply if isinstance(reply, str) else "Hello"
    message = (
        f"{reply!r} is no reply; write strategies.Reply(text={said!r}), "
        "or a strategy such as strategies.replies()"
    )
    raise TypeError(message)
