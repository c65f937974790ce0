"""One request over a socket of our own, and every byte that comes back, however it ends."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from asgi import Answer
from mockrouter.values import Json
from mockrouter.wire import Ending, Wire

PATIENCE = 30.0
"""Seconds without a byte after which a test is hung."""

QUIET = 0.05
"""Seconds without a byte, after all that the mock has to say, that are silence."""

ENOUGH = 0.25
"""Seconds for which a test listens to what is sent to break such a silence."""

Expected: TypeAlias = Callable[[], Wire | None]
"""Gives what the mock answers to the request; None while it does not know yet."""

_TYPED = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Read(Answer):
    """
    What came off the socket; ``writes`` are the chunks of a chunked body, at second 0.

    Attributes:
        raw: Every byte, the head too.

        fields: The headers as they came, repeated ones too; names in lower case.
    """

    raw: bytes = b""
    fields: tuple[tuple[str, str], ...] = ()


def read(
    url: str,
    body: Json,
    headers: Mapping[str, str] | None = None,
    *,
    silent: Expected | None = None,
) -> Read:
    """
    Send a JSON body, read until nothing comes any more, and take what came apart.

    Args:
        url: Of the endpoint.

        body: Of the request.

        headers: Beside the usual ones, or in their place.

        silent: The other side may stop sending and leave the connection open, once it has sent
            this.
    """
    address = urlsplit(url)
    data = json.dumps(body).encode()
    fields = {"host": address.netloc, "connection": "close", **_TYPED, **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    target = address._replace(scheme="", netloc="").geturl()
    asked = f"POST {target} HTTP/1.1\r\n{head}content-length: {len(data)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", address.port or 80), timeout=PATIENCE) as client:
        client.sendall(asked.encode() + data)
        raw, ending = _everything(client, silent)
    return _taken_apart(raw, ending)


def _everything(client: socket.socket, silent: Expected | None) -> tuple[bytes, Ending]:
    raw = b""
    client.settimeout(QUIET if silent else PATIENCE)
    began = heard = time.monotonic()
    while True:
        try:
            data = client.recv(65536)
        except ConnectionResetError:
            return raw, Ending.RESET
        except TimeoutError:
            data = None
        if data == b"":
            return raw, _closed(client)
        now = time.monotonic()
        raw, heard = (raw + data, now) if data else (raw, heard)
        if now - heard >= PATIENCE or (silent and _fell_silent(raw, silent, data, now - began)):
            return raw, Ending.STALL


def _fell_silent(raw: bytes, silent: Expected, data: bytes | None, lasted: float) -> bool:
    """Say whether nothing more comes, or for long enough nothing but what breaks the silence."""
    if data and lasted < ENOUGH:
        return False
    wire = silent()
    if wire is None:
        return False
    if not wire.headers_sent:
        return True
    came = _taken_apart(raw, Ending.STALL)
    ended = wire.ending is not Ending.KEEP_OPEN or came.broken is wire.ending
    return came.status > 0 and ended and len(came.body) >= len(wire.body)


def _closed(client: socket.socket) -> Ending:
    """Tell a socket that is closed from one that only says nothing more: it refuses what we say."""
    try:
        client.sendall(b"\r\n")
        client.settimeout(0.05)
        client.recv(1)
        client.sendall(b"\r\n")
    except TimeoutError:
        return Ending.HALF_CLOSE
    except (ConnectionResetError, BrokenPipeError):
        return Ending.DISCONNECT
    return Ending.HALF_CLOSE


def _taken_apart(raw: bytes, ending: Ending) -> Read:
    head, blank, rest = raw.partition(b"\r\n\r\n")
    if not blank:
        return Read(0, {}, (), ending, raw)
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    fields = tuple((name.lower(), value.strip()) for name, value in pairs)
    headers = dict(fields)
    if headers.get("transfer-encoding") == "chunked":
        chunks, whole = _chunks(rest)
    else:
        chunks = [rest] if rest else []
        whole = len(rest) >= int(headers.get("content-length", 0))
    writes = tuple((0.0, chunk) for chunk in chunks)
    return Read(int(first.split()[1]), headers, writes, _broken(ending, whole=whole), raw, fields)


def _chunks(body: bytes) -> tuple[list[bytes], bool]:
    """Take chunks off; what is left of one that is cut short counts as one."""
    found: list[bytes] = []
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            assert body == b"\r\n", body
            return found, True
        found.append(body[:length])
        body = body[length + 2 :]
    return found, False


def _broken(ending: Ending, *, whole: bool) -> Ending | None:
    if not whole:
        return ending
    return Ending.KEEP_OPEN if ending is Ending.STALL else None
