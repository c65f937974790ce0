"""What a client asks for, in words that hold in every dialect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from mockrouter.values import Json, JsonObject

Mode = Literal["none", "auto", "required"]


@dataclass(frozen=True, slots=True)
class Tool:
    """
    A tool that the client offers.

    Attributes:
        name: As the client spells it.

        description: Empty where there is none.

        parameters: Its JSON Schema; None where there is none.

        custom: Whether it takes free text (``type: custom``) and not JSON arguments.
    """

    name: str
    description: str = ""
    parameters: JsonObject | None = None
    custom: bool = False


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """
    What ``tool_choice`` demands.

    Attributes:
        mode: ``none``: no call; ``auto``: as the model likes; ``required``: one call at least.

        allowed: Names of the only tools that may be called; None where all may.

        named: Whether exactly one function was forced by name.
    """

    mode: Mode = "auto"
    allowed: tuple[str, ...] | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call in the history. *arguments* is as the client sent it, normally a string."""

    id: str | None
    name: str
    arguments: Json


@dataclass(frozen=True, slots=True)
class Message:
    """
    One message of the conversation.

    A tool result is a message with role ``tool`` and a *call_id*. Model-made items of Responses are
    messages with role ``assistant``.

    Attributes:
        role: ``system``, ``developer``, ``user``, ``assistant`` or ``tool``.

        text: The text parts joined by line breaks; parts of other kinds add nothing.

        calls: Calls that the model made.

        call_id: Of the call that this message answers.

        ids: Ids of this message's items, where the client sent them.
    """

    role: str
    text: str = ""
    calls: tuple[Call, ...] = ()
    call_id: str | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """
    All that a dialect's ``render`` may know of the request.

    A kept wire is found again by this value, so what is not in here cannot change the wire.

    Attributes:
        model: The model that the reply names.

        stream: Whether the client wants a stream.

        prompt_tokens: Size of the prompt.

        created: Unix seconds.

        include_usage: ``stream_options.include_usage`` of Chat Completions.

        obfuscation: ``stream_options.include_obfuscation``.

        include: Words of ``include`` in Responses that change the reply.

        echo: JSON text of the object of request fields that the reply repeats.

        custom_tools: Names of the offered tools of ``type: custom``.

        legacy_functions: Whether the client uses ``functions`` and not ``tools``.

        choices: ``n`` of Chat Completions.

        debug: JSON text of what ``debug.echo_upstream_body`` asks to see; empty for nothing.
    """

    model: str
    stream: bool = False
    prompt_tokens: int = 1
    created: int = 0
    include_usage: bool = False
    obfuscation: bool = True
    include: tuple[str, ...] = ()
    echo: str = "{}"
    custom_tools: tuple[str, ...] = ()
    legacy_functions: bool = False
    choices: int = 1
    debug: str = ""


@dataclass(frozen=True, slots=True)
class Draw:
    """
    What conditions of chance draw from.

    Attributes:
        seed: Of this conversation, this try of it and this condition.

        number: How many requests were looked at before.
    """

    seed: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """
    A request as its dialect reads it.

    Attributes:
        dialect: ``chat`` or ``responses``.

        envelope: What the reply's shape depends on.

        messages: The whole conversation that the client sent (in Responses, with what
            ``previous_response_id`` stands for in front).

        tools: Offered tools, in order.

        tool_choice: What is demanded of them.

        parallel_tool_calls: Whether one reply may hold several calls.

        response_format: ``text``, ``json_object`` or ``json_schema``.

        response_schema: The schema of ``json_schema``.

        body: The parsed body, whole.

        headers: Names in lower case; of a repeated header the last.

        previous: Response id that ``previous_response_id`` names.

        profile: Name of the provider's manner.

        arrived: Says when it came, in Unix seconds of the real time.

        draw: For conditions of chance.
    """

    dialect: str
    envelope: Envelope
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = ToolChoice()
    parallel_tool_calls: bool = True
    response_format: str = "text"
    response_schema: JsonObject | None = None
    body: JsonObject = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    previous: str | None = None
    profile: str = ""
    arrived: Callable[[], float] = float
    draw: Draw = Draw()

    def salted(self, salt: str) -> Request:
        """Let another condition draw something else."""
        return replace(self, draw=replace(self.draw, seed=f"{self.draw.seed}|{salt}"))

    @property
    def user(self) -> str:
        """Text of the last user message; empty where there is none."""
        return next((m.text for m in reversed(self.messages) if m.role == "user"), "")

    @property
    def results(self) -> tuple[Message, ...]:
        """The tool results at the end of the conversation: those not yet answered."""
        found: list[Message] = []
        for message in reversed(self.messages):
            if message.role == "assistant":
                break
            if message.role == "tool":
                found.append(message)
        return tuple(reversed(found))

    def tool(self, name: str) -> Tool | None:
        """Find the offered tool of this name."""
        return next((tool for tool in self.tools if tool.name == name), None)

    @property
    def calls(self) -> dict[str, Call]:
        """The calls of the history by their ids; of a repeated id the last."""
        calls = (call for message in self.messages for call in message.calls)
        return {call.id: call for call in calls if call.id is not None}

    def call(self, call_id: str | None) -> Call | None:
        """Find the last call of this id in the history."""
        if call_id is None:
            return None
        calls = (call for message in reversed(self.messages) for call in message.calls)
        return next((call for call in calls if call.id == call_id), None)
