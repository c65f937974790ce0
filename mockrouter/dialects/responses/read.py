"""
A Responses request: body to ``Request``.

Only shapes are checked here, in the words of the real APIs; unknown fields are accepted. Whether
the conversation keeps the rules is the contract checker's question.
"""

from __future__ import annotations

import json

from mockrouter.dialects import tokens
from mockrouter.dialects.refusals import below_minimum, missing, wrong_type
from mockrouter.dialects.responses.echo import echo
from mockrouter.dialects.responses.items import read_input
from mockrouter.dialects.responses.refusals import missing_model, stateless
from mockrouter.dialects.responses.tools import flat_tool, read_tool_choice
from mockrouter.dialects.tools import offered
from mockrouter.profiles import Profile
from mockrouter.request import Envelope, Message, Request
from mockrouter.values import Json, JsonObject

ENCRYPTED = "reasoning.encrypted_content"
"""The one word of ``include`` that changes a reply."""

_MIN_OUTPUT_TOKENS = 16

_BOOLEAN = ((bool,), "a boolean")
_INTEGER = ((int,), "an integer")
_NUMBER = ((int, float), "a decimal number")
_OBJECT = ((dict,), "an object")
_STRING = ((str,), "a string")

_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "frequency_penalty": _NUMBER,
    "include": ((list,), "an array of strings"),
    "instructions": _STRING,
    "max_output_tokens": _INTEGER,
    "max_tool_calls": _INTEGER,
    "metadata": _OBJECT,
    "model": _STRING,
    "parallel_tool_calls": _BOOLEAN,
    "presence_penalty": _NUMBER,
    "previous_response_id": _STRING,
    "prompt_cache_key": _STRING,
    "reasoning": _OBJECT,
    "safety_identifier": _STRING,
    "service_tier": _STRING,
    "store": _BOOLEAN,
    "stream": _BOOLEAN,
    "stream_options": _OBJECT,
    "temperature": _NUMBER,
    "text": _OBJECT,
    "top_logprobs": _INTEGER,
    "top_p": _NUMBER,
    "truncation": _STRING,
    "user": _STRING,
}


def read(body: JsonObject, headers: dict[str, str], profile: Profile, now: int) -> Request:
    """
    Read a request.

    Args:
        body: The parsed body.

        headers: Names in lower case.

        profile: Its rules on state, and whose words a refusal takes.

        now: Unix seconds, for ``created_at``.

    Raises:
        BadRequest: A required field is missing, a known one has the wrong shape, or it asks a
            stateless provider for state.
    """
    model = _model(body, profile)
    _check(body, profile)
    tools = offered(body.get("tools"), flat_tool)
    choice = read_tool_choice(body.get("tool_choice"), tools)
    text_format = _text_format(body)
    options = body.get("stream_options") or {}
    return Request(
        dialect="responses",
        envelope=Envelope(
            model=model,
            stream=body.get("stream") is True,
            prompt_tokens=_prompt_tokens(body),
            created=now,
            obfuscation=options.get("include_obfuscation") is not False,
            include=(ENCRYPTED,) if ENCRYPTED in (body.get("include") or ()) else (),
            echo=json.dumps(echo(body, profile)),
            custom_tools=tuple(tool.name for tool in tools if tool.custom),
        ),
        messages=_messages(body, profile),
        tools=tools,
        tool_choice=choice,
        parallel_tool_calls=body.get("parallel_tool_calls") is not False,
        response_format=text_format.get("type", "text"),
        response_schema=text_format.get("schema"),
        body=body,
        headers=headers,
        previous=body.get("previous_response_id"),
        profile=profile.name,
    )


def _model(body: JsonObject, profile: Profile) -> str:
    fallbacks = body.get("models")
    first = fallbacks[0] if isinstance(fallbacks, list) and fallbacks else None
    model = body.get("model") or first or profile.default_model
    if model is None:
        raise missing_model(profile)
    if not isinstance(model, str):
        raise wrong_type("model", "a string", model)
    return model


def _check(body: JsonObject, profile: Profile) -> None:
    for name, (types, words) in _TYPES.items():
        value = body.get(name)
        if value is not None and type(value) not in types:
            raise wrong_type(name, words, value)
    if not profile.stateful:
        if body.get("store"):
            raise stateless(["store"], expected=False, got=body["store"])
        if body.get("previous_response_id") is not None:
            got = body["previous_response_id"]
            raise stateless(["previous_response_id"], expected=None, got=got)
    limit = body.get("max_output_tokens")
    if limit is not None and limit < _MIN_OUTPUT_TOKENS and not profile.integer_codes:
        raise below_minimum("max_output_tokens", _MIN_OUTPUT_TOKENS, limit)


def _messages(body: JsonObject, profile: Profile) -> tuple[Message, ...]:
    instructions = body.get("instructions")
    first = (Message("system", instructions),) if instructions else ()
    if body.get("input") is None:
        elsewhere = ("previous_response_id", "prompt", "conversation")
        if profile.stateful and any(body.get(name) for name in elsewhere):
            return first
        raise missing("input")
    return first + read_input(body["input"], profile)


def _text_format(body: JsonObject) -> JsonObject:
    text_format: Json = (body.get("text") or {}).get("format")
    if text_format is None:
        return {}
    if not isinstance(text_format, dict):
        raise wrong_type("text.format", "an object", text_format)
    if text_format.get("type") is None:
        raise missing("text.format.type")
    if not isinstance(text_format["type"], str):
        raise wrong_type("text.format.type", "a string", text_format["type"])
    if text_format["type"] == "json_schema":
        for name, kind, words in (("name", str, "a string"), ("schema", dict, "an object")):
            value = text_format.get(name)
            if value is None:
                raise missing(f"text.format.{name}")
            if not isinstance(value, kind):
                raise wrong_type(f"text.format.{name}", words, value)
    return text_format


def _prompt_tokens(body: JsonObject) -> int:
    prompt = (body[name] for name in ("instructions", "input", "tools") if body.get(name))
    return tokens.count(json.dumps(value, ensure_ascii=False) for value in prompt)
