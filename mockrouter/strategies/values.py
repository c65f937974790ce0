"""What is drawn: a reply, and a stream that sends it. Plain values, which know no Hypothesis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias

from mockrouter.reply import Usage
from mockrouter.values import JsonObject
from mockrouter.wire import Ending

DialectName: TypeAlias = Literal["chat", "responses"]
ProfileName: TypeAlias = Literal["openai", "openrouter", "solrouter"]

_MOST_WRITES: Final = 20
_LONGEST: Final = 300
_TAIL: Final = 60
_TELLING: Final = re.compile(r'"(?:delta|item)":')
"""From where on an event says something of its own; before that all have the same."""


@dataclass(frozen=True, slots=True)
class Call:
    """
    A tool call.

    Attributes:
        name: Of the tool.

        arguments: The text, JSON or not.

        id: Empty for ``call_1``, ``call_2`` and so on, by the call's place in its reply.

    Raises:
        TypeError: One is no text.
    """

    name: str
    arguments: str = "{}"
    id: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no text; above all arguments that are not written yet."""
        if not isinstance(self.arguments, str):
            message = (
                f"a call's 'arguments' are {self.arguments!r}, and no text; "
                "write them as the model does, with json.dumps"
            )
            raise TypeError(message)
        _check_texts("call", name=self.name, id=self.id)


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What a stream is to say.

    Attributes:
        text: Empty if there is none.

        calls: In order.

        finish_reason: In the words of Chat Completions; empty for ``tool_calls`` or ``stop``, as
            fits. In Responses these two are the status ``completed``, and ``length`` and
            ``content_filter`` are ``incomplete``.

        usage: None lets the mock count.

    Raises:
        TypeError: One is of another type.
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    finish_reason: str = ""
    usage: Usage | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be sent."""
        _check_texts("reply", text=self.text, finish_reason=self.finish_reason)
        calls: object = self.calls
        if not isinstance(calls, tuple) or not all(isinstance(call, Call) for call in calls):
            message = f"a reply's 'calls' are {calls!r}; write a tuple of strategies.Call"
            raise TypeError(message)
        if self.usage is not None and not isinstance(self.usage, Usage):
            message = f"a reply's 'usage' is {self.usage!r}; write a strategies.Usage, or None"
            raise TypeError(message)


def _check_texts(what: str, **texts: object) -> None:
    for name, text in texts.items():
        if not isinstance(text, str):
            message = f"a {what}'s '{name}' is {text!r}, and no text; write {str(text)!r}"
            raise TypeError(message)


def completed(reply: Reply) -> Reply:
    """Fill in what a reply leaves open: ids, and how it ends."""
    calls = tuple(
        call if call.id else replace(call, id=f"call_{number}")
        for number, call in enumerate(reply.calls, 1)
    )
    return replace(reply, calls=calls, finish_reason=reply.finish_reason or usual_finish(calls))


def usual_finish(calls: Iterable[Call]) -> str:
    """Say how a reply with these calls ends unless it says otherwise."""
    return "tool_calls" if any(True for _ in calls) else "stop"


class _Printer(Protocol):
    """What Hypothesis prints with, as much of it as is needed."""

    def text(self, obj: str) -> None: ...


@dataclass(frozen=True, slots=True, repr=False)
class Stream:
    """
    A whole response that streams, as bytes.

    Attributes:
        writes: What each read of a socket might give.

        reply: What is meant; of a hostile stream, what would have arrived.

        scenario: YAML that sends the same bytes over HTTP in answer to *request*.

        request: The body that it answers, as JSON.

        path: Where that was sent.

        dialect: The format.

        profile: The provider's manner.

        status: HTTP status; 0 where the connection ends before there is one.

        headers: Of the response, names in lower case.

        ending: How the connection ends.
    """

    writes: tuple[bytes, ...]
    reply: Reply
    scenario: str
    request: JsonObject = field(hash=False)
    path: str
    dialect: str
    profile: str
    status: int
    headers: Mapping[str, str] = field(hash=False)
    ending: Ending

    @property
    def body(self) -> bytes:
        """All writes together."""
        return b"".join(self.writes)

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the scenario to a file; gives its path."""
        file = Path(path)
        file.write_text(self.scenario, encoding="utf-8")
        return file

    def __repr__(self) -> str:
        """Show the scenario, to be saved as it stands, then the writes and the reply."""
        shown = "\n".join(self._writes())
        return f"Stream('''\n{self.scenario}''', writes=[\n{shown}\n], reply={self.reply!r})"

    def _repr_pretty_(self, printer: _Printer, cycle: bool) -> None:  # noqa: ARG002, FBT001 - as it is called
        # Hypothesis would indent the lines of any other text, and what is copied would not load.
        printer.text(repr(self))

    def _writes(self) -> Iterator[str]:
        for data in self.writes[:_MOST_WRITES]:
            yield f"  {_shown(repr(data))},"
        left = len(self.writes) - _MOST_WRITES
        if left > 0:
            yield f"  … and {left} more"


def _shown(text: str) -> str:
    """Shorten a write to its beginning, what is telling in it, and its end."""
    if len(text) <= _LONGEST:
        return text
    telling = _TELLING.search(text, _TAIL)
    start = min(telling.start() if telling else _TAIL, len(text) - _TAIL)
    # What is left of the room is for what the event says.
    end = min(start + _LONGEST - 2 * _TAIL, len(text) - _TAIL)
    first = text[:_TAIL] + (" … " if start > _TAIL else "") + text[start:end]
    return f"{first} … {text[-_TAIL:]}" if end < len(text) - _TAIL else first + text[-_TAIL:]
