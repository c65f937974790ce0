"""
A Chat Completions request: body to ``Request``.

Only shapes are checked here, in the words of the real API. Whether the conversation keeps the rules
is the contract checker's question.
"""

from __future__ import annotations

import json

from mockrouter.dialects import tokens
from mockrouter.errors import BadRequest
from mockrouter.profiles import Profile
from mockrouter.request import Call, Envelope, Message, Request, Tool, ToolChoice
from mockrouter.values import Json, JsonObject

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_NO_CHOICE: dict[str, ToolChoice] = {
    "none": ToolChoice("none"),
    "auto": ToolChoice("auto"),
    "required": ToolChoice("required"),
}


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
    tools = _functions(body["functions"]) if legacy else _tools(body.get("tools"))
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
        tool_choice=_tool_choice(body, tools, legacy=legacy),
        parallel_tool_calls=body.get("parallel_tool_calls") is not False and not legacy,
        response_format=format_type,
        response_schema=schema,
        body=body,
        headers=headers,
        profile=profile.name,
    )


def _model(body: JsonObject, profile: Profile) -> str:
    model = body.get("model") or next(iter(body.get("models") or ()), None) or profile.default_model
    if model is None:
        message = "you must provide a model parameter"
        raise BadRequest(message)
    if not isinstance(model, str):
        raise _wrong_type("model", "a string", model)
    return model


def _messages(body: JsonObject) -> tuple[Message, ...]:
    messages = body.get("messages")
    if messages is None and isinstance(body.get("prompt"), str):
        return (Message("user", body["prompt"]),)
    if messages is None:
        raise _missing("messages")
    if not isinstance(messages, list):
        raise _wrong_type("messages", "an array of objects", messages)
    if not messages:
        message = (
            "Invalid 'messages': empty array. Expected an array with minimum length 1, "
            "but got an empty array instead."
        )
        raise BadRequest(message, param="messages", code="empty_array")
    return tuple(_message(message, f"messages[{i}]") for i, message in enumerate(messages))


def _message(message: Json, path: str) -> Message:
    if not isinstance(message, dict):
        raise _wrong_type(path, "an object", message)
    role = message.get("role")
    if role is None:
        raise _missing(f"{path}.role")
    if role not in _ROLES:
        text = (
            f"Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', "
            "'function', 'tool', and 'developer'."
        )
        raise BadRequest(text, param=f"{path}.role", code="invalid_value")
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
        raise _wrong_type(path, "a string or an array of objects", content)
    for i, part in enumerate(content):
        if not isinstance(part, dict):
            raise _wrong_type(f"{path}[{i}]", "an object", part)
        if "type" not in part:
            raise _missing(f"{path}[{i}].type")
    return "\n".join(p["text"] for p in content if isinstance(p.get("text"), str))


def _calls(message: JsonObject, path: str) -> tuple[Call, ...]:
    legacy = message.get("function_call")
    if isinstance(legacy, dict):
        return (Call(legacy.get("name"), str(legacy.get("name", "")), legacy.get("arguments")),)
    calls = message.get("tool_calls")
    if calls is None:
        return ()
    if not isinstance(calls, list):
        raise _wrong_type(f"{path}.tool_calls", "an array of objects", calls)
    return tuple(_call(call, f"{path}.tool_calls[{i}]") for i, call in enumerate(calls))


def _call(call: Json, path: str) -> Call:
    if not isinstance(call, dict):
        raise _wrong_type(path, "an object", call)
    kind = "custom" if call.get("type") == "custom" else "function"
    inner = call.get(kind)
    if not isinstance(inner, dict):
        raise _missing(f"{path}.{kind}")
    if not isinstance(inner.get("name"), str):
        raise _missing(f"{path}.{kind}.name")
    arguments = inner.get("input" if kind == "custom" else "arguments")
    call_id = call.get("id")
    return Call(call_id if isinstance(call_id, str) else None, inner["name"], arguments)


def _call_id(message: JsonObject) -> str | None:
    call_id = message.get("name" if message["role"] == "function" else "tool_call_id")
    return call_id if isinstance(call_id, str) else None


def _tools(tools: Json) -> tuple[Tool, ...]:
    if tools is None:
        return ()
    if not isinstance(tools, list):
        raise _wrong_type("tools", "an array of objects", tools)
    found = (_tool(tool, f"tools[{i}]") for i, tool in enumerate(tools))
    return tuple(tool for tool in found if tool)


