"""
Where a scripted reply contradicts the request: a mistake of the author, unless it is the point.

Real APIs constrain the model, so a reply against ``tool_choice`` reaches a client only from servers
that ignore it. A scenario that plays such a server says so with ``ignores``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mockrouter.reply import Reply
from mockrouter.request import Request


def contradictions(reply: Reply, request: Request) -> Iterator[tuple[str, str]]:
    """
    Name each field of the request that the reply contradicts, and say how in one clause.

    Yields:
        The name as in ``ignores``, and the clause.
    """
    yield from _tool_choice(reply, request)
    if not request.parallel_tool_calls and len(reply.calls) > 1:
        clause = f"the reply makes {len(reply.calls)} calls, the request has false"
        yield "parallel_tool_calls", clause
    wanted = request.response_format
    if wanted in {"json_object", "json_schema"} and reply.text and not _is_json(reply.text):
        yield "response_format", f"the reply's text is no JSON, the request has {wanted}"


def _tool_choice(reply: Reply, request: Request) -> Iterator[tuple[str, str]]:
    choice = request.tool_choice
    names = [call.name for call in reply.calls]
    if choice.mode == "none" and names:
        yield "tool_choice", f"the reply calls '{names[0]}', the request has none"
    elif choice.mode == "required" and not names:
        wanted = f"'{choice.allowed[0]}'" if choice.named and choice.allowed else "required"
        yield "tool_choice", f"the reply calls no tool, the request has {wanted}"
    elif choice.allowed is not None:
        for name in names:
            if name not in choice.allowed:
                allowed = ", ".join(choice.allowed)
                yield "tool_choice", f"the reply calls '{name}', the request allows {allowed} alone"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
