"""Structured outputs: the openai SDK's ``parse()`` with pydantic models, in both formats."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel, Field

from clients.mock import Mock
from clients.scripts import MODEL
from mockrouter.profiles import OPENAI, OPENROUTER, Profile


class Priority(Enum):
    """How urgent a ticket is."""

    low = "low"
    high = "high"


class Person(BaseModel):
    """Who reports."""

    name: str
    age: int | None


class Ticket(BaseModel):
    """A nested model, as users write them."""

    title: str = Field(description="One line")
    priority: Priority
    reporter: Person
    labels: list[str]


class Weather(BaseModel):
    """Arguments of a tool."""

    city: str
    days: int


SCRIPT = """
turns:
  - say:
      - json:
          title: Door stuck
          priority: high
          reporter: {name: Jo, age: null}
          labels: [door, lab]
"""

TICKET = Ticket(
    title="Door stuck",
    priority=Priority.high,
    reporter=Person(name="Jo", age=None),
    labels=["door", "lab"],
)

HELLO: Any = [{"role": "user", "content": "The door is stuck, says Jo."}]


def client(mock: Mock, profile: Profile) -> OpenAI:
    """Point the SDK at the mock."""
    return OpenAI(base_url=mock.url(profile), api_key="sk-test", max_retries=0)


def test_chat(mock: Mock, profile: Profile) -> None:
    """``chat.completions.parse`` gives the scripted model instance."""
    mock.play(SCRIPT)
    with client(mock, profile) as sdk:
        parsed = sdk.chat.completions.parse(model=MODEL, messages=HELLO, response_format=Ticket)

    assert TICKET == parsed.choices[0].message.parsed
    assert "json_schema" == mock.requests[0]["response_format"]["type"]


def test_chat_stream(mock: Mock, profile: Profile) -> None:
    """The stream helper parses too, once the content is whole."""
    mock.play(SCRIPT)
    with (
        client(mock, profile) as sdk,
        sdk.chat.completions.stream(model=MODEL, messages=HELLO, response_format=Ticket) as stream,
    ):
        parsed = stream.get_final_completion()

    assert TICKET == parsed.choices[0].message.parsed


def test_responses(mock: Mock, profile: Profile) -> None:
    """``responses.parse`` reads ``text.format``."""
    mock.play(SCRIPT)
    with client(mock, profile) as sdk:
        parsed = sdk.responses.parse(model=MODEL, input=HELLO, text_format=Ticket)
        with sdk.responses.stream(model=MODEL, input=HELLO, text_format=Ticket) as stream:
            streamed = stream.get_final_response()

    assert TICKET == parsed.output_parsed == streamed.output_parsed
    assert "json_schema" == mock.requests[0]["text"]["format"]["type"]


def test_without_a_script(mock: Mock, profile: Profile) -> None:
    """Without a scenario the content is made up from the model's own schema, and is valid."""
    with client(mock, profile) as sdk:
        chat = sdk.chat.completions.parse(model=MODEL, messages=HELLO, response_format=Ticket)
        response = sdk.responses.parse(model=MODEL, input=HELLO, text_format=Ticket)

    assert isinstance(chat.choices[0].message.parsed, Ticket)
    assert isinstance(response.output_parsed, Ticket)


def test_tool_arguments(mock: Mock, profile: Profile) -> None:
    """Arguments of a pydantic tool are made up from its strict schema, and parsed."""
    tools = [openai.pydantic_function_tool(Weather)]
    flat: Any = {"type": "function", "strict": True, **tools[0]["function"]}
    with client(mock, profile) as sdk:
        chat = sdk.chat.completions.parse(model=MODEL, messages=HELLO, tools=tools)
        response = sdk.responses.parse(model=MODEL, input=HELLO, tools=[flat])

    (call,) = chat.choices[0].message.tool_calls or []
    assert isinstance(call.function.parsed_arguments, Weather)
    (item,) = response.output
    assert item.type == "function_call"
    assert "Weather" == item.name
    Weather.model_validate_json(item.arguments)


def test_refusal(mock: Mock, profile: Profile) -> None:
    """A refusal stands in its own field, and nothing is parsed."""
    mock.play("turns: [{say: [{refusal: I will not.}]}]")
    with client(mock, profile) as sdk:
        parsed = sdk.chat.completions.parse(model=MODEL, messages=HELLO, response_format=Ticket)
        response = sdk.responses.parse(model=MODEL, input=HELLO, text_format=Ticket)

    message = parsed.choices[0].message
    assert ("I will not.", None) == (message.refusal, message.parsed)
    assert response.output_parsed is None
    (item,) = response.output
    assert item.type == "message"
    assert item.content[0].type == "refusal"
    assert "I will not." == item.content[0].refusal


def test_cut_off(mock: Mock) -> None:
    """Content that was cut off raises the SDK's own error."""
    mock.play(
        """
        turns:
          - say: [{text: '{"title": "Do'}]
            finish_reason: length
            ignores: [response_format]
        """
    )
    with client(mock, OPENAI) as sdk, pytest.raises(openai.LengthFinishReasonError):
        sdk.chat.completions.parse(model=MODEL, messages=HELLO, response_format=Ticket)


def test_async(mock: Mock) -> None:
    """``parse`` works asynchronously."""
    mock.play(SCRIPT)

    async def run() -> Ticket | None:
        async with AsyncOpenAI(base_url=mock.url(OPENROUTER), api_key="sk-test") as sdk:
            asked: Any = {"model": MODEL, "messages": HELLO, "response_format": Ticket}
            parsed = await sdk.chat.completions.parse(**asked)
        ticket: Ticket | None = parsed.choices[0].message.parsed
        return ticket

    assert TICKET == asyncio.run(run())
