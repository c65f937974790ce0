"""What the scripted model says, and the tools that its clients have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mockrouter.values import Json, JsonObject

MODEL = "openai/gpt-4o"

LOOP = """
turns:
  - say:
      - tool_call: get_weather
        id: call_berlin
        arguments: {city: Berlin, unit: celsius}
    usage: {prompt_tokens: 67, completion_tokens: 18}
  - say:
      - text: "It is {{ results.get_weather.degrees }} °C in {{ calls.get_weather.city }}."
    usage: {prompt_tokens: 101, completion_tokens: 24}
"""

PARALLEL = """
turns:
  - say:
      - text: Both at once.
      - {tool_call: get_weather, id: call_weather, arguments: {city: Zürich}}
      - {tool_call: get_time, id: call_time, arguments: {city: Zürich}}
    stream: {order: interleaved, arguments: 4 chars}
    usage: {prompt_tokens: 80, completion_tokens: 30}
  - say:
      - text: "{{ results.get_weather.degrees }} °C at {{ results.get_time.time }}."
    usage: {prompt_tokens: 130, completion_tokens: 9}
"""

_PLACE: JsonObject = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Name of the city"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    },
    "required": ["city"],
}

FUNCTIONS: list[JsonObject] = [
    {
        "name": "get_weather",
        "description": "Get the current weather in a city.",
        "parameters": _PLACE,
    },
    {
        "name": "get_time",
        "description": "Get the local time in a city.",
        "parameters": _PLACE,
    },
]

CHAT_TOOLS: list[JsonObject] = [{"type": "function", "function": each} for each in FUNCTIONS]
"""As Chat Completions has them."""

RESPONSES_TOOLS: list[JsonObject] = [
    {"type": "function", "strict": None, **each} for each in FUNCTIONS
]
"""As Responses has them."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as a client understood it; *arguments* is JSON text."""

    id: str | None
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Heard:
    """
    One turn of the model as a client understood it.

    Attributes:
        text: What was said.

        calls: In order.

        end: The finish reason, or the status of a response.

        tokens: Of the prompt and of the reply.

        kept: What the client puts into the history.
    """

    text: str
    calls: tuple[Call, ...]
    end: str | None
    tokens: tuple[int, int] | None
    kept: tuple[object, ...] = ()

    @property
    def facts(self) -> tuple[str, tuple[Call, ...], str | None, tuple[int, int] | None]:
        """All that is the same for every client."""
        return self.text, self.calls, self.end, self.tokens


Ask = Callable[[list[object]], Heard]
"""One request with this history."""

RESULTS = {"get_weather": '{"degrees": 18}', "get_time": '{"time": "09:30"}'}
"""What the tools give back."""


def expected(script: str, ends: tuple[str, str]) -> list[Heard]:
    """Say what a client hears of ``LOOP`` or ``PARALLEL``; *ends* as in ``Heard.end``."""
    if script == LOOP:
        berlin = Call("call_berlin", "get_weather", '{"city":"Berlin","unit":"celsius"}')
        first = Heard("", (berlin,), ends[0], (67, 18))
        return [first, Heard("It is 18 °C in Berlin.", (), ends[1], (101, 24))]
    weather = Call("call_weather", "get_weather", '{"city":"Zürich"}')
    time = Call("call_time", "get_time", '{"city":"Zürich"}')
    first = Heard("Both at once.", (weather, time), ends[0], (80, 30))
    return [first, Heard("18 °C at 09:30.", (), ends[1], (130, 9))]


def chat_result(call: Call) -> JsonObject:
    """Answer a call as Chat Completions has it."""
    return {"role": "tool", "tool_call_id": call.id, "content": RESULTS[call.name]}


def responses_result(call: Call) -> JsonObject:
    """Answer a call as Responses has it."""
    return {"type": "function_call_output", "call_id": call.id, "output": RESULTS[call.name]}


def talk(ask: Ask, result: Callable[[Call], JsonObject]) -> Iterator[Heard]:
    """Run the tool loop until the model calls no more; stops after five requests."""
    history: list[object] = [{"role": "user", "content": "How is the weather?"}]
    for _ in range(5):
        heard = ask(history)
        yield heard
        if not heard.calls:
            return
        history += [*heard.kept, *map(result, heard.calls)]


def facts(heard: list[Heard]) -> list[Json]:
    """Leave out what only the client knows."""
    return [each.facts for each in heard]
