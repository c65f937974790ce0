"""
What a Response object repeats of its request.

The fields that the request leaves out have defaults, which together with the reply's own fields
satisfy OpenAI's, OpenRouter's and Open Responses' schemas at once.
"""

from __future__ import annotations

from mockrouter.profiles import Profile
from mockrouter.values import JsonObject

_PLAIN = (
    "frequency_penalty",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "parallel_tool_calls",
    "presence_penalty",
    "previous_response_id",
    "prompt_cache_key",
    "safety_identifier",
    "service_tier",
    "store",
    "temperature",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
)

_REASONING = ("effort", "summary", "context", "mode")


def defaults() -> JsonObject:
    """Make, anew each time, what stands in a Response object of the emptiest request."""
    return {
        "background": False,
        "frequency_penalty": 0,
        "instructions": None,
        "max_output_tokens": None,
        "max_tool_calls": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "presence_penalty": 0,
        "previous_response_id": None,
        "prompt_cache_key": None,
        "reasoning": {"effort": None, "summary": None},
        "safety_identifier": None,
        "service_tier": "auto",
        "store": False,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
    }


def echo(body: JsonObject, profile: Profile) -> JsonObject:
    """
    Pick what the reply repeats; what is left out or null takes its default.

    Args:
        body: A request whose shape has been checked.

        profile: OpenAI stores unless told otherwise, and takes tools as strict.
    """
    fields = {name: body[name] for name in _PLAIN if body.get(name) is not None}
    fields.setdefault("store", profile.stateful)
    choice = body.get("tool_choice")
    if choice is not None:
        default = {"mode": "auto"} if _type(choice) == "allowed_tools" else {}
        fields["tool_choice"] = default | choice if isinstance(choice, dict) else choice
    if body.get("tools"):
        strict = None if profile.integer_codes else True
        fields["tools"] = [_tool(tool, strict) for tool in body["tools"]]
    if body.get("text"):
        fields["text"] = _text(body["text"])
    if body.get("reasoning"):
        given = {name: body["reasoning"].get(name) for name in _REASONING}
        fields["reasoning"] = {"effort": None, "summary": None} | {
            name: value for name, value in given.items() if value is not None
        }
    return fields


def _type(choice: object) -> object:
    return choice.get("type") if isinstance(choice, dict) else None


def _tool(tool: JsonObject, strict: bool | None) -> JsonObject:  # noqa: FBT001 - a JSON value
    """
    Give a function all five keys.

    Source: https://platform.openai.com/docs/api-reference/responses/create, whose example sends no
    ``strict`` and gets ``true``.
    """
    if tool["type"] != "function":
        return tool
    return {
        "type": "function",
        "name": tool["name"],
        "description": None,
        "parameters": None,
        "strict": strict,
    } | tool


def _text(text: JsonObject) -> JsonObject:
    text_format = text.get("format") or {"type": "text"}
    if text_format["type"] == "json_schema":
        text_format = {"description": None, "strict": False} | text_format
    return text | {"format": text_format}
