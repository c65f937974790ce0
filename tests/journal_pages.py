"""Pages of the journal, asked for over HTTP."""

from __future__ import annotations

from urllib.parse import urlencode

from asgi import Client
from mockrouter.values import Json, JsonObject

LIST = "/_mockrouter/requests"


def answered(client: Client, **query: Json) -> JsonObject:
    """Ask for a page."""
    answer = client.ask("GET", f"{LIST}?{urlencode(query, doseq=True)}")

    assert 200 == answer.status, answer.body
    page: JsonObject = answer.json
    return page


def numbers(page: JsonObject) -> list[int]:
    """List the numbers on a page."""
    return [entry["number"] for entry in page["requests"]]
