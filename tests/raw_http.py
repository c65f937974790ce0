"""Requests written by hand over a socket, and how their connections end."""

from __future__ import annotations

import json
import socket
from typing import Final

import httpx

from mockrouter.values import Json

PATIENCE: Final = 30.0


def connected(url: str, *lines: str, body: bytes) -> socket.socket:
    """Send a request over a socket of our own."""
    address = httpx.URL(url)
    made = socket.create_connection((address.host, address.port or 80), timeout=PATIENCE)
    made.sendall("\r\n".join([*lines, "Host: here", "", ""]).encode() + body)
    return made


def asked(url: str, path: str, body: Json, *, method: str = "POST") -> socket.socket:
    """Ask with a JSON body."""
    raw = json.dumps(body).encode()
    head = (f"{method} {path} HTTP/1.1", "Connection: close", f"Content-Length: {len(raw)}")
    return connected(url, *head, body=raw)


def ending(connection: socket.socket) -> tuple[bytes, str]:
    """Read all that comes, and say how it ends; what a reset lets through is left to chance."""
    got = b""
    with connection:
        try:
            while data := connection.recv(65536):
                got += data
        except ConnectionResetError:
            return b"", "reset"
    return got, "closed"
