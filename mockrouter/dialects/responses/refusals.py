"""
What the real APIs say to a Responses request that they refuse.

OpenAI's words go out in whichever envelope the profile has. Two refusals exist at OpenRouter alone
and have a shape of their own there: a string code, and ``metadata`` beside ``error``.

Source: https://platform.openai.com/docs/api-reference/responses and
https://openrouter.ai/docs/api/reference/responses/error-handling
"""

from __future__ import annotations

import json

from mockrouter.dialects import errors
from mockrouter.dialects.refusals import KINDS, missing
from mockrouter.errors import BadRequest
from mockrouter.profiles import Profile
from mockrouter.reply import ErrorReply
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Wire

_INVALID_PROMPT = "invalid_prompt"


def unknown_choice(name: str) -> BadRequest:
    """Refuse a ``tool_choice`` for a tool that is not offered."""
    message = f"Tool choice '{name}' not found in 'tools' parameter."
    return BadRequest(message, param="tool_choice")


def missing_model(profile: Profile) -> BadRequest:
    """Refuse a request that names no model."""
    refusal = missing("model")
    if profile.integer_codes:
        refusal.code = _INVALID_PROMPT
    return refusal


def stateless(path: list[str | int], expected: Json, got: Json) -> BadRequest:
    """
    Refuse what would need a memory, as a provider without one does.

    Args:
        path: Where it stands in the body.

        expected: The one value that is allowed there: a constant, or None for null.

        got: What stands there.
    """
    issue: JsonObject = {"code": "invalid_value", "values": [expected], "path": path}
    issue["message"] = f"Invalid input: expected {json.dumps(expected)}"
    if expected is None:
        kind = KINDS[type(got)].split()[-1]
        issue = {"expected": "null", "code": "invalid_type", "path": path}
        issue["message"] = f"Invalid input: expected null, received {kind}"
    return BadRequest(
        "Invalid Responses API request",
        param=".".join(map(str, path)),
        code=_INVALID_PROMPT,
        metadata=json.dumps({"raw": json.dumps([issue], indent=2)}),
    )


def render_error(error: ErrorReply, profile: Profile) -> Wire:
    """
    Render an error that comes before the first byte.

    Where the profile's codes are integers, the one string code is ``invalid_prompt``, and its
    ``metadata`` stands beside ``error``.
    """
    if not profile.integer_codes or error.code != _INVALID_PROMPT:
        return errors.render_error(error, profile)
    message = error.message or errors.usual_message(error.status, profile)
    body = {
        "error": {"code": error.code, "message": message},
        "metadata": json.loads(error.metadata or "null"),
    }
    return errors.error_wire(body, error, profile)
