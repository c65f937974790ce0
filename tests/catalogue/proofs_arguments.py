"""What shows that arguments are broken as a scenario says, wherever the reply repeats them."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from typing import TypeAlias

import pytest
from jsonschema import Draft202012Validator

from asgi import Answer, Client
from catalogue.proving import Case
from loop import Manner
from mockrouter.patterns import Path
from mockrouter.scenario.library import Library, load_text
from mockrouter.values import Json, JsonObject

BOOK: JsonObject = {
    "name": "book_table",
    "parameters": {
        "type": "object",
        "properties": {
            "restaurant": {"type": "string"},
            "guests": {"type": "integer", "minimum": 1},
            "area": {"type": "string", "enum": ["inside", "terrace"]},
            "wishes": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["restaurant", "guests", "area", "wishes"],
        "additionalProperties": False,
    },
}
OPTIONAL: JsonObject = {
    "name": "search",
    "parameters": {
        "type": "object",
        "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}},
        "required": ["query"],
    },
}

Claim: TypeAlias = Callable[[str, Json], None]
"""Asserts something of the text that should have come, and of what came in its place."""

_PLACES = {
    ("chat", False): "choices[*].message.tool_calls[*].function.arguments",
    ("responses", False): "output[*].arguments",
}


def arguments(manner: Manner, answer: Answer) -> Json:
    """
    Find the arguments of the only call.

    A stream of Responses says them four times, and they have to be the same each time.
    """
    if not manner.stream:
        (found,) = Path(_PLACES[manner.dialect, False]).values_in(answer.json)
        return found
    if manner.dialect == "chat":
        deltas = Path("choices[*].delta.tool_calls[*].function.arguments")
        return _joined([value for event in answer.events for value in deltas.values_in(event)])
    told = [_joined([e["delta"] for e in answer.events if e["type"].endswith("arguments.delta")])]
    for event in answer.events:
        if event["type"].endswith("arguments.done"):
            told.append(event["arguments"])
        if event["type"] == "response.output_item.done":
            told.append(event["item"]["arguments"])
        if "response" in event and event["response"]["status"] != "in_progress":
            told += Path("response.output[*].arguments").values_in(event)
    assert len(told) == 4
    assert [told[0]] * 4 == told
    return told[0]


def _joined(pieces: list[Json]) -> Json:
    # What is no text comes in one piece, whatever an opening fragment had before it.
    texts = [piece for piece in pieces if isinstance(piece, str)]
    others = [piece for piece in pieces if not isinstance(piece, str)]
    return others[0] if others else "".join(texts)


def broken(claim: Claim, case: Case, *, tool: JsonObject = BOOK) -> None:
    """The arguments are to the good ones as *claim* says, and the reply ends as a good one does."""
    tools = case.manner.tools([tool])
    faulty = case.ask(tools=tools)
    clean = _good(case, tools)
    assert (200, None) == (faulty.status, faulty.broken)
    text = arguments(case.manner, clean)
    assert not list(Draft202012Validator(tool["parameters"]).iter_errors(json.loads(text)))
    claim(text, arguments(case.manner, faulty))


def _good(case: Case, tools: list[JsonObject]) -> Answer:
    body = case.manner.body([{"role": "user", "content": "Hi"}], tools=tools)
    file = load_text("turns: [{say: [{tool_call: any}]}]", name=case.name)
    path = case.mock.root_url.split("/", 3)[3]
    return Client(Library((), {case.name: file})).post(
        f"/{path}{case.manner.path(case.name)}", body
    )


def exactly(made: Callable[[str], Json]) -> Claim:
    """Claim that this came."""

    def claim(good: str, came: Json) -> None:
        assert made(good) == came

    return claim


def no_json(claim: Claim) -> Claim:
    """Claim besides that it cannot be parsed."""

    def both(good: str, came: Json) -> None:
        claim(good, came)
        with pytest.raises(ValueError, match=r"."):
            json.loads(came)

    return both


def valued(made: Callable[[JsonObject, JsonObject], bool]) -> Claim:
    """Claim that it is JSON, of which this holds beside the good one."""

    def claim(good: str, came: Json) -> None:
        assert made(json.loads(good), json.loads(came)), came

    return claim


def without(*taken: str) -> Claim:
    """Claim that it is the good text, had these pieces not been put in; and that they were."""

    def claim(good: str, came: Json) -> None:
        assert all(piece in came for piece in taken)
        for piece in taken:
            came = came.replace(piece, "", 1)
        assert good == came

    return claim


def python_dict(good: str, came: Json) -> None:
    """It is the same as a Python dict."""
    assert json.loads(good) == ast.literal_eval(came)


def twice_a_key(good: str, came: Json) -> None:
    """One key comes twice; whoever takes the last has the good value."""
    pairs: list[str] = json.loads(came, object_pairs_hook=lambda found: [key for key, _ in found])
    assert len(pairs) == len({*pairs}) + 1
    assert json.loads(good) == json.loads(came)


def differ(good: JsonObject, came: JsonObject) -> list[str]:
    """List the keys whose values are not the same."""
    return [key for key in good.keys() | came.keys() if good.get(key) != came.get(key)]
