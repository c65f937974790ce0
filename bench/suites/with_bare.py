"""What one would write by hand: a bare ASGI app on uvicorn in a thread, emptied for each test."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from bench.suites.timing import ANSWER, ASKED, SAID, said
from mockrouter.values import JsonObject


class App:
    """
    Answers what it is told, and keeps what it is asked.

    Attributes:
        answers: Bodies, the next one first.

        requests: Bodies, in order.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self.answers: list[JsonObject] = []
        self.requests: list[JsonObject] = []

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        self.requests.append(json.loads(body))
        answer = json.dumps(self.answers.pop(0)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


@pytest.fixture(scope="session")
def server() -> Iterator[tuple[App, str]]:
    """Serve an app for the session; with its base URL."""
    # Part of what a session's start costs, as it is behind mockrouter's fixture.
    import uvicorn  # noqa: PLC0415

    app = App()
    config = uvicorn.Config(
        app, port=0, http="httptools", ws="none", lifespan="off", log_level="error"
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.001)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield app, f"http://127.0.0.1:{port}/v1"
    running.should_exit = True
    thread.join()


@pytest.fixture
def bare(server: tuple[App, str]) -> tuple[App, str]:
    """Empty the app."""
    app, _ = server
    app.answers, app.requests = [], []
    return server


def test_starts_clean(bare: tuple[App, str], client: httpx.Client, number: int) -> None:
    """Script an answer, ask, and see that nobody else asked."""
    app, base_url = bare
    app.answers.append(ANSWER)

    answer = client.post(f"{base_url}/chat/completions", json=ASKED)

    assert SAID == said(answer), number
    assert 1 == len(app.requests)
