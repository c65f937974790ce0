"""Virtual time: in order, never early, never while anybody works, and gone when it is left."""

from __future__ import annotations

import asyncio
import select
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise

import anyio.from_thread
import anyio.to_thread
import httpx
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockrouter.harness.virtual_time import SharedClock, virtual_time
from scripts import chat
from virtual import HOUR, SLACK, Served, about, ask, serving

RETRY = """
turns:
  - attempts:
      - error: {status: 429, retry_after: 60}
      - say: [{text: Here.}]
"""
PACED = f"""
turns:
  - say: [{{text: {"x" * 100}}}]
    stream: {{text: 1 chars}}
    pace: {{itl: 10}}
"""
MESSAGES: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": "?"}]

Job = Callable[[], object]


def works() -> None:
    """Block for a while, in a call that nobody can see into."""
    select.select([], [], [], 0.1)


def test_the_sdk_retries_when_it_was_told_to() -> None:
    """A blocking client comes back after Retry-After, which the journal's times show."""
    with serving(RETRY) as served, served.virtual():
        with openai.OpenAI(base_url=served.base, api_key="any") as client:
            client.chat.completions.create(model="gpt-4o", messages=MESSAGES)
        first, second = served.sent

    assert about(60, second.started - first.ended)


def test_the_async_sdk_retries_when_it_was_told_to() -> None:
    """So does an asynchronous one."""

    async def scene(served: Served) -> None:
        with served.virtual():
            async with openai.AsyncOpenAI(base_url=served.base, api_key="any") as client:
                await client.chat.completions.create(model="gpt-4o", messages=MESSAGES)

    with serving(RETRY) as served:
        asyncio.run(scene(served))
        first, second = served.sent

    assert about(60, second.started - first.ended)


def test_a_stream_keeps_its_pace() -> None:
    """A hundred events come in order, ten seconds apart by the journal and by the client's loop."""

    async def scene(served: Served) -> list[tuple[float, str]]:
        heard = []
        loop = asyncio.get_running_loop()
        with served.virtual():
            async with openai.AsyncOpenAI(base_url=served.base, api_key="any") as client:
                asked = client.chat.completions.create(
                    model="gpt-4o", messages=MESSAGES, stream=True, timeout=11
                )
                async for event in await asked:
                    delta = event.choices[0].delta
                    if delta.content:
                        heard.append((loop.time(), delta.content))
        return heard

    with serving(PACED) as served:
        heard = asyncio.run(scene(served))
        times = served.sent[0].times[:101]

    assert "x" * 100 == "".join(text for _, text in heard)
    for moments in ([moment for moment, _ in heard], times):
        assert all(abs(later - earlier - 10) < 5 for earlier, later in pairwise(moments))


def test_clients_share_the_time() -> None:
    """Each of several clients, in the loop and in threads, ends as its own timeout says."""

    async def scene(served: Served) -> list[str]:
        with served.virtual():
            patient = asyncio.to_thread(httpx.post, served.url, json=chat(), timeout=HOUR + 600)
            *ends, answer = await asyncio.gather(
                ask(served, 60), ask(served), ask(served, HOUR - 600), patient
            )
            return [*ends, str(answer.status_code)]

    with serving() as served:
        assert ["timeout", "Here.", "timeout", "200"] == asyncio.run(scene(served))


@given(st.lists(st.floats(min_value=0.01, max_value=HOUR), max_size=5))
@settings(max_examples=20)
def test_everybody_wakes_in_order_and_never_early(lengths: list[float]) -> None:
    """Waits of a loop and of threads end in the order of their moments, none before its own."""
    woken: list[tuple[float, float]] = []
    clock = SharedClock()

    async def nap(seconds: float) -> None:
        due = clock.now() + seconds
        await asyncio.sleep(seconds)
        woken.append((due, clock.now()))

    def sleep(seconds: float) -> None:
        due = clock.now() + seconds
        time.sleep(seconds)
        woken.append((due, clock.now()))

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        with virtual_time(clock, loop, ()), ThreadPoolExecutor(5) as pool:
            threads = [loop.run_in_executor(pool, sleep, seconds) for seconds in lengths]
            await asyncio.gather(*threads, *map(nap, lengths))

    asyncio.run(scene())

    assert 2 * len(lengths) == len(woken)
    # Each counts from its own beginning, and two who are due at almost the same time race.
    assert all(-1e-6 <= now - due < 1 for due, now in woken)
    assert all(later >= earlier - 1 for (earlier, _), (later, _) in pairwise(woken))


