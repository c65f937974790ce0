"""Virtual time for each kind of client: hours pass in milliseconds, and end as they would."""

from __future__ import annotations

import asyncio
import json
import math
import socket
import time
import urllib.request
from collections.abc import Awaitable, Callable

import anyio
import anyio.to_thread
import httpx
import openai
import pytest
import requests

from scripts import chat
from virtual import HOUR, NO_TLS, SLACK, Served, about, serving


def by_openai(url: str, limit: float | None) -> str:
    """Ask with the SDK."""
    base = url.removesuffix("/chat/completions")
    try:
        with openai.OpenAI(base_url=base, api_key="any", timeout=limit, max_retries=0) as client:
            client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": "?"}]
            )
    except openai.APITimeoutError:
        return "timeout"
    return "answer"


def by_httpx(url: str, limit: float | None) -> str:
    """Ask with httpx."""
    try:
        httpx.post(url, json=chat(), timeout=limit, verify=NO_TLS).raise_for_status()
    except httpx.ReadTimeout:
        return "timeout"
    return "answer"


def by_requests(url: str, limit: float | None) -> str:
    """Ask with requests."""
    try:
        requests.post(url, json=chat(), timeout=limit).raise_for_status()
    except requests.ReadTimeout:
        return "timeout"
    return "answer"


def by_urllib(url: str, limit: float | None) -> str:
    """Ask with the standard library."""
    asked = urllib.request.Request(url, json.dumps(chat()).encode())  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=limit) as answer:  # noqa: S310
            answer.read()
    except TimeoutError:
        return "timeout"
    return "answer"


async def by_async_openai(url: str, limit: float | None) -> str:
    """Ask with the SDK."""
    base = url.removesuffix("/chat/completions")
    made = openai.AsyncOpenAI(base_url=base, api_key="any", timeout=limit, max_retries=0)
    try:
        async with made as client:
            await client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": "?"}]
            )
    except openai.APITimeoutError:
        return "timeout"
    return "answer"


async def by_async_httpx(url: str, limit: float | None) -> str:
    """Ask with httpx."""
    try:
        async with httpx.AsyncClient(timeout=limit, verify=NO_TLS) as client:
            (await client.post(url, json=chat())).raise_for_status()
    except httpx.ReadTimeout:
        return "timeout"
    return "answer"


async def by_wait_for(url: str, limit: float | None) -> str:
    """Ask with a deadline of asyncio's."""
    try:
        return await asyncio.wait_for(by_async_httpx(url, None), limit)
    except TimeoutError:
        return "timeout"


async def by_anyio(url: str, limit: float | None) -> str:
    """Ask with a deadline of anyio's."""
    with anyio.move_on_after(math.inf if limit is None else limit):
        return await by_async_httpx(url, None)
    return "timeout"


async def by_thread(url: str, limit: float | None) -> str:
    """Ask with a blocking client in a thread, as async frameworks do."""
    return await asyncio.to_thread(by_httpx, url, limit)


async def by_anyio_thread(url: str, limit: float | None) -> str:
    """Ask likewise, in anyio's threads."""
    return await anyio.to_thread.run_sync(by_httpx, url, limit)


BLOCKING = [by_openai, by_httpx, by_requests, by_urllib]
ASYNC = [
    by_async_openai,
    by_async_httpx,
    by_wait_for,
    by_anyio,
    by_thread,
    by_anyio_thread,
]
OUTCOMES = [(60.0, "timeout", 60.0), (None, "answer", HOUR), (HOUR + 600, "answer", HOUR)]


@pytest.mark.parametrize(("limit", "outcome", "seconds"), OUTCOMES)
@pytest.mark.parametrize("ask", BLOCKING)
def test_blocking_clients(
    ask: Callable[[str, float | None], str],
    limit: float | None,
    outcome: str,
    seconds: float,
) -> None:
    """An hour of silence ends in the client's own timeout, or in an answer, as in real time."""
    before = time.monotonic()
    with serving() as served, served.virtual() as clock:
        start = clock.now()

        assert outcome == ask(served.url, limit)
        assert about(seconds, clock.now() - start)
    assert time.monotonic() - before < SLACK


@pytest.mark.parametrize(("limit", "outcome", "seconds"), OUTCOMES)
@pytest.mark.parametrize("ask", ASYNC)
def test_async_clients(
    ask: Callable[[str, float | None], Awaitable[str]],
    limit: float | None,
    outcome: str,
    seconds: float,
) -> None:
    """So it is on asyncio, whoever sets the deadline, and for threads that a loop waits for."""

    async def scene(served: Served) -> None:
        with served.virtual():
            start = asyncio.get_running_loop().time()

            assert outcome == await ask(served.url, limit)
            assert about(seconds, asyncio.get_running_loop().time() - start)

    before = time.monotonic()
    with serving() as served:
        asyncio.run(scene(served))
    assert time.monotonic() - before < SLACK


@pytest.mark.parametrize(
    "read",
    [
        lambda sock: sock.recv(9),
        lambda sock: sock.recv(9, 0),
        lambda sock: _filled(sock.recv_into),
        lambda sock: _filled(sock.recv_into, 9),
        lambda sock: _filled(sock.recv_into, 9, 0),
        lambda sock: _filled(sock.recv_into, nbytes=9),
        lambda sock: _filled(sock.recv_into, flags=0),
    ],
    ids=map(str, range(7)),
)
def test_every_way_to_read_a_socket(read: Callable[[socket.socket], bytes]) -> None:
    """What a socket takes besides its timeout it still takes, and each way waits for an hour."""
    with serving() as served, served.virtual() as clock:
        with socket.create_connection(("127.0.0.1", served.server.port), 2 * HOUR) as sock:
            body = json.dumps(chat()).encode()
            head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}"
            sock.sendall(f"{head}\r\n\r\n".encode() + body)
            assert b"HTTP/1.1 " == read(sock)
        assert about(HOUR, clock.now())


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (lambda sock: sock.recv(0), b""),
        (lambda sock: sock.recv_into(bytearray()), 0),
        (lambda sock: sock.recv_into(buffer=bytearray()), 0),
    ],
    ids=map(str, range(3)),
)
def test_reading_nothing_takes_no_time(
    read: Callable[[socket.socket], bytes | int], found: bytes | int
) -> None:
    """As a socket gives nothing at once where nothing is asked for."""
    with serving() as served, served.virtual() as clock:
        with socket.create_connection(("127.0.0.1", served.server.port), HOUR) as sock:
            assert found == read(sock)
        assert about(0, clock.now())


def _filled(read: Callable[..., int], *args: int, **named: int) -> bytes:
    buffer = bytearray(9)
    read(buffer, *args, **named)
    return bytes(buffer)
