"""A client for suites under test: the standard library alone, so that it costs them no start-up."""

from __future__ import annotations

import json
import urllib.request
from urllib.error import HTTPError

from mockrouter.values import Json, JsonObject
from scripts import USER, WEATHER


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else, so that a redirect is an answer."""

    def redirect_request(self, *_: object) -> None:
        """Make no request."""


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)


def post(base: str, *messages: JsonObject, **fields: Json) -> tuple[int, Json]:
    """
    Ask for a chat completion.

    Args:
        base: Base URL, such as ``mockrouter.base_url``.

        messages: Else the user asks for the weather.

        fields: Others of the body, beside a model and one tool.

    Returns:
        The status and the body.
    """
    code, sent = _posted(base, list(messages), fields)
    return code, json.loads(sent)


def _posted(base: str, messages: list[JsonObject], fields: JsonObject) -> tuple[int, bytes]:
    body = {"model": "gpt-4o", "messages": messages or [USER], "tools": [WEATHER], **fields}
    headers = {"content-type": "application/json", "authorization": "Bearer sk-secret-of-a-test"}
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{base}/chat/completions", data, headers)  # noqa: S310
    try:
        with _DIRECT.open(request, timeout=30) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def status(base: str, *messages: JsonObject, **fields: Json) -> int:
    """Ask, and give the status alone, whatever the body is."""
    return _posted(base, list(messages), fields)[0]


def ask(base: str, text: str = "Hello", **fields: Json) -> str:
    """Ask, and give the text of the answer, empty for none."""
    _, body = post(base, {"role": "user", "content": text}, **fields)
    return _message(body)["content"] or ""


def agent(base: str, result: str = '{"temp": 18}') -> str:
    """Run a tool loop: each call gets *result*, until an answer calls nothing; gives its text."""
    messages = [USER]
    while True:
        message = _message(post(base, *messages)[1])
        calls = message.get("tool_calls", ())
        if not calls:
            return message["content"] or ""
        results = [{"role": "tool", "tool_call_id": c["id"], "content": result} for c in calls]
        messages += [message, *results]


def _message(body: Json) -> JsonObject:
    assert "choices" in body, body
    message: JsonObject = body["choices"][0]["message"]
    return message
