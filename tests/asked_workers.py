"""Asking a server that is several processes, any of which may answer."""

from __future__ import annotations

import http.client
import json

from mockrouter.values import JsonObject

CHAT = "/v1/chat/completions"


def ask(port: int, method: str, path: str, body: JsonObject | str | None = None) -> tuple[int, str]:
    """Ask over a connection of its own, so that any worker may answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body if isinstance(body, str) else json.dumps(body))
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def talk(port: int, number: int, base: str = "") -> int:
    """Ask for a chat completion of conversation *number*."""
    messages = [{"role": "user", "content": f"conversation {number}"}]
    return ask(port, "POST", f"{base}{CHAT}", {"model": "m", "messages": messages})[0]


def replicas(port: int) -> dict[str, int]:
    """Who has answered what the journal holds, with how much each."""
    page = json.loads(ask(port, "GET", "/_mockrouter/requests?limit=1000")[1])
    names = [each["replica"] for each in page["requests"]]
    return {name: names.count(name) for name in names}
