"""Virtual time for each kind of client: hours pass in milliseconds, and end as they would."""

from __future__ import annotations

import asyncio
import json
import math
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
