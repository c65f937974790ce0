"""
The tools of a chat request, and what ``tool_choice`` demands of them.

Source: https://platform.openai.com/docs/api-reference/chat/create (tools, tool_choice, functions)
"""

from __future__ import annotations

from mockrouter.dialects.refusals import missing, wrong_type, wrong_value
from mockrouter.errors import BadRequest
from mockrouter.request import Tool, ToolChoice
from mockrouter.values import Json, JsonObject

_NO_CHOICE: dict[str, ToolChoice] = {
    "none": ToolChoice("none"),
    "auto": ToolChoice("auto"),
    "required": ToolChoice("required"),
}


def nested_tool(tool: JsonObject, path: str) -> Tool:
    """Read a tool, whose name stands one level down, under its type."""
    kind = tool["type"]
    inner = tool.get(kind)
    if not isinstance(inner, dict):
        raise missing(f"{path}.{kind}")
    return _function(inner, f"{path}.{kind}", custom=kind == "custom")


def legacy_functions(functions: Json) -> tuple[Tool, ...]:
    """Read ``functions``, which older clients send in place of ``tools``."""
    if not isinstance(functions, list):
        raise wrong_type("functions", "an array of objects", functions)
    return tuple(_function(f, f"functions[{i}]") for i, f in enumerate(functions))


def _function(function: Json, path: str, *, custom: bool = False) -> Tool:
    if not isinstance(function, dict):
        raise wrong_type(path, "an object", function)
    if not isinstance(function.get("name"), str):
        raise missing(f"{path}.name")
    parameters = function.get("parameters")
    return Tool(
        name=function["name"],
        description=str(function.get("description") or ""),
        parameters=parameters if isinstance(parameters, dict) else None,
        custom=custom,
    )


def tool_choice(body: JsonObject, tools: tuple[Tool, ...], *, legacy: bool) -> ToolChoice:
    """Read ``tool_choice``, or ``function_call`` where *legacy*."""
    choice = body.get("function_call" if legacy else "tool_choice")
    if choice is None or choice == {}:
        return ToolChoice()
    if isinstance(choice, str):
        if choice not in _NO_CHOICE:
            raise wrong_value("tool_choice", choice, _NO_CHOICE)
        return _NO_CHOICE[choice]
    if not isinstance(choice, dict):
        raise wrong_type("tool_choice", "a string or an object", choice)
    if legacy:
        return _named(choice, "function_call", tools)
    kind = choice.get("type")
    if not isinstance(kind, str):
        raise wrong_type("tool_choice.type", "a string", kind)
    if kind == "allowed_tools":
        return _allowed(choice.get("allowed_tools"), tools)
    if kind in {"function", "custom"}:
        return _named(choice.get(kind), f"tool_choice.{kind}", tools)
    return ToolChoice()


def _named(inner: Json, path: str, tools: tuple[Tool, ...]) -> ToolChoice:
    if not isinstance(inner, dict):
        raise missing(path)
    name = inner.get("name")
    if not isinstance(name, str):
        raise missing(f"{path}.name")
    _check_offered(name, tools)
    return ToolChoice("required", (name,), named=True)


def _allowed(inner: Json, tools: tuple[Tool, ...]) -> ToolChoice:
    if not isinstance(inner, dict) or not isinstance(inner.get("tools"), list):
        raise missing("tool_choice.allowed_tools.tools")
    names = tuple(_allowed_name(tool, i) for i, tool in enumerate(inner["tools"]))
    for name in names:
        _check_offered(name, tools)
    return ToolChoice("required" if inner.get("mode") == "required" else "auto", names)


def _allowed_name(tool: Json, index: int) -> str:
    kind = tool.get("type") if isinstance(tool, dict) else None
    inner = tool.get(kind) if isinstance(kind, str) else None
    if not isinstance(inner, dict) or not isinstance(inner.get("name"), str):
        raise missing(f"tool_choice.allowed_tools.tools[{index}].function.name")
    name: str = inner["name"]
    return name


def _check_offered(name: str, tools: tuple[Tool, ...]) -> None:
    if all(tool.name != name for tool in tools):
        message = (
            f"Invalid value for 'tool_choice': no function named '{name}' was specified in the "
            "'tools' parameter."
        )
        raise BadRequest(message, param="tool_choice")
