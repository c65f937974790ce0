"""
A request as a command for a shell: ``curl`` with what it takes to ask the same again.

Source: the quoting of bash, https://www.gnu.org/software/bash/manual/html_node/Quoting.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from mockrouter.engine.blanking import REDACTED
from mockrouter.engine.journal import Exchange
from mockrouter.profiles import PROFILES

_OF_THE_CONNECTION = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that curl makes itself, or that speak of one connection alone."""

_LONGEST = 100_000
"""Bytes of one argument; Linux takes 131,072."""

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./~-]+")
_NOT_IN_A_NAME = re.compile(r"[^A-Z0-9]+")


def curl(exchange: Exchange, root: str, *, stream: bool) -> str:
    """
    Write a command that asks what an exchange asked.

    Args:
        exchange: Whose request it is.

        root: Of the server, such as ``http://127.0.0.1:4099``.

        stream: Whether a stream is asked for.

    Returns:
        Lines for bash. Headers that were blanked are read from environment variables. A body that
        no argument can hold comes from ``printf``.
    """
    body, piped = exchange.body, _is_piped(exchange.body)
    words = ["curl", *(["-N"] if stream else []), *_method(exchange), *_url(exchange, root)]
    lines = [" ".join(words), *(f"-H {header}" for header in _headers(exchange))]
    if piped:
        lines.append("--data-binary @-")
    elif body:
        # Unlike --data-binary, it takes a body for a body that begins with an @.
        lines.append(f"--data-raw {_quoted(body)}")
    command = " \\\n  ".join(lines)
    return f"{_printed(body)} | {command}" if piped else command


def _is_piped(body: bytes) -> bool:
    return len(body) > _LONGEST or b"\0" in body


def _printed(body: bytes) -> str:
    if b"\0" not in body:
        return f"printf %s {_quoted(body)}"
    return "printf %b '" + "".join(f"\\0{byte:03o}" for byte in body) + "'"


def _method(exchange: Exchange) -> list[str]:
    if exchange.method == "HEAD" and not exchange.body:
        return ["--head"]
    usual = "POST" if exchange.body else "GET"
    return [] if exchange.method == usual else ["-X", _quoted(exchange.method.encode())]


def _url(exchange: Exchange, root: str) -> list[str]:
    path = quote(exchange.path.encode("utf-8", "surrogatepass"), safe="/~:@!$&'()*+,;=-._")
    as_is = ["--path-as-is"] if re.search(r"/\.\.?(/|$)", path) else []
    return [*as_is, _quoted(f"{root.rstrip('/')}{path}".encode())]


def _headers(exchange: Exchange) -> Iterator[str]:
    for name, value in exchange.headers.items():
        if name in _OF_THE_CONNECTION:
            continue
        if value == REDACTED:
            yield _from_environment(name, exchange)
        else:
            # Without a value, curl would take the header out.
            text = f"{name}: {value}" if value else f"{name};"
            yield _quoted(text.encode("latin-1", "replace"))
    if exchange.body and "content-type" not in exchange.headers:
        yield "'content-type: application/json'"


def _from_environment(name: str, exchange: Exchange) -> str:
    if name == "authorization":
        profile = PROFILES.get(exchange.profile)
        variable = profile.api_key_env if profile else "OPENAI_API_KEY"
        return f'"authorization: Bearer ${variable}"'
    variable = _NOT_IN_A_NAME.sub("_", name.upper())
    variable = f"_{variable}" if variable[:1].isdigit() else variable
    if _PLAIN.fullmatch(name):
        return f'"{name}: ${variable}"'
    return f'{_quoted(f"{name}: ".encode())}"${variable}"'


def _quoted(text: bytes) -> str:
    r"""
    Quote any bytes but NUL for bash.

    Plain words stay, text goes into single quotes, and whatever a terminal might not carry over is
    spelled out: ``$'\xff'``.
    """
    try:
        shown = text.decode()
    except UnicodeDecodeError:
        return _spelled(text)
    if _PLAIN.fullmatch(shown):
        return shown
    if not shown.replace("\n", "").isprintable():
        return _spelled(text) if text else "''"
    return "'" + shown.replace("'", "'\\''") + "'"


def _spelled(text: bytes) -> str:
    return "$'" + "".join(map(_byte, text)) + "'"


def _byte(byte: int) -> str:
    character = chr(byte)
    if character in "'\\":
        return f"\\{character}"
    return character if " " <= character <= "~" else f"\\x{byte:02x}"
