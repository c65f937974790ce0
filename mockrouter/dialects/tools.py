"""What both formats' ``tools`` have in common."""

from __future__ import annotations

from collections.abc import Callable

from mockrouter.dialects.refusals import missing, wrong_type
from mockrouter.request import Tool
from mockrouter.values import Json, JsonObject

CALLABLE = ("function", "custom")
"""Types of tools that the client runs; all others the provider runs itself."""


def offered(tools: Json, read: Callable[[JsonObject, str], Tool]) -> tuple[Tool, ...]:
    """
    Read ``tools``; those that the provider itself would run are left out.

    Args:
        tools: As sent.

        read: Reads one that the client runs, at its path.

    Raises:
        BadRequest: It is no list, or a tool is no object or has no type.
    """
    if tools is None:
        return ()
    if not isinstance(tools, list):
        raise wrong_type("tools", "an array of objects", tools)
    kinds = [_kind(tool, f"tools[{i}]") for i, tool in enumerate(tools)]
    return tuple(read(tool, f"tools[{i}]") for i, tool in enumerate(tools) if kinds[i] in CALLABLE)


def _kind(tool: Json, path: str) -> str:
    if not isinstance(tool, dict):
        raise wrong_type(path, "an object", tool)
    kind = tool.get("type")
    if kind is None:
        raise missing(f"{path}.type")
    if not isinstance(kind, str):
        raise wrong_type(f"{path}.type", "a string", kind)
    return kind
