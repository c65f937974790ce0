"""
One exchange, taken apart: what its client sent, and what the reply said.

Nothing here raises for what a client sends: what cannot be read is empty.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus

from mockrouter.dialects import DIALECTS
from mockrouter.engine.journal import Exchange
from mockrouter.engine.parsing import parse
from mockrouter.errors import BadRequest
from mockrouter.ids import Ids
from mockrouter.profiles import PROFILES, Profile
from mockrouter.reply import Reply, ToolCall
from mockrouter.request import Request, Tool
from mockrouter.values import Json, JsonObject
from mockrouter.verbatim import Said
from mockrouter.wire import Wire

_CHOICE_STRIDE = 1000
"""Where the ids of a further choice's calls start, as Chat Completions renders them."""


@dataclass(frozen=True, slots=True)
class Made:
    """
    A call that a reply made.

    Attributes:
        name: Of the tool.

        arguments: As they went out, normally a text.

        id: By which results name it; of an old-style function call, the name.

        ids: All of them, where the same call stands in several choices.
    """

    name: str
    arguments: Json
    id: str
    ids: tuple[str, ...]


class Reading:
    """
    An exchange as it is read.

    Attributes:
        exchange: What is read.
    """

    def __init__(self, exchange: Exchange) -> None:
        """Read nothing yet."""
        self.exchange = exchange

    @property
    def number(self) -> int:
        """Of the exchange, from 1."""
        return self.exchange.number

    @cached_property
    def _parsed(self) -> tuple[bool, Json]:
        body = self.exchange.body
        if not body:
            return True, None
        try:
            return True, json.loads(body, parse_constant=str, parse_float=_number)
        except (ValueError, RecursionError):
            return False, body.decode("utf-8", "replace")

    @property
    def body(self) -> Json:
        """The body: its JSON value, or its text where it is none; None where it is empty."""
        return self._parsed[1]

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON, or empty."""
        return self._parsed[0]

    @cached_property
    def fields(self) -> JsonObject:
        """The body's fields; none where it is no JSON object."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def model(self) -> str:
        """The model that is asked for; empty where none is."""
        asked = self.fields.get("model")
        if not asked and self.request:
            asked = self.request.envelope.model
        return asked if isinstance(asked, str) else ""

    @property
    def stream(self) -> bool:
        """Whether a stream is asked for."""
        return self.fields.get("stream") is True

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools that are offered."""
        return self.request.tools if self.request else ()

    @cached_property
    def messages(self) -> list[Json]:
        """The messages (in Responses, the items) as they were sent; a text is one of the user's."""
        chat = self.exchange.dialect == "chat"
        sent = self.fields.get("messages" if chat else "input")
        if chat and sent is None:
            sent = self.fields.get("prompt")
        if isinstance(sent, str):
            return [{"role": "user", "content": sent}]
        return sent if isinstance(sent, list) else []

    @property
    def previous(self) -> str:
        """The id that ``previous_response_id`` names; empty for none."""
        previous = self.fields.get("previous_response_id")
        return previous if isinstance(previous, str) else ""

    @property
    def profile(self) -> Profile | None:
        """The provider's manner."""
        return PROFILES.get(self.exchange.profile)

    @cached_property
    def request(self) -> Request | None:
        """The request as its format reads it; None where it is refused."""
        dialect, profile = DIALECTS.get(self.exchange.dialect), self.profile
        if dialect is None or profile is None:
            return None
        try:
            return dialect.read(parse(self.exchange.body), self.exchange.headers, profile, 0)
        except (BadRequest, RecursionError):
            return None

    @property
    def said(self) -> Said | None:
        """What the answer was made from; None for refusals and the mock's own complaints."""
        return self.exchange.compiled.said if self.exchange.compiled else None

    @cached_property
    def wire(self) -> Wire | None:
        """The response as it was meant to go out; None while there is none."""
        return self.exchange.wire

    @cached_property
    def reply(self) -> Reply | None:
        """What the model said before any error; None where the answer holds no reply."""
        compiled = self.exchange.compiled
        if compiled is None or not isinstance(compiled.said, Reply):
            return None
        # A plain reply that fails is an error and nothing else.
        whole = compiled.wire.status < HTTPStatus.BAD_REQUEST
        return compiled.said.until_error() if whole else None

    @cached_property
    def made(self) -> tuple[Made, ...]:
        """The calls that the reply made."""
        # Whether there are any comes first: to read a request takes longer.
        if self.reply is None or not self.reply.calls or self.request is None:
            return ()
        return tuple(self._made(call, n) for n, call in enumerate(self.reply.calls))

    def _made(self, call: ToolCall, number: int) -> Made:
        envelope = self.request.envelope if self.request else None
        if envelope and envelope.legacy_functions:
            return Made(call.name, call.arguments, call.name, ())
        if call.id is not None or self.profile is None:
            made = [call.id or ""]
        else:
            shape, ids = self.profile.call_id, self._ids
            made = [ids.make(shape, place) for place in self._places(call, number)]
        return Made(call.name, call.arguments, made[0], tuple(made))

    def _places(self, call: ToolCall, number: int) -> Iterator[int]:
        """Number a call among those of each choice that it stands in."""
        calls = self.reply.calls[:number] if self.reply else ()
        asked = self.request.envelope.choices if self.request else 1
        several = (self.reply.choices if self.reply else None) or asked
        for choice in range(several) if call.choice is None else [call.choice]:
            before = sum(each.choice in {None, choice} for each in calls)
            yield before + choice * _CHOICE_STRIDE

    @property
    def response_id(self) -> str:
        """The id that ``previous_response_id`` may name; empty where the reply has none."""
        exchange, profile = self.exchange, self.profile
        if self.reply is None or profile is None or exchange.dialect != "responses":
            return ""
        return self._ids.make(profile.response_id)

    @property
    def _ids(self) -> Ids:
        exchange = self.exchange
        key = f"{exchange.seed}|{exchange.scenario}"
        return Ids(key, (exchange.turn or 1) - 1, (exchange.attempt or 1) - 1, exchange.nonce)


def is_deep(value: Json, deepest: int) -> bool:
    """Tell whether a JSON value is nested more than *deepest* levels deep."""
    level = [value]
    for _ in range(deepest):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text
