"""Requests that must be accepted as they are; see ``test_requirements`` for [S…]."""

from __future__ import annotations

import json
from functools import partial

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field

from asgi import Client
from loop import MANNERS, Call, Manner, talk
from mockrouter.entries import entries
from mockrouter.values import Json, JsonObject
from requirement_samples import BOOKS, CHAT, CITY, DATABASE, SOL, WEATHER, ask, replies, user

CHAT_MANNERS = [manner for manner in MANNERS if manner.dialect == "chat"]


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_attribution_headers(manner: Manner) -> None:
    """[S2] ``HTTP-Referer`` and ``X-Title`` change nothing, and the request log shows them."""
    client = Client()
    body = manner.body([user("Hi")])
    bare = client.post(manner.path(), body)

    named = client.post(manner.path(), body, http_referer="https://example.com", x_title="My app")

    assert bare == named
    shown = entries(client.exchanges)[1].to_json()["request"]["headers"]
    assert ("https://example.com", "My app") == (shown["http-referer"], shown["x-title"])


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_nested_schemas_with_defaults(manner: Manner) -> None:
    """[S3] Enums, defaults and optional properties are accepted, and the arguments keep to them."""
    client = Client()

    answer = ask(client, manner, "What umbrellas do you have?", DATABASE)

    (call,) = manner.hear(answer).calls
    Draft202012Validator(DATABASE["parameters"]).validate(json.loads(call.arguments))
    assert () == client.exchanges[0].warnings


@pytest.mark.parametrize("manner", CHAT_MANNERS, ids=str)
@pytest.mark.parametrize("limit", [1024, 512, 200])
def test_max_tokens(manner: Manner, limit: int) -> None:
    """[S5] A limit is accepted and stands in the log; without one nothing else changes."""
    client = Client()

    heard = [manner.hear(ask(client, manner, "Hi", **m)) for m in ({}, {"max_tokens": limit})]

    assert heard[0].text == heard[1].text
    assert [None, limit] == [body.get("max_tokens") for body in client.bodies]


def with_nulls(message: JsonObject) -> JsonObject:
    """Echo a message as ``model_dump()`` does."""
    extras = ("refusal", "annotations", "audio", "function_call")
    return dict.fromkeys(extras) | message


def without_content(message: JsonObject) -> JsonObject:
    """Echo a message as ``model_dump(exclude_none=True)`` does."""
    return {key: message[key] for key in ("role", "tool_calls")}


@pytest.mark.parametrize("manner", CHAT_MANNERS, ids=str)
@pytest.mark.parametrize("echo", [dict, with_nulls, without_content])
def test_echoed_assistant_messages(manner: Manner, echo: Json) -> None:
    """[S7] [S59] However a client echoes the call, with or without ``content``, the loop ends."""
    client = Client()
    tools = manner.tools([WEATHER])
    history = [user("Weather in Tokyo?")]
    first = manner.hear(replies(client, manner, history, tools=tools))
    result = manner.result(first.calls[0], '{"temp": 18}')

    last = manner.hear(replies(client, manner, [*history, echo(*first.kept), result], tools=tools))

    assert () == last.calls
    assert "18" in last.text


def test_a_conversation_from_elsewhere() -> None:
    """[S29] A history with ids of another server is accepted, ``content: null`` and all."""
    call = {"name": "search_gutenberg_books", "arguments": '{"search_terms": ["James", "Joyce"]}'}
    history: list[JsonObject] = [
        {"role": "system", "content": "You are a helpful assistant."},
        user("What are the titles of some James Joyce books?"),
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_abc123", "type": "function", "function": call}],
        },
        {"role": "tool", "tool_call_id": "call_abc123", "content": '[{"title": "Ulysses"}]'},
    ]

    answer = replies(Client(), CHAT, history, tools=CHAT.tools([BOOKS]))

    assert "Ulysses" in CHAT.hear(answer).text


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_an_array_of_strings(manner: Manner) -> None:
    """[S29] Arguments for an array of strings are an array of strings."""
    (call,) = manner.hear(ask(Client(), manner, "Find books by James Joyce.", BOOKS)).calls

    Draft202012Validator(BOOKS["parameters"]).validate(json.loads(call.arguments))


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_tools_without_parameters(manner: Manner) -> None:
    """[S36] Three tools without ``parameters`` are accepted and called in a chain."""
    names = ["search_products", "get_product_details", "check_inventory"]
    functions: list[JsonObject] = [{"name": n, "description": "Look it up."} for n in names]
    client = Client()

    *calling, last = talk(client, manner, functions, scenario="loops/product-chain")

    assert [[name] for name in names] == [[call.name for call in each.calls] for each in calling]
    assert 'In stock: {"ok":true}.' in last.text
    assert [()] * 4 == [each.warnings for each in client.exchanges]


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_the_smallest_body(manner: Manner) -> None:
    """[S58] Model, conversation and tools are all it takes."""
    words = "messages" if manner.dialect == "chat" else "input"
    body = {"model": "openai/gpt-4o", words: [user("Weather in Tokyo?")]}

    answer = Client().post(manner.path(), body | {"tools": manner.tools([WEATHER])})

    calls = Manner(manner.dialect, manner.profile).hear(answer).calls
    assert ["get_weather"] == [call.name for call in calls]


def test_the_second_request_of_solrouter() -> None:
    """[S71] The page's own second request is accepted and answered."""
    body: JsonObject = {
        "model": "openai/gpt-4o-mini",
        "messages": [
            user("What is the weather in Berlin?"),
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "get_weather", "arguments": '{"city":"Berlin"}'},
                    }
                ],
            },
            {
                "role": "tool",
                "tool_call_id": "call_1",
                "content": '{"city":"Berlin","temperature_c":18,"condition":"cloudy"}',
            },
        ],
        "tools": SOL.tools([CITY]),
    }
    client = Client()

    answer = client.post(SOL.path("loops/weather"), body)

    assert (200, "", ()) == (answer.status, client.exchanges[0].error, client.exchanges[0].warnings)
    assert "stop" == SOL.hear(answer).end
    assert "18°C" in SOL.hear(answer).text


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_a_tool_that_failed(manner: Manner) -> None:
    """[S84] A result that reports an error is accepted, and a turn can branch on it."""
    failed = {
        "error": "city_not_found",
        "message": "No weather data available for the requested city",
    }

    def said(result: str) -> str:
        run = partial(_always, result)
        *_, last = talk(Client(), manner, [CITY], scenario="loops/tool-failure", run=run)
        return last.text

    assert said(json.dumps(failed)).startswith('The tool could not help: {"error":"city_not_found"')
    assert said('{"temp": 18}').startswith("The tool found this: ")


def _always(result: str, _: Call) -> str:
    return result


class _Address(BaseModel):
    street: str
    zip_code: str | None = None


class _Order(BaseModel):
    """An order."""

    item: str = Field(description="What is ordered")
    count: int = 1
    address: _Address | None = None


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_schemas_that_pydantic_generates(manner: Manner) -> None:
    """[S89] ``title``, ``$defs``, ``anyOf`` with null and ``default`` are understood."""
    schema = _Order.model_json_schema()
    function = {"name": "place_order", "description": "Place an order.", "parameters": schema}
    client = Client()

    (call,) = manner.hear(ask(client, manner, "Order two lamps.", function)).calls

    _Order.model_validate_json(call.arguments, strict=True)
    assert () == client.exchanges[0].warnings
