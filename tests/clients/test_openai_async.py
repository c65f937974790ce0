"""The openai SDK's asynchronous side, alone and with fifty conversations at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from clients.mock import Mock
from clients.openai_asks import (
    CHAT,
    RESPONSES,
    USAGE,
    Accumulator,
    from_completion,
    from_response,
    last_response,
    with_one_role,
)
from clients.scripts import (
    LOOP,
    MODEL,
    PARALLEL,
    Heard,
    chat_result,
    expected,
    facts,
    responses_result,
)
from mockrouter.profiles import OPENROUTER, Profile

COUNT = 50

MANY = """
turns:
  - say: [{tool_call: get_weather, arguments: {city: "{{ user }}"}}]
  - say: [{tool_call: get_time, arguments: {city: "{{ calls.get_weather.city }}"}}]
  - say:
      - text: "{{ calls.get_time.city }}: {{ results.get_weather.degrees }} at {{ result.time }}"
"""


async def chat_plain(client: AsyncOpenAI, history: list[Any]) -> Heard:
    """Ask with ``create``."""
    return from_completion(await client.chat.completions.create(messages=history, **CHAT))


async def chat_stream(client: AsyncOpenAI, history: list[Any]) -> Heard:
    """Ask with ``create(stream=True)``."""
    heard = Accumulator()
    asked = {**CHAT, "messages": history, "stream_options": USAGE}
    async for chunk in await client.chat.completions.create(**asked, stream=True):
        heard.add(chunk)
    return heard.heard


async def chat_helper(client: AsyncOpenAI, history: list[Any]) -> Heard:
    """Ask with the stream helper."""
    asked = {**CHAT, "messages": history, "stream_options": USAGE}
    async with client.chat.completions.stream(**asked) as stream:
        return from_completion(with_one_role(await stream.get_final_completion()))


async def responses_plain(client: AsyncOpenAI, history: list[Any]) -> Heard:
    """Ask Responses with ``create``."""
    return from_response(await client.responses.create(input=history, **RESPONSES))


async def responses_stream(client: AsyncOpenAI, history: list[Any]) -> Heard:
    """Ask Responses with ``create(stream=True)``."""
    stream = await client.responses.create(input=history, stream=True, **RESPONSES)
    return from_response(last_response([event async for event in stream]))


async def responses_helper(client: AsyncOpenAI, history: list[Any]) -> Heard:
    """Ask Responses with the stream helper."""
    async with client.responses.stream(input=history, **RESPONSES) as stream:
        return from_response(await stream.get_final_response())


WAYS: dict[str, Callable[[AsyncOpenAI, list[Any]], Awaitable[Heard]]] = {
    each.__name__: each
    for each in (
        chat_plain,
        chat_stream,
        chat_helper,
        responses_plain,
        responses_stream,
        responses_helper,
    )
}


async def talk(client: AsyncOpenAI, way: str, user: str = "How is the weather?") -> list[Heard]:
    """Run the tool loop until the model calls no more."""
    result = chat_result if way.startswith("chat") else responses_result
    history: list[Any] = [{"role": "user", "content": user}]
    heard: list[Heard] = []
    while not heard or (heard[-1].calls and len(heard) < 5):
        heard.append(await WAYS[way](client, history))
        history += [*heard[-1].kept, *map(result, heard[-1].calls)]
    return heard


@pytest.mark.parametrize("script", [LOOP, PARALLEL], ids=["loop", "parallel"])
@pytest.mark.parametrize("way", WAYS)
def test_loop(mock: Mock, profile: Profile, way: str, script: str) -> None:
    """The asynchronous client hears what the synchronous one does."""
    mock.play(script)

    async def run() -> list[Heard]:
        async with AsyncOpenAI(base_url=mock.url(profile), api_key="sk-test") as client:
            return await talk(client, way)

    ends = ("tool_calls", "stop") if way.startswith("chat") else ("completed", "completed")
    assert facts(expected(script, ends)) == facts(asyncio.run(run()))


@pytest.mark.parametrize("way", ["chat_plain", "chat_stream", "responses_stream"])
def test_fifty_conversations(mock: Mock, way: str) -> None:
    """Fifty conversations on one server, in whatever order, each hear their own three turns."""
    mock.play(MANY)

    async def run() -> list[list[Heard]]:
        async with AsyncOpenAI(base_url=mock.url(OPENROUTER), api_key="sk-test") as client:
            talks = (talk(client, way, f"City {number}") for number in range(COUNT))
            return await asyncio.gather(*talks)

    heard = asyncio.run(run())

    answers = [[(turn.text, [c.arguments for c in turn.calls]) for turn in each] for each in heard]
    assert [
        [
            ("", [f'{{"city":"City {number}"}}']),
            ("", [f'{{"city":"City {number}"}}']),
            (f"City {number}: 18 at 09:30", []),
        ]
        for number in range(COUNT)
    ] == answers
    ids = [call.id for each in heard for turn in each for call in turn.calls]
    assert 2 * COUNT == len(set(ids))


def test_fifty_scripts(mock: Mock) -> None:
    """Fifty scripts at a time on one server: each conversation sees its own, exactly."""
    urls = []
    for number in range(COUNT):
        script = LOOP.replace("Berlin", f"Town-{number}").replace("call_berlin", f"call_{number}")
        mock.play(script, name=f"{mock.name}-{number}")
        urls.append(mock.url(OPENROUTER))

    async def run() -> list[list[Heard]]:
        async with AsyncOpenAI(api_key="sk-test") as shared:
            clients = [shared.with_options(base_url=url) for url in urls]
            return await asyncio.gather(*(talk(client, "chat_stream") for client in clients))

    for number, (first, last) in enumerate(asyncio.run(run())):
        assert f"call_{number}" == first.calls[0].id
        assert f"It is 18 °C in Town-{number}." == last.text


def test_leaving_early(mock: Mock) -> None:
    """A client that stops reading in mid-stream leaves the server free for the next one."""
    mock.play("turns: [{say: [{text: One two three}], pace: {itl: 5}}]")

    async def run() -> str | None:
        async with AsyncOpenAI(base_url=mock.url(OPENROUTER), api_key="sk-test") as client:
            asked: Any = {"model": MODEL, "messages": [{"role": "user", "content": "Count"}]}
            stream = await client.chat.completions.create(**asked, stream=True)
            async with stream:
                async for chunk in stream:
                    text: str | None = chunk.choices[0].delta.content
                    if text:
                        return text
        return None

    assert "One" == asyncio.run(asyncio.wait_for(run(), 3))


def test_errors(mock: Mock, profile: Profile) -> None:
    """Errors raise from asynchronous calls alike."""
    mock.play("turns: [{error: 404}]")

    async def run() -> None:
        async with AsyncOpenAI(base_url=mock.url(profile), api_key="sk-test") as client:
            await chat_stream(client, [{"role": "user", "content": "Hello"}])

    with pytest.raises(openai.NotFoundError):
        asyncio.run(run())
