"""
A Chat Completions request: body to ``Request``.

Only shapes are checked here, in the words of the real API. Whether the conversation keeps the rules
is the contract checker's question.
"""

from __future__ import annotations

import json

from mockrouter.dialects import tokens
from mockrouter.dialects.chat.tools import legacy_functions, nested_tool, tool_choice
from mockrouter.dialects.refusals import (
    above_maximum,
    below_minimum,
    missing,
    wrong_type,
    wrong_value,
)
from mockrouter.dialects.tools import offered
from mockrouter.errors import BadRequest
from mockrouter.profiles import Profile
from mockrouter.request import Call, Envelope, Message, Request, Tool
from mockrouter.values import Json, JsonObject

_ROLES = ("system", "assistant", "user", "function", "tool", "developer")
_MOST_CHOICES = 128


def read(body: JsonObject, headers: dict[str, str], profile: Profile, now: int) -> Request:
    """
    Read a request.

    Args:
        body: The parsed body.

        headers: Names in lower case.

        profile: Whose words a refusal takes.

        now: Unix seconds, for ``created``.

    Raises:
        BadRequest: A required field is missing or has the wrong shape.
    """
    legacy = "tools" not in body and "functions" in body
    messages = _messages(body)
    tools = (
        legacy_functions(body["functions"]) if legacy else offered(body.get("tools"), nested_tool)
    )
    format_type, schema = _response_format(body.get("response_format"))
    return Request(
        dialect="chat",
        envelope=Envelope(
            model=_model(body, profile),
            stream=body.get("stream") is True,
            prompt_tokens=tokens.count(_prompt(messages, tools)),
            created=now,
            include_usage=_option(body, "include_usage", default=False),
            obfuscation=_option(body, "include_obfuscation", default=True),
            custom_tools=tuple(tool.name for tool in tools if tool.custom),
            legacy_functions=legacy,
            choices=_choices(body.get("n")),
            debug=_debug(body),
        ),
        messages=messages,
        tools=tools,
        tool_choice=tool_choice(body, tools, legacy=legacy),
        parallel_tool_calls=body.get("parallel_tool_calls") is not False and not legacy,
        response_format=format_type,
        response_schema=schema,
        body=body,
        headers=headers,
        profile=profile.name,
    )


def _model(body: JsonObject, profile: Profile) -> str:
    models = body.get("models")
    first = models[0] if isinstance(models, list) and models else None
    model = body.get("model") or first or profile.default_model
    if model is None:
        message = "you must provide a model parameter"
        raise BadRequest(message)
    if not isinstance(model, str):
        raise wrong_type("model", "a string", model)
    return model


def _messages(body: JsonObject) -> tuple[Message, ...]:
    messages = body.get("messages")
    if messages is None and isinstance(body.get("prompt"), str):
        return (Message("user", body["prompt"]),)
    if messages is None:
        raise missing("messages")
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of objects", messages)
    if not messages:
        message = (
            "Invalid 'messages': empty array. Expected an array with minimum length 1, "
            "but got an empty array instead."
        )
        raise BadRequest(message, param="messages", code="empty_array")
    return tuple(_message(message, f"messages[{i}]") for i, message in enumerate(messages))


def _message(message: Json, path: str) -> Message:
    if not isinstance(message, dict):
        raise wrong_type(path, "an object", message)
    role = message.get("role")
    if role is None:
        raise missing(f"{path}.role")
    if role not in _ROLES:
        raise wrong_value(f"{path}.role", str(role), _ROLES)
    return Message(
        role="tool" if role == "function" else role,
        text=_text(message.get("content"), f"{path}.content"),
        calls=_calls(message, path) if role == "assistant" else (),
        call_id=_call_id(message) if role in {"tool", "function"} else None,
    )


def _text(content: Json, path: str) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise wrong_type(path, "a string or an array of objects", content)
    for i, part in enumerate(content):
        if not isinstance(part, dict):
            raise wrong_type(f"{path}[{i}]", "an object", part)
        if "type" not in part:
            raise missing(f"{path}[{i}].type")
    return "\n".join(p["text"] for p in content if isinstance(p.get("text"), str))


def _calls(message: JsonObject, path: str) -> tuple[Call, ...]:
    legacy = message.get("function_call")
    if isinstance(legacy, dict):
        name = legacy.get("name")
        if not isinstance(name, str):
            raise missing(f"{path}.function_call.name")
        return (Call(name, name, legacy.get("arguments")),)
    calls = message.get("tool_calls")
    if calls is None:
        return ()
    if not isinstance(calls, list):
        raise wrong_type(f"{path}.tool_calls", "an array of objects", calls)
    return tuple(_call(call, f"{path}.tool_calls[{i}]") for i, call in enumerate(calls))


def _call(call: Json, path: str) -> Call:
    if not isinstance(call, dict):
        raise wrong_type(path, "an object", call)
    kind = "custom" if call.get("type") == "custom" else "function"
    inner = call.get(kind)
    if not isinstance(inner, dict):
        raise missing(f"{path}.{kind}")
    if not isinstance(inner.get("name"), str):
        raise missing(f"{path}.{kind}.name")
    arguments = inner.get("input" if kind == "custom" else "arguments")
    call_id = call.get("id")
    return Call(call_id if isinstance(call_id, str) else None, inner["name"], arguments)


def _call_id(message: JsonObject) -> str | None:
    call_id = message.get("name" if message["role"] == "function" else "tool_call_id")
    return call_id if isinstance(call_id, str) else None


def _response_format(value: Json) -> tuple[str, JsonObject | None]:
    if not isinstance(value, dict):
        return "text", None
    inner = value.get("json_schema")
    schema = inner.get("schema") if isinstance(inner, dict) else None
    return str(value.get("type", "text")), schema if isinstance(schema, dict) else None


def _option(body: JsonObject, name: str, *, default: bool) -> bool:
    options = body.get("stream_options")
    value = options.get(name) if isinstance(options, dict) else None
    return value if isinstance(value, bool) else default


def _choices(n: Json) -> int:
    if n is None:
        return 1
    if not isinstance(n, int) or isinstance(n, bool):
        raise wrong_type("n", "an integer", n)
    if n < 1:
        raise below_minimum("n", 1, n)
    if n > _MOST_CHOICES:
        raise above_maximum("n", _MOST_CHOICES, n)
    return n


def _debug(body: JsonObject) -> str:
    debug = body.get("debug")
    wanted = isinstance(debug, dict) and debug.get("echo_upstream_body") is True
    return json.dumps(body) if wanted else ""


def _prompt(messages: tuple[Message, ...], tools: tuple[Tool, ...]) -> list[str]:
    texts = [message.text for message in messages]
    texts += [f"{call.name}{call.arguments}" for message in messages for call in message.calls]
    texts += [tool.name + tool.description for tool in tools]
    return texts
