"""
The rules of ``expect``: which of them a request breaks, and what the real servers say then.

Only what an author asks for is looked at. A rule is a function from what is asked for and the
request to the refusals, the first of which counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from mockrouter.dialects.refusals import below_minimum, missing, wrong_type
from mockrouter.engine.reasoning import Given, sent_back
from mockrouter.errors import BadRequest
from mockrouter.patterns import Range
from mockrouter.request import Call, Message, Request
from mockrouter.scenario.expect import Expect
from mockrouter.scenario.matching import differences
from mockrouter.values import Json, JsonObject

Rule = Callable[[Json, Request], Iterator[BadRequest]]
_LARGE: Final = 413


@dataclass(frozen=True, slots=True)
class Broken:
    """
    A rule that a request breaks.

    Attributes:
        rule: Its key in ``expect``, and how it is broken, for the journal.

        refusal: What the provider says.
    """

    rule: str
    refusal: BadRequest


def broken(expect: Expect, request: Request, given: Given) -> Broken | None:
    """
    Find the first rule that a request breaks; None where it keeps them all.

    Args:
        expect: The rules.

        request: What the client asks for.

        given: Says what reasoning came with a message of the history.
    """
    for difference in differences(expect, request):
        return Broken(str(difference), _refused(difference.condition))
    for name in expect.rules:
        wanted = getattr(expect, name)
        rule = RULES.get(name)
        found = rule(wanted, request) if rule else sent_back(wanted, request, given)
        for refusal in found:
            return Broken(f"{name}: {refusal.message}", refusal)
    return None


def _refused(condition: str) -> BadRequest:
    """Refuse in the usual words what a condition does not hold for."""
    if condition == "body_bytes":
        return BadRequest("Request payload too large", status=_LARGE)
    name = condition.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
    return BadRequest("", param=None if name in {"any_of", "none_of"} else name)


def _every_call_answered(_: Json, request: Request) -> Iterator[BadRequest]:
    for place, message in enumerate(request.messages):
        answered = {m.call_id for m in _answers(request, place)}
        open_ids = [call.id or "" for call in message.calls if call.id not in answered]
        if open_ids and request.dialect == "responses":
            text = f"No tool output found for function call {open_ids[0]}."
            yield BadRequest(text, param="input")
        elif open_ids:
            behind = place + 1 + len(_answers(request, place))
            at_end = behind >= len(request.messages)
            text = (
                "An assistant message with 'tool_calls' must be followed by tool messages "
                "responding to each 'tool_call_id'. The following tool_call_ids did not have "
                f"response messages: {', '.join(open_ids)}"
            )
            yield BadRequest(text, param="messages" if at_end else f"messages.[{behind}].role")


def _answers(request: Request, place: int) -> list[Message]:
    """List the results that answer a message: those right behind it, or in Responses anywhere."""
    found: list[Message] = []
    for message in request.messages[place + 1 :]:
        if message.role == "tool":
            found.append(message)
        elif request.dialect != "responses":
            break
    return found


def _every_result_called(_: Json, request: Request) -> Iterator[BadRequest]:
    called: set[str | None] = set()
    for place, message in enumerate(request.messages):
        if message.role == "assistant" and request.dialect != "responses":
            called = set()
        called |= {call.id for call in message.calls}
        if message.role != "tool" or message.call_id in called:
            continue
        if request.dialect == "responses":
            text = f"No tool call found for function call output with call_id {message.call_id}."
            yield BadRequest(text, param="input")
        elif not called:
            text = (
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding "
                "message with 'tool_calls'."
            )
            yield BadRequest(text, param=f"messages.[{place}].role")
        else:
            text = (
                f"Invalid parameter: 'tool_call_id' of '{message.call_id}' not found in "
                "'tool_calls' of previous message."
            )
            yield BadRequest(text, param=f"messages.[{place}].tool_call_id")


def _unique_ids(_: Json, request: Request) -> Iterator[BadRequest]:
    seen: set[str | None] = set()
    for path, call in _calls(request):
        if call.id in seen:
            place = path.split("]")[0] + "]"
            yield BadRequest(f"{place}: `tool_use` ids must be unique", param=place)
        seen.add(call.id)


def _no_empty_turn(_: Json, request: Request) -> Iterator[BadRequest]:
    for path, item in _assistant(request):
        said = ("content", "tool_calls", "function_call", "refusal", "audio")
        if not any(item.get(name) for name in said):
            text = "Invalid assistant message: content or tool_calls must be set"
            yield BadRequest(text, param=path)


def _call_ids(pattern: str, request: Request) -> Iterator[BadRequest]:
    for path, call in _calls(request):
        field = f"{path}.{'call_id' if request.dialect == 'responses' else 'id'}"
        if call.id is None:
            yield missing(field)
        elif not re.fullmatch(pattern, call.id):
            text = (
                f"Invalid '{field}': string does not match pattern. Expected a string that matches "
                f"the pattern '^{pattern}$'."
            )
            yield BadRequest(text, param=field, code="invalid_value")


def _arguments(wanted: str, request: Request) -> Iterator[BadRequest]:
    inner = "arguments" if request.dialect == "responses" else "function.arguments"
    for path, call in _calls(request):
        field = f"{path}.{inner}"
        if not isinstance(call.arguments, str):
            yield wrong_type(field, "a string", call.arguments)
            continue
        try:
            value = json.loads(call.arguments)
        except (ValueError, RecursionError):
            yield BadRequest(f"Invalid '{field}': the string is no valid JSON.", param=field)
            continue
        if wanted == "object" and not isinstance(value, dict):
            text = f"Invalid '{field}': the string has to hold a JSON object."
            yield BadRequest(text, param=field)


def _content(wanted: str, request: Request) -> Iterator[BadRequest]:
    """Look at content beside calls, which Responses keep apart."""
    if request.dialect == "responses":
        return
    for path, item in _assistant(request):
        if not item.get("tool_calls"):
            continue
        field, content = f"{path}.content", item.get("content")
        if "content" not in item:
            if wanted != "absent":
                yield missing(field)
        elif wanted == "absent":
            yield BadRequest(
                f"Unknown parameter: '{field}'.", param=field, code="unknown_parameter"
            )
        elif content is None and wanted in {"text", "filled"}:
            text = "Invalid value for 'content': expected a string, got null."
            yield BadRequest(text, param=field)
        elif content is not None and wanted == "null":
            yield wrong_type(field, "null", content)
        elif not content and wanted == "filled":
            yield BadRequest(f"Invalid '{field}': the string is empty.", param=field)


def _max_tokens(wanted: Range, request: Request) -> Iterator[BadRequest]:
    for name in ("max_tokens", "max_completion_tokens", "max_output_tokens"):
        number = request.body.get(name)
        if not isinstance(number, int) or isinstance(number, bool) or wanted.holds(number):
            continue
        if wanted.high is not None and number > wanted.high:
            text = (
                f"{name} is too large: {number}. This model supports at most {wanted.high} "
                f"completion tokens, whereas you provided {number}."
            )
            yield BadRequest(text, param=name, code="invalid_value")
        else:
            yield below_minimum(name, wanted.low, number)


def _calls(request: Request) -> Iterator[tuple[str, Call]]:
    """List the calls of the history, each with its path in the body."""
    if request.dialect == "responses":
        calls = iter(call for message in request.messages for call in message.calls)
        kinds = {"function_call", "custom_tool_call"}
        places = [n for n, item in _items(request) if item.get("type") in kinds]
        yield from zip((f"input[{n}]" for n in places), calls, strict=False)
        return
    for place, message in enumerate(request.messages):
        for number, call in enumerate(message.calls):
            yield f"messages[{place}].tool_calls[{number}]", call


def _assistant(request: Request) -> Iterator[tuple[str, JsonObject]]:
    """List the model's messages as they stand in the body, each with its path."""
    name = "input" if request.dialect == "responses" else "messages"
    for place, item in _items(request):
        if item.get("role") == "assistant":
            yield f"{name}[{place}]", item


def _items(request: Request) -> Iterator[tuple[int, JsonObject]]:
    sent = request.body.get("input" if request.dialect == "responses" else "messages")
    for place, item in enumerate(sent if isinstance(sent, list) else ()):
        if isinstance(item, dict):
            yield place, item


RULES: Final[dict[str, Rule]] = {
    "every_call_answered": _every_call_answered,
    "every_result_called": _every_result_called,
    "unique_ids": _unique_ids,
    "no_empty_turn": _no_empty_turn,
    "call_ids": _call_ids,
    "arguments": _arguments,
    "content": _content,
    "max_tokens": _max_tokens,
}
"""Every rule by its key in ``expect``, but for ``reasoning``, which needs to know what was said."""
