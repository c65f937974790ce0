"""A response as HTTP, in the words of the scenario language."""

from __future__ import annotations

import base64
import json
import re

from mockrouter.scenario.templates import is_dynamic
from mockrouter.values import Json, JsonObject, compact
from mockrouter.verbatim import Head, Verbatim

_SPECIAL = re.compile(r"\{(?=[{%#])|\r")
"""What Jinja would read as its own, or change."""


def literal(value: Json) -> Json:
    """Write a JSON value so that no text in it is a template."""
    if isinstance(value, dict):
        return {key: literal(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [literal(inner) for inner in value]
    if not is_dynamic(value):
        return value
    return _SPECIAL.sub(lambda found: "{{ " + repr(found[0]) + " }}", value)


def verbatim(said: Verbatim) -> JsonObject:
    """Write the body of a response of its author's own."""
    if said.events is not None:
        return {"events": [literal(event) for event in said.events]}
    if not said.body:
        return {"text": ""} if said.content_type else {}
    text = _text(said.body)
    kind = (said.content_type or "").partition(";")[0]
    if text is not None and kind == "application/json" and compact(json.loads(text)) == text:
        return {"json": literal(json.loads(text))}
    if text is not None and kind in {"text/html", "text/plain"}:
        return {kind.removeprefix("text/").replace("plain", "text"): literal(text)}
    return {"base64": base64.b64encode(said.body).decode()}


def headed(head: Head) -> JsonObject:
    """Write a status and headers."""
    made: JsonObject = {} if head.status is None else {"status": head.status}
    if head.headers:
        made["headers"] = [{name: literal(value)} for name, value in head.headers]
    return made | ({"bare": True} if head.bare else {})


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None
