"""Asking a server that runs, with the standard library alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final
from urllib.parse import urlencode, urlsplit

from mockrouter.errors import MockRouterError

DEFAULT: Final = "http://127.0.0.1:4099"
"""Where a server is unless something else is said."""

FIRST_ANSWER: Final = 2.0
"""Seconds in which a server that runs says that it does."""

Query = Sequence[tuple[str, str]]


class NoServer(MockRouterError):
    """No mockrouter answers, or it went away."""


class Refused(MockRouterError):
    """A server answered that it cannot do what was asked, and why."""


def connection(address: str, seconds: float) -> HTTPConnection:
    """
    Prepare a connection; nothing is sent yet.

    Args:
        address: ``http://host:port``, or ``host:port``; a path behind it says nothing.

        seconds: Of silence after which the server counts as gone.

    Raises:
        ValueError: The address is none.
    """
    parts = urlsplit(address if "//" in address else f"//{address}")
    if parts.scheme not in ("", "http") or not parts.hostname:
        message = f"'{address}' is no http:// address"
        raise ValueError(message)
    return HTTPConnection(parts.hostname, parts.port or 80, timeout=seconds)


def reason(error: Exception) -> str:
    """Say why a server could not be asked."""
    if isinstance(error, TimeoutError) and error.errno is None:
        return "nothing came in time; ask at the address that `mockrouter serve` printed"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


@contextmanager
def asked(
    address: str, path: str, query: Query = (), *, seconds: float = 30.0
) -> Iterator[HTTPResponse]:
    """
    Ask for something of the control API; the answer is to be read within the block.

    Args:
        address: Of the server.

        path: Behind ``/_mockrouter``.

        query: Names and values.

        seconds: Of silence after which a server that answered before counts as gone.

    Raises:
        NoServer: None answers there, or what answers is none of ours, or it went away.

        Refused: It says why.
    """
    with ExitStack() as stack:
        try:
            server = stack.enter_context(closing(connection(address, FIRST_ANSWER)))
            _greet(server, seconds)
            server.request("GET", f"/_mockrouter{path}?{urlencode(query)}")
            response = server.getresponse()
            refused = "" if response.status == HTTPStatus.OK else _message(response)
        except (OSError, HTTPException, ValueError) as error:
            raise NoServer(f"no mockrouter answers at {address}: {reason(error)}") from None
        if refused:
            raise Refused(refused)
        try:
            yield response
        except (OSError, HTTPException) as error:
            raise NoServer(f"the server at {address} went away: {reason(error)}") from None


def _greet(server: HTTPConnection, seconds: float) -> None:
    """Have a sign of life from the server at once; what is asked then may take *seconds*."""
    server.request("GET", "/_mockrouter/health")
    server.getresponse().read()
    server.timeout = seconds
    if server.sock:
        server.sock.settimeout(seconds)


def _message(response: HTTPResponse) -> str:
    try:
        return str(json.loads(response.read())["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"another kind of server answers there, with status {response.status}"
