"""Commands for curl: what bash and curl make of them is what was asked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from mockrouter.engine.journal import Exchange
from mockrouter.entries import entries

ROOT = "http://127.0.0.1:4099"
CHAT = "/v1/chat/completions"
BODIES = {
    "plain": b'{"model": "m", "stream": true}',
    "quotes": b"""{"text": "It's \\"quoted\\", `id` $HOME $(id) !! \\\\ 100%"}""",
    "lines": b'{\n  "text": "two\nlines"\n}\n',
    "carriage returns": b"one\r\ntwo\r\n\t\x1b[31m\x7f",
    "scripts": '{"text": "東京 😀 é ￿ \u2028 \ufeff"}'.encode(),
    "no text": bytes(range(1, 256)) * 2 + b"\xff0\xfff",
    "with zeros": bytes(range(256)) + b"\0\x001",
    "like a file": b"@/etc/passwd",
    "like an option": b"--help",
    "blanks": b"  \n\n ",
    "long": b"x'" * 70_000,
    "long with zeros": b"\0" * 70_000,
    "none": b"",
}


@dataclass
class Asked:
    """What arrived at a server."""

    method: str = ""
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[Asked]]]:
    """Serve on a free port; gives the root, and what arrives."""
    arrived: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            arrived.append(Asked(self.command, self.path, headers, body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _any  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}", arrived
        listening.shutdown()
        thread.join()


def command(exchange: Exchange, root: str = ROOT) -> str:
    """Write the command of an exchange."""
    (entry,) = entries([exchange])
    return entry.to_curl(root)


def run(exchange: Exchange, server: tuple[str, list[Asked]], **env: str) -> Asked:
    """Run the command of an exchange in bash; gives what arrived."""
    bash = shutil.which("bash")
    if bash is None or shutil.which("curl") is None:
        pytest.skip("needs bash and curl")
    root, arrived = server
    written = f"set -o pipefail; {command(exchange, root)}"
    subprocess.run(
        [bash],
        input=written.encode(),
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", **env},
        timeout=60,
    )
    return arrived.pop()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_any_body_arrives(body: bytes, server: tuple[str, list[Asked]]) -> None:
    """To the last byte, whatever bash and curl might read into it."""
    asked = run(Exchange(1, 0.0, "POST", CHAT, body=body), server)

    assert ("POST", CHAT, body) == (asked.method, asked.path, asked.body)


def test_headers_arrive(server: tuple[str, list[Asked]]) -> None:
    """Secrets from the environment, the others as they were, and curl's own are curl's own."""
    headers = {
        "authorization": "[redacted]",
        "x-api-key": "[redacted]",
        "content-type": "application/json; charset=utf-8",
        "content-length": "999",
        "transfer-encoding": "chunked",
        "host": "elsewhere",
        "x-title": "It's `mine`: $HOME",
        "x-latin": "caf\xe9",
        "x-empty": "",
    }
    exchange = Exchange(1, 0.0, "POST", CHAT, profile="openrouter", headers=headers, body=b"{}")
    asked = run(exchange, server, OPENROUTER_API_KEY="sk-1 $x", X_API_KEY='"two"')

    sent = {"x-title": "It's `mine`: $HOME", "x-latin": "caf\xe9", "x-empty": ""}
    sent |= {"authorization": "Bearer sk-1 $x", "x-api-key": '"two"', "content-length": "2"}
    sent |= {"content-type": "application/json; charset=utf-8"}
    assert sent.items() <= asked.headers.items()
    assert not {"transfer-encoding"} & asked.headers.keys()
    assert server[0] == f"http://{asked.headers['host']}"


@pytest.mark.parametrize(
    ("method", "path", "arrived"),
    [
        ("GET", "/v1/models", "/v1/models"),
        ("HEAD", "/v1/models", "/v1/models"),
        ("DELETE", "/v1/responses/resp_1", "/v1/responses/resp_1"),
        ("POST", CHAT, CHAT),
        (
            "GET",
            "/~a'b/s/x y/v1/{1..3}/[a-z]?#é",
            "/~a'b/s/x%20y/v1/%7B1..3%7D/%5Ba-z%5D%3F%23%C3%A9",
        ),
        ("GET", "/v1/../models", "/v1/../models"),
    ],
)
def test_any_method_and_path_arrives(
    method: str, path: str, arrived: str, server: tuple[str, list[Asked]]
) -> None:
    """A path is written anew as a URL, and neither bash nor curl expands it."""
    asked = run(Exchange(1, 0.0, method, path), server)

    assert (method, arrived) == (asked.method, asked.path)


def test_a_command_reads_well() -> None:
    """One line for each header and the body, and no waiting for a stream's end."""
    headers = {"authorization": "[redacted]", "accept": "*/*", "connection": "close"}
    body = b'{"model": "m", "stream": true}'
    exchange = Exchange(1, 0.0, "POST", CHAT, profile="openai", headers=headers, body=body)

    assert command(exchange).split(" \\\n  ") == [
        "curl -N http://127.0.0.1:4099/v1/chat/completions",
        '-H "authorization: Bearer $OPENAI_API_KEY"',
        "-H 'accept: */*'",
        "-H 'content-type: application/json'",
        """--data-raw '{"model": "m", "stream": true}'""",
    ]
