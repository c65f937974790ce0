"""Every scenario that comes with the product loads, says who it is, and does what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from functools import cache

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from openrouter.components import ChatResult, ChatStreamChunk, OpenResponsesResult, StreamEvents
from pydantic import TypeAdapter

from asgi import BUILTIN, Answer, Client
from catalogue.proving import OPENAI_MANNERS, USER, claims
from loop import MANNERS, Heard, Manner, talk
from mockrouter import catalogue
from mockrouter.profiles import OPENAI, OPENROUTER
from mockrouter.values import Json, JsonObject
from specs import problems, specs_dir
from test_responses_schemas import DEFECTS, OPENAI_FILE, OPENROUTER_FILE, found_in

SCHEMA_LINE = "# yaml-language-server: $schema={}mockrouter/scenario.schema.json"
EVIDENCE = re.compile(r"[\w.-]+/[\w.-]+#[0-9]+")
SEVERITIES = {"low", "medium", "high"}
LAYERS = {"say", "event", "sse", "bytes", "writes", "pace", "connection", "http", "history"}
"""Where it goes wrong: in what the model says, on the way down to the bytes, or in HTTP; or in
what a strict server finds in the client's own history."""
DIALECTS = {"chat", "responses"}
OTHERS = {
    *("fault-free", "builtin", "synthetic"),
    *("stream", "plain"),
    *("retry", "parallel", "reasoning", "json"),
}

GOOD = sorted(name for name, s in BUILTIN.named.items() if "fault-free" in s.model.tags)

_TEXT: JsonObject = {"type": "string"}


def _schema(properties: JsonObject) -> JsonObject:
    return {"type": "object", "properties": properties, "required": list(properties)}


FUNCTIONS: list[JsonObject] = [
    {
        "name": name,
        "description": f"{name.replace('_', ' ').capitalize()} and give back what is found.",
        "parameters": _schema(properties),
    }
    for name, properties in {
        "get_weather": {"city": _TEXT},
        "search_products": {"query": _TEXT},
        "get_product_details": {"product_id": _TEXT},
        "check_inventory": {"product_id": _TEXT},
        "search_academic_papers": {"query": _TEXT, "field": _TEXT},
        "get_latest_statistics": {"topic": _TEXT, "year": {"type": "integer"}},
    }.items()
]
"""What the scenarios with fixed names call; the others call the first."""

_RESPONSES_EVENT: TypeAdapter[Json] = TypeAdapter(ResponseStreamEvent)
_OPENROUTER_EVENT: TypeAdapter[Json] = TypeAdapter(StreamEvents)
_FREE = {
    *("arguments", "call_id", "content", "delta", "id", "item_id", "obfuscation", "text"),
    *("content_index", "output_index", "sequence_number"),
    *("completion_tokens", "prompt_tokens", "total_tokens", "input_tokens", "output_tokens"),
    "reasoning_tokens",
}
"""Fields that differ from one event, or reply, to the next, and may be any text or number."""
_STRICTER = ("'refusal' is a required property", "'logprobs' is a required property")
"""What OpenAI alone sends, though its specification asks it of all."""


def played(name: str, manner: Manner) -> list[Heard]:
    """Play a scenario to its end."""
    client = Client()
    said = BUILTIN.named[name].model.model_dump_json()
    named = [function for function in FUNCTIONS if f'"{function["name"]}"' in said]
    heard = list(talk(client, manner, named or FUNCTIONS[:2], scenario=name))
    assert [] == [each.error for each in client.exchanges if each.error]
    assert [] == [warning for each in client.exchanges for warning in each.warnings]
    return heard


@pytest.mark.parametrize("name", BUILTIN.named)
def test_every_scenario_introduces_itself(name: str) -> None:
    """Its name is its place; editors find its schema; it has a sentence, tags and evidence."""
    model = BUILTIN.named[name].model
    first, *_ = (catalogue.folder() / f"{name}.yaml").read_text("utf-8").splitlines()

    assert model.name in {None, name}
    assert SCHEMA_LINE.format("../" * (name.count("/") + 1)) == first
    assert re.fullmatch(r"[A-Z].{20,}\.", model.summary), model.summary
    assert [] == [each for each in model.evidence if not EVIDENCE.fullmatch(each)]


@pytest.mark.parametrize("name", BUILTIN.named)
def test_tags_say_how_bad_where_and_in_which_formats(name: str) -> None:
    """What goes wrong has one severity, one layer, evidence, and what a robust client does."""
    model = BUILTIN.named[name].model
    tags = {*model.tags}

    assert len(tags) == len(model.tags)
    assert not tags - SEVERITIES - LAYERS - DIALECTS - OTHERS
    if "builtin" not in tags:
        assert tags & DIALECTS
    if not tags & {"fault-free", "builtin"}:
        assert [1, 1] == [len(tags & SEVERITIES), len(tags & LAYERS)]
        assert model.client is not None
        assert bool(model.evidence) is ("synthetic" not in tags)


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize("name", GOOD)
def test_a_fault_free_scenario_is_sound(name: str, manner: Manner) -> None:
    """A simple client has all its calls run and gets a text; SDKs and schemas accept all of it."""
    heard = played(name, manner)

    assert (200, True) == (heard[-1].answer.status, bool(heard[-1].text))
    assert len(BUILTIN.named[name].model.turns) == len(heard)
    is_chat = manner.dialect == "chat"
    with_call, without = ("tool_calls", "stop") if is_chat else ("completed", "completed")
    assert [with_call if each.calls else without for each in heard] == [each.end for each in heard]
    answers = [each.answer for each in heard]
    for text in {json.dumps(shape(body)) for each in answers for body in bodies(each, manner)}:
        assert [] == judged(text, manner)


