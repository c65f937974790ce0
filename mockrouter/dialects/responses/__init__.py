"""
The Responses API.

What a stream's frames are labelled: ``response.created`` and ``response.in_progress`` START; all
events of a message TEXT, of reasoning REASONING, of a call TOOL_CALL with the call's number; the
``error`` event ERROR; the event that ends the stream, ``response.failed`` too, FINISH; ``[DONE]``
DONE. An item's opening and closing events carry its label as well: what is made from a fragment of
the reply, and nothing else, has an ``event["type"]`` that ends in ``.delta``.

Source: https://platform.openai.com/docs/api-reference/responses-streaming,
https://openrouter.ai/docs/api/reference/responses/overview and https://www.openresponses.org
"""

from __future__ import annotations

from mockrouter.dialects.base import Dialect
from mockrouter.dialects.responses.read import read
from mockrouter.dialects.responses.refusals import render_error
from mockrouter.dialects.responses.render import render

RESPONSES = Dialect(
    name="responses",
    path="/responses",
    read=read,
    render=render,
    render_error=render_error,
    stores=True,
)
