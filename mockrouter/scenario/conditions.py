"""
What conditions on a request compare: one function each.

It says both whether its condition holds and why not: a condition holds where it finds no
difference. Those that hold other conditions stand in ``matching``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from mockrouter.patterns import Name, Path, Range, Text, Value
from mockrouter.request import Request
from mockrouter.values import Json


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One condition that does not hold.

    Attributes:
        condition: Its name, with the inner name where there is one: ``headers.x-team``.

        expected: What the scenario asks for, in its own words.

        actual: What the request has.
    """

    condition: str
    expected: str
    actual: str

    def __str__(self) -> str:
        """``model is 'gpt-4o', not 'claude-*'``."""
        return f"{self.condition} is {self.actual}, not {self.expected}"


Check = Callable[[Json, Request], Iterator[Difference]]


def turns_had(request: Request) -> int:
    """Count the model's turns in the conversation; a run of assistant messages is one turn."""
    roles = [message.role for message in request.messages]
    return sum(
        role == "assistant" and (index == 0 or roles[index - 1] != "assistant")
        for index, role in enumerate(roles)
    )


def _one(name: str, wanted: object, actual: object) -> Iterator[Difference]:
    if wanted != actual:
        yield Difference(name, _show(wanted), _show(actual))


def _dialect(wanted: Json, request: Request) -> Iterator[Difference]:
    return _one("dialect", wanted, request.dialect)


def _profile(wanted: Json, request: Request) -> Iterator[Difference]:
    return _one("profile", wanted, request.profile)


def _stream(wanted: Json, request: Request) -> Iterator[Difference]:
    asked = _flag(request, "stream")
    return _one("stream", wanted, "plain" if wanted == "plain" and asked is not True else asked)


def _parallel(wanted: Json, request: Request) -> Iterator[Difference]:
    return _one("parallel_tool_calls", wanted, _flag(request, "parallel_tool_calls"))


def _flag(request: Request, name: str) -> Json:
    value = request.body.get(name)
    return "absent" if value is None else value


def _model(wanted: Name, request: Request) -> Iterator[Difference]:
    if not wanted.holds(request.envelope.model):
        yield Difference("model", str(wanted), _show(request.envelope.model))


def _tools(wanted: Name | list[Name], request: Request) -> Iterator[Difference]:
    offered = [tool.name for tool in request.tools]
    shown = ", ".join(offered) or "none"
    for name in wanted if isinstance(wanted, list) else [wanted]:
        fits = not offered if name.text == "none" else any(map(name.holds, offered))
        if not fits:
            yield Difference("tools", str(name), shown)


def _tool_choice(wanted: str, request: Request) -> Iterator[Difference]:
    sent = request.body.get("tool_choice", request.body.get("function_call"))
    choice = request.tool_choice
    actual: str = "absent" if sent is None else choice.mode
    if choice.named and choice.allowed:
        actual = choice.allowed[0]
    return _one("tool_choice", wanted, actual)


def _response_format(wanted: Json, request: Request) -> Iterator[Difference]:
    return _one("response_format", wanted, request.response_format)


def _text(name: str, wanted: Text, actual: str | None) -> Iterator[Difference]:
    if not wanted.holds(actual):
        yield Difference(name, str(wanted), "absent" if actual is None else _show(actual))


def _system(wanted: Text, request: Request) -> Iterator[Difference]:
    texts = [m.text for m in request.messages if m.role in {"system", "developer"}]
    return _text("system", wanted, "\n".join(texts) if texts else None)


def _user(wanted: Text, request: Request) -> Iterator[Difference]:
    return _text("user", wanted, request.user or None)


def _result(wanted: Text, request: Request) -> Iterator[Difference]:
    texts = [message.text for message in request.results]
    return _text("result", wanted, "\n".join(texts) if texts else None)


def _turn(wanted: Range, request: Request) -> Iterator[Difference]:
    had = turns_had(request)
    if not wanted.holds(had):
        yield Difference("turn", str(wanted), str(had))


def _headers(wanted: dict[str, Text], request: Request) -> Iterator[Difference]:
    for name, text in wanted.items():
        value = request.headers.get(name.lower())
        if not text.holds(value):
            shown = "absent" if value is None else "another value"
            yield Difference(f"headers.{name}", str(text), shown)


def _body(wanted: dict[Path, Value], request: Request) -> Iterator[Difference]:
    for path, value in wanted.items():
        found = path.values_in(request.body)
        if not value.holds(found):
            shown = ", ".join(map(_show, found)) or "absent"
            yield Difference(f"body.{path}", str(value), shown)


def _body_bytes(wanted: Range, request: Request) -> Iterator[Difference]:
    size = int(request.headers.get("content-length", 0))
    if not wanted.holds(size):
        yield Difference("body_bytes", str(wanted), str(size))


def _chance(wanted: float, request: Request) -> Iterator[Difference]:
    drawn = Random(request.draw.seed).random()  # noqa: S311 - the same on each run
    if drawn >= wanted:
        yield Difference("chance", f"below {wanted:g}", f"{drawn:.3f}")


def _every(wanted: int, request: Request) -> Iterator[Difference]:
    number = request.draw.number + 1
    if number % wanted:
        yield Difference("every", f"a multiple of {wanted}", f"{number}")


def _show(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value).lower()
    return text if len(text) <= 80 else f"{text[:77]}…"  # noqa: PLR2004 - a line in a terminal


PLAIN: Final[dict[str, Check]] = {
    "dialect": _dialect,
    "profile": _profile,
    "stream": _stream,
    "model": _model,
    "tools": _tools,
    "tool_choice": _tool_choice,
    "parallel_tool_calls": _parallel,
    "response_format": _response_format,
    "system": _system,
    "user": _user,
    "result": _result,
    "turn": _turn,
    "headers": _headers,
    "body": _body,
    "body_bytes": _body_bytes,
    "chance": _chance,
    "every": _every,
}
"""Every condition that holds no other one, by its key in ``when``."""