@pytest.mark.parametrize(
    "run",
    [
        asyncio.to_thread,
        anyio.to_thread.run_sync,
        lambda job: asyncio.get_running_loop().run_in_executor(None, job),
    ],
    ids=["asyncio", "anyio", "executor"],
)
def test_work_in_threads_is_not_overtaken(run: Callable[[Job], Awaitable[object]]) -> None:
    """However soon a timeout is due, what a loop gave to its threads is done before."""

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        with virtual_time(SharedClock(), loop, ()):
            await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(run(works))), 10)

    asyncio.run(scene())


def test_jobs_that_wait_for_a_thread_wait_for_time() -> None:
    """A pool whose threads all sleep does not hold up the time, whatever else it has to do."""

    async def scene() -> float:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        start = loop.time()
        with virtual_time(SharedClock(), loop, ()):
            await asyncio.gather(*(asyncio.to_thread(time.sleep, 600) for _ in range(6)))
        return loop.time() - start

    assert about(HOUR, asyncio.run(scene()))


@pytest.mark.parametrize("is_virtual", [True, False])
def test_jobs_that_wait_for_work_of_others(is_virtual: bool) -> None:  # noqa: FBT001
    """A pool that is full of what no loop gave to it does not hold up the time either."""
    pool, done = ThreadPoolExecutor(1), threading.Event()

    async def scene() -> float:
        loop = asyncio.get_running_loop()
        start = loop.time()
        with virtual_time(SharedClock(), loop, ()):
            pool.submit(*(time.sleep, HOUR) if is_virtual else (done.wait, 2 * SLACK))
            job = loop.run_in_executor(pool, time.sleep, HOUR)
            await asyncio.sleep(HOUR)
            done.set()
            await job
        return loop.time() - start

    with pool:
        assert about(2 * HOUR, asyncio.run(scene()))


def test_a_job_given_up_does_not_hold_up_time() -> None:
    """A job that was cancelled before it began is not waited for."""

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        with virtual_time(SharedClock(), loop, ()):
            first = asyncio.create_task(asyncio.to_thread(time.sleep, 60))
            second = asyncio.create_task(asyncio.to_thread(works))
            await asyncio.sleep(1)
            second.cancel()
            await first
            await asyncio.sleep(HOUR)

    asyncio.run(scene())


def test_cancelling_ends_the_wait() -> None:
    """A request that is cancelled is gone, the server knows, and time goes on for the others."""

    async def scene(served: Served) -> str:
        with served.virtual():
            other = asyncio.create_task(ask(served))
            cancelled = asyncio.create_task(ask(served))
            await asyncio.sleep(60)
            cancelled.cancel()
            return await other

    with serving() as served:
        assert "Here." == asyncio.run(scene(served))
        assert [False, True] == sorted(sent.client_left for sent in served.sent)


def test_blocking_threads_share_the_time() -> None:
    """Plain threads that sleep and ask get through together, each in its time."""
    with serving() as served, served.virtual() as clock:
        start, ends = clock.now(), {}

        def run(name: str, job: Job) -> None:
            with suppress(httpx.ReadTimeout):
                job()
            ends[name] = clock.now() - start

        jobs: dict[str, Job] = {
            "sleeps": lambda: time.sleep(60),
            "gives up": lambda: httpx.post(served.url, json=chat(), timeout=600),
            "waits": lambda: httpx.post(served.url, json=chat(), timeout=HOUR + 600),
        }
        threads = [threading.Thread(target=run, args=row) for row in jobs.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert ["sleeps", "gives up", "waits"] == list(ends)
    assert all(map(about, [60, 600, HOUR], ends.values()))


def test_what_passed() -> None:
    """The clock that one is given starts at 0 each time, and counts what was skipped."""
    with serving() as served:
        for _ in range(2):
            with served.virtual() as clock:
                before = clock.now()
                time.sleep(HOUR)
                after = clock.now()

            assert 0 <= before < SLACK
            assert HOUR <= after < HOUR + SLACK
