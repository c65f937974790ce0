"""
The input of a Responses request: items to messages.

A run of items that the model made (messages, calls, reasoning) is one turn, so it becomes one
message of role ``assistant``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mockrouter.dialects.refusals import missing, wrong_type, wrong_value
from mockrouter.dialects.responses.refusals import stateless
from mockrouter.profiles import Profile
from mockrouter.request import Call, Message
from mockrouter.values import Json, JsonObject

_ROLES = ("assistant", "system", "developer", "user")

_PARTS = (
    "input_text",
    "input_image",
    "output_text",
    "refusal",
    "input_file",
    "computer_screenshot",
    "summary_text",
    "input_audio",
    "input_video",
)

_OUTPUT_PARTS = ("input_text", "input_image", "input_file")

_REQUIRED: dict[str, tuple[str, ...]] = {
    "message": ("role", "content"),
    "function_call": ("call_id", "name", "arguments"),
    "function_call_output": ("call_id", "output"),
    "custom_tool_call": ("call_id", "name", "input"),
    "custom_tool_call_output": ("call_id", "output"),
    "reasoning": ("summary",),
    "item_reference": ("id",),
}
"""Fields of the items that matter to tool calling; ``id`` and ``status`` are never required."""

_STRINGS = ("call_id", "name", "arguments", "input")

_OTHERS = (
    "additional_tools",
    "apply_patch_call",
    "apply_patch_call_output",
    "code_interpreter_call",
    "compaction",
    "compaction_trigger",
    "computer_call",
    "computer_call_output",
    "file_search_call",
    "image_generation_call",
    "local_shell_call",
    "local_shell_call_output",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_call",
    "mcp_list_tools",
    "program",
    "program_output",
    "shell_call",
    "shell_call_output",
    "tool_search_call",
    "tool_search_output",
    "web_search_call",
)

_VENDOR = "openrouter:"
"""OpenRouter's own items begin so."""

_CLIENT_MADE = {"additional_tools", "compaction_trigger", "mcp_approval_response"}


def read_input(value: Json, profile: Profile) -> tuple[Message, ...]:
    """
    Read ``input``, a string or a list of items.

    Raises:
        BadRequest: An item is malformed.
    """
    if isinstance(value, str):
        return (Message("user", value),)
    if not isinstance(value, list):
        raise wrong_type("input", "a string or an array of objects", value)
    messages: list[Message] = []
    for i, item in enumerate(value):
        message = _message(_item(item, i, profile), f"input[{i}]")
        if messages and message.role == messages[-1].role == "assistant":
            message = _merge(messages.pop(), message)
        messages.append(message)
    return tuple(messages)


def _merge(first: Message, second: Message) -> Message:
    return replace(
        first,
        text="\n".join(filter(None, (first.text, second.text))),
        calls=first.calls + second.calls,
        ids=first.ids + second.ids,
    )


def _item(item: Json, index: int, profile: Profile) -> JsonObject:
    """Check one item's shape; the one that comes back always has a ``type``."""
    path = f"input[{index}]"
    if not isinstance(item, dict):
        raise wrong_type(path, "an object", item)
    kind = item.get("type") or _untyped(item)
    if kind is None:
        raise missing(f"{path}.type")
    if not isinstance(kind, str):
        raise wrong_type(f"{path}.type", "a string", kind)
    if kind not in _REQUIRED and kind not in _OTHERS and not kind.startswith(_VENDOR):
        raise wrong_value(f"{path}.type", kind, (*_REQUIRED, *_OTHERS))
    for name in _REQUIRED.get(kind, ()):
        if item.get(name) is None and not _may_be_null(item, name):
            raise missing(f"{path}.{name}")
        if name in _STRINGS and not isinstance(item[name], str):
            raise wrong_type(f"{path}.{name}", "a string", item[name])
    if kind == "item_reference" and not profile.stateful:
        raise stateless(["input", index, "type"], expected="message", got=kind)
    return item | {"type": kind}


def _untyped(item: JsonObject) -> str | None:
    if "role" in item:
        return "message"
    return "item_reference" if item.keys() == {"id"} else None


def _may_be_null(item: JsonObject, name: str) -> bool:
    """Whether the field may be null: what clients send back of a turn that only called tools."""
    return name in item and name in {"content", "summary"} and item.get("role") in (None, _ROLES[0])


def _message(item: JsonObject, path: str) -> Message:
    kind = item["type"]
    ids = (item["id"],) if isinstance(item.get("id"), str) else ()
    if kind == "message":
        if item["role"] not in _ROLES:
            raise wrong_value(f"{path}.role", str(item["role"]), _ROLES)
        return Message(item["role"], _text(item["content"], f"{path}.content", _PARTS), ids=ids)
    if kind in {"function_call", "custom_tool_call"}:
        arguments = item["arguments" if kind == "function_call" else "input"]
        return Message(
            "assistant", calls=(Call(item["call_id"], item["name"], arguments),), ids=ids
        )
    if kind in {"function_call_output", "custom_tool_call_output"}:
        text = _text(item["output"], f"{path}.output", _OUTPUT_PARTS)
        return Message("tool", text, call_id=item["call_id"], ids=ids)
    if kind.endswith("_output"):
        output, call_id = item.get("output"), item.get("call_id")
        text = output if isinstance(output, str) else ""
        return Message("tool", text, call_id=call_id if isinstance(call_id, str) else None, ids=ids)
    return Message("user" if kind in _CLIENT_MADE else "assistant", ids=ids)


def _text(content: Json, path: str, supported: Sequence[str]) -> str:
    """Join the texts of a string or a list of parts; the other parts are only checked."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise wrong_type(path, "a string or an array of objects", content)
    return "\n".join(
        text for i, part in enumerate(content) if (text := _part(part, f"{path}[{i}]", supported))
    )


def _part(part: Json, path: str, supported: Sequence[str]) -> str:
    if not isinstance(part, dict):
        raise wrong_type(path, "an object", part)
    kind = part.get("type")
    if kind is None:
        raise missing(f"{path}.type")
    if kind not in supported:
        raise wrong_value(f"{path}.type", str(kind), supported)
    if not kind.endswith("_text"):
        return ""
    if "text" not in part:
        raise missing(f"{path}.text")
    if not isinstance(part["text"], str):
        raise wrong_type(f"{path}.text", "a string", part["text"])
    return str(part["text"])
