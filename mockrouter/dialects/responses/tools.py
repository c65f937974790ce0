"""
The tools of a Responses request, and what it demands of them.

Both are flat here: ``{"type": "function", "name": …}``. The nested shape of Chat Completions is
refused as the real API refuses it, by naming what is missing at the top.
"""

from __future__ import annotations

from mockrouter.dialects.refusals import missing, wrong_type, wrong_value
from mockrouter.dialects.responses.refusals import unknown_choice
from mockrouter.dialects.tools import CALLABLE
from mockrouter.request import Mode, Tool, ToolChoice
from mockrouter.values import Json, JsonObject

_MODES: dict[str, Mode] = {"none": "none", "auto": "auto", "required": "required"}


def flat_tool(tool: JsonObject, path: str) -> Tool:
    """Read a tool, whose name stands beside its type."""
    parameters = tool.get("parameters")
    if not isinstance(parameters, dict | None):
        raise wrong_type(f"{path}.parameters", "an object", parameters)
    return Tool(
        name=_name(tool, path),
        description=str(tool.get("description") or ""),
        parameters=parameters,
        custom=tool["type"] == "custom",
    )


def _name(value: JsonObject, path: str) -> str:
    name = value.get("name")
    if name is None:
        raise missing(f"{path}.name")
    if not isinstance(name, str):
        raise wrong_type(f"{path}.name", "a string", name)
    return name


def read_tool_choice(choice: Json, tools: tuple[Tool, ...]) -> ToolChoice:
    """
    Read ``tool_choice``; a tool that the provider itself would run is as good as ``auto``.

    Raises:
        BadRequest: It is malformed, or names a tool that is not offered.
    """
    if choice is None:
        return ToolChoice()
    if isinstance(choice, str):
        if choice not in _MODES:
            raise wrong_value("tool_choice", choice, _MODES)
        return ToolChoice(_MODES[choice])
    if not isinstance(choice, dict):
        raise wrong_type("tool_choice", "a string or an object", choice)
    kind = choice.get("type")
    if kind is None:
        raise missing("tool_choice.type")
    if kind in CALLABLE:
        return ToolChoice("required", (_offered(choice, "tool_choice", tools),), named=True)
    return _allowed(choice, tools) if kind == "allowed_tools" else ToolChoice()


def _allowed(choice: JsonObject, tools: tuple[Tool, ...]) -> ToolChoice:
    mode = choice.get("mode") or "auto"
    if mode not in ("auto", "required"):
        raise wrong_value("tool_choice.mode", str(mode), ("auto", "required"))
    listed = choice.get("tools")
    if listed is None:
        raise missing("tool_choice.tools")
    if not isinstance(listed, list):
        raise wrong_type("tool_choice.tools", "an array of objects", listed)
    names = []
    for i, tool in enumerate(listed):
        path = f"tool_choice.tools[{i}]"
        if not isinstance(tool, dict):
            raise wrong_type(path, "an object", tool)
        if tool.get("type") in CALLABLE:
            names.append(_offered(tool, path, tools))
    return ToolChoice(_MODES[mode], tuple(names))


def _offered(value: JsonObject, path: str, tools: tuple[Tool, ...]) -> str:
    name = _name(value, path)
    if all(tool.name != name for tool in tools):
        raise unknown_choice(name)
    return name
