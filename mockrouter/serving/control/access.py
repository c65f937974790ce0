"""Who may use the control API: programs on this machine, and no web page of anybody else's."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import Scope

from mockrouter.engine.settings import Settings
from mockrouter.serving.answers import JsonAnswer


def refuses(scope: Scope, settings: Settings) -> Response | None:
    """
    Refuse a request that a web page could have made.

    Source: DNS rebinding and cross-site requests, as Toxiproxy's API refuses browsers.
    """
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    host, origin = headers.get(b"host", ""), headers.get(b"origin")
    name = _name(f"//{host}")
    if name is None or (settings.loopback_only and not _is_local(name)):
        reason = f"Host '{host}' is not this machine"
    elif origin is not None and (_name(origin) is None or urlsplit(origin).netloc != host):
        reason = f"Origin '{origin}' is not this server"
    else:
        return None
    return JsonAnswer({"error": {"message": f"{reason}; refused.", "code": 403}}, 403)


def _name(url: str) -> str | None:
    """Find the host's name in a URL, empty where it has none; None if it is no URL."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return None


def _is_local(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name in {"", "testserver"}
