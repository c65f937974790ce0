"""
The limit: an ASGI app that does nothing but ``send``, of bytes that it was given.

``python -m bench.bare ANSWERS PORT`` runs it on uvicorn, with the loop and the parser of the
product. It reads no body: the query says what is asked for.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Answer:
    """
    A response, as text in Latin-1.

    Attributes:
        headers: Names and values.

        writes: Each with the seconds that it waits after the one before.

        last: The write that ends the body.
    """

    headers: list[tuple[str, str]]
    writes: list[tuple[float, str]]
    last: str


def answer_of(reply: bytes, delays: list[float]) -> Answer:
    """Read off the bytes of a reply what to send; its first writes wait for *delays*."""
    head, _, body = reply.decode("latin-1").partition("\r\n\r\n")
    fields = [line.split(": ", 1) for line in head.split("\r\n")[1:]]
    headers = [(name, value) for name, value in fields if name.lower() != "transfer-encoding"]
    if len(headers) == len(fields):
        return Answer(headers, [], body)
    writes: list[tuple[float, str]] = []
    while (size := int(body.partition("\r\n")[0], 16)) > 0:
        body = body.partition("\r\n")[2]
        delay = delays[len(writes)] if len(writes) < len(delays) else 0.0
        writes.append((delay, body[:size]))
        body = body[size + 2 :]
    return Answer(headers, writes, "")


def write_answers(file: Path, answers: dict[str, Answer]) -> Path:
    """Write answers by query, for a server in a process of its own."""
    file.write_text(json.dumps({name: asdict(answer) for name, answer in answers.items()}))
    return file


def bare(answers: dict[str, Answer]) -> ASGIApp:
    """Send what is asked for; a write that waits has a sleep, till it is due, of its own."""
    found = {
        name.encode(): (
            [(name.encode(), value.encode("latin-1")) for name, value in answer.headers],
            [(delay, data.encode("latin-1")) for delay, data in answer.writes],
            answer.last.encode("latin-1"),
        )
        for name, answer in answers.items()
    }

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        headers, writes, last = found[scope["query_string"]]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        now = asyncio.get_running_loop().time
        due = now()
        for delay, data in writes:
            if delay:
                due += delay
                await asyncio.sleep(due - now())
            await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": last})

    return app


def main(file: str, port: int) -> None:
    """Serve until SIGTERM."""
    found = json.loads(Path(file).read_text())
    uvicorn.run(
        bare({name: Answer(**answer) for name, answer in found.items()}),
        port=port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        backlog=8192,
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