def _tool(tool: Json, path: str) -> Tool | None:
    if not isinstance(tool, dict):
        raise _wrong_type(path, "an object", tool)
    kind = tool.get("type")
    if kind is None:
        raise _missing(f"{path}.type")
    if kind not in {"function", "custom"}:
        return None
    inner = tool.get(kind)
    if not isinstance(inner, dict):
        raise _missing(f"{path}.{kind}")
    return _function(inner, f"{path}.{kind}", custom=kind == "custom")


def _functions(functions: Json) -> tuple[Tool, ...]:
    if not isinstance(functions, list):
        raise _wrong_type("functions", "an array of objects", functions)
    return tuple(_function(f, f"functions[{i}]") for i, f in enumerate(functions))


def _function(function: Json, path: str, *, custom: bool = False) -> Tool:
    if not isinstance(function, dict):
        raise _wrong_type(path, "an object", function)
    if not isinstance(function.get("name"), str):
        raise _missing(f"{path}.name")
    parameters = function.get("parameters")
    return Tool(
        name=function["name"],
        description=str(function.get("description") or ""),
        parameters=parameters if isinstance(parameters, dict) else None,
        custom=custom,
    )


def _tool_choice(body: JsonObject, tools: tuple[Tool, ...], *, legacy: bool) -> ToolChoice:
    choice = body.get("function_call" if legacy else "tool_choice")
    if choice is None or choice == {}:
        return ToolChoice()
    if isinstance(choice, str):
        if choice not in _NO_CHOICE:
            message = (
                f"Invalid value: '{choice}'. Supported values are: 'none', 'auto', and 'required'."
            )
            raise BadRequest(message, param="tool_choice", code="invalid_value")
        return _NO_CHOICE[choice]
    if not isinstance(choice, dict):
        raise _wrong_type("tool_choice", "a string or an object", choice)
    if legacy:
        return _named(choice, "function_call", tools)
    kind = choice.get("type")
    if kind == "allowed_tools":
        return _allowed(choice.get("allowed_tools"), tools)
    if kind in {"function", "custom"}:
        return _named(choice.get(kind), f"tool_choice.{kind}", tools)
    return ToolChoice()


def _named(inner: Json, path: str, tools: tuple[Tool, ...]) -> ToolChoice:
    if not isinstance(inner, dict):
        raise _missing(path)
    name = inner.get("name")
    if not isinstance(name, str):
        raise _missing(f"{path}.name")
    _offered(name, tools)
    return ToolChoice("required", (name,), named=True)


def _allowed(inner: Json, tools: tuple[Tool, ...]) -> ToolChoice:
    if not isinstance(inner, dict) or not isinstance(inner.get("tools"), list):
        raise _missing("tool_choice.allowed_tools.tools")
    names = tuple(_allowed_name(tool, i) for i, tool in enumerate(inner["tools"]))
    for name in names:
        _offered(name, tools)
    return ToolChoice("required" if inner.get("mode") == "required" else "auto", names)


def _allowed_name(tool: Json, index: int) -> str:
    inner = tool.get(tool.get("type")) if isinstance(tool, dict) else None
    if not isinstance(inner, dict) or not isinstance(inner.get("name"), str):
        raise _missing(f"tool_choice.allowed_tools.tools[{index}].function.name")
    name: str = inner["name"]
    return name


def _offered(name: str, tools: tuple[Tool, ...]) -> None:
    if all(tool.name != name for tool in tools):
        message = (
            f"Invalid value for 'tool_choice': no function named '{name}' was specified in the "
            "'tools' parameter."
        )
        raise BadRequest(message, param="tool_choice")


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
        raise _wrong_type("n", "an integer", n)
    if not 1 <= n <= 128:  # noqa: PLR2004 - the API's own bounds
        below = n < 1
        message = (
            f"Invalid 'n': integer {'below minimum' if below else 'above maximum'} value. "
            f"Expected a value {'>= 1' if below else '<= 128'}, but got {n} instead."
        )
        code = "integer_below_min_value" if below else "integer_above_max_value"
        raise BadRequest(message, param="n", code=code)
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


def _missing(path: str) -> BadRequest:
    message = f"Missing required parameter: '{path}'."
    return BadRequest(message, param=path, code="missing_required_parameter")


def _wrong_type(path: str, expected: str, got: Json) -> BadRequest:
    message = f"Invalid type for '{path}': expected {expected}, but got {_kind(got)} instead."
    return BadRequest(message, param=path, code="invalid_type")


def _kind(value: Json) -> str:
    names = {str: "a string", bool: "a boolean", int: "an integer", float: "a decimal number"}
    names |= {list: "an array", dict: "an object", type(None): "null"}
    return names[type(value)]