def test_the_schemas_are_there() -> None:
    """Where they lie beside the checkout, they have something to say; else this skips."""
    assert [] != list(held_against({}, Manner()))


def bodies(answer: Answer, manner: Manner) -> list[JsonObject]:
    """List the events of an answer; a plain body is the only one."""
    return answer.events if manner.stream else [answer.json]


def shape(value: Json, key: str = "") -> Json:
    """Put one text and one number in the place of those of which no schema asks more."""
    if isinstance(value, dict):
        return {key: shape(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    if key not in _FREE:
        return value
    return "…" if isinstance(value, str) else 0 if isinstance(value, int) and value > 0 else value


@cache
def judged(text: str, manner: Manner) -> list[str]:
    """Show one of many alike bodies or events to the SDKs, and to the schemas where they are."""
    body = json.loads(text)
    read_by_sdks(body, manner)
    return list(held_against(body, manner)) if specs_dir() else []


def read_by_sdks(body: JsonObject, manner: Manner) -> None:
    """Raise unless the models of `openai` and `openrouter` accept a body or an event."""
    if manner.dialect == "chat":
        (ChatCompletionChunk if manner.stream else ChatCompletion).model_validate(body)
        (ChatStreamChunk if manner.stream else ChatResult).model_validate(body)
    elif manner.stream:
        assert body["type"] == _RESPONSES_EVENT.validate_python(body, strict=True).type
        if manner.profile is OPENROUTER:
            assert body["type"] == _OPENROUTER_EVENT.validate_python(body).type
    else:
        Response.model_validate(body)
        if manner.profile is OPENROUTER:
            OpenResponsesResult.model_validate(body)


def held_against(body: JsonObject, manner: Manner) -> Iterator[str]:
    """List what the published schemas have against a body or an event."""
    if manner.dialect == "responses":
        for file in (OPENAI_FILE, OPENROUTER_FILE):
            for problem in found_in(file, body, stream=manner.stream):
                if not any(re.search(known, problem) for known in DEFECTS[file]):
                    yield problem
        return
    # OpenRouter's plain replies have a null that OpenAI's specification does not know.
    mode = "StreamChunk" if manner.stream else "Result"
    yield from problems(OPENROUTER_FILE, f"Chat{mode}", body)
    if manner.profile is OPENROUTER and not manner.stream:
        return
    words = (
        "CreateChatCompletionStreamResponse" if manner.stream else "CreateChatCompletionResponse"
    )
    for problem in problems(OPENAI_FILE, words, body):
        if manner.profile is OPENAI or not problem.endswith(_STRICTER):
            yield problem


def test_the_pace_is_kept() -> None:
    """A slow start takes as long as its scenario says; OpenRouter fills the silence."""
    for manner in MANNERS:
        first, _ = played("pace/slow-first-token", manner)
        headers, _ = played("pace/slow-headers", manner)
        filled = manner.stream and manner.profile is OPENROUTER

        assert 12.0 == first.answer.writes[-1][0]
        assert ([0.0, 5.0, 10.0] if filled else []) == [
            when for when, _ in first.answer.writes if when < 12
        ]
        assert {10.0} == {when for when, _ in headers.answer.writes}


ODD_TOOLS: dict[str, list[JsonObject]] = {
    "no parameters": [{"name": "ping"}],
    "empty parameters": [{"name": "ping", "parameters": {"type": "object", "properties": {}}}],
    "one boolean": [{"name": "lamp", "parameters": _schema({"on": {"type": "boolean"}})}],
    "one number": [{"name": "square", "parameters": _schema({"n": {"type": "number"}})}],
    "no type": [{"name": "store", "parameters": _schema({"value": {}})}],
}


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_every_scenario_plays_in_every_manner(manner: Manner) -> None:
    """No scenario fails to make its first answer, whether it claims the manner or not."""
    plays(BUILTIN.named, manner, ODD_TOOLS["no parameters"])


@pytest.mark.parametrize("manner", OPENAI_MANNERS, ids=str)
@pytest.mark.parametrize("tool", [tool for tool in ODD_TOOLS if tool != "no parameters"])
def test_every_scenario_plays_against_any_tool(tool: str, manner: Manner) -> None:
    """Whatever the only tool looks like, no scenario fails where it claims to work."""
    plays([name for name in BUILTIN.named if claims(name, manner)], manner, ODD_TOOLS[tool])


def plays(names: Collection[str], manner: Manner, functions: list[JsonObject]) -> None:
    """Assert that the first answer of each is made."""
    client = Client()
    for name in names:
        client.post(manner.path(name), manner.body([USER], tools=manner.tools(functions)))

    assert [] == [(each.scenario, each.error) for each in client.exchanges if each.error]
    assert len(names) == len(client.exchanges)
