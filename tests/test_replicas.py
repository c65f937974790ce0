"""
Three replicas behind a real proxy, over a real Redis.

``REPLICAS=500x40`` asks for 500 conversations of 40 tries each in place of the few that every run
of the tests can afford.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from mockrouter.values import JsonObject
from redis_server import RedisServer
from replicas import Conversation, Replica, Site, converse, site

CONVERSATIONS, TRIES = map(int, os.environ.get("REPLICAS", "40x25").split("x"))
AT_ONCE = 40


def conversations() -> list[Conversation]:
    """Name them."""
    return [Conversation(f"conversation {number}") for number in range(CONVERSATIONS)]


def pages(running: Site) -> list[list[JsonObject]]:
    """Read the journal through each replica."""
    return [replica.get("requests?limit=1000")["requests"] for replica in running.replicas]


def test_each_conversation_sees_its_script(tmp_path: Path) -> None:
    """Whichever replica answers, attempts come one after the other; the journal is one."""
    with site(tmp_path) as running:
        told = conversations()
        asyncio.run(converse(running.port, told, TRIES, AT_ONCE))
        found = pages(running)

    assert [0] * CONVERSATIONS == [each.failures for each in told]
    assert [list(range(TRIES))] * CONVERSATIONS == [each.seen for each in told]
    numbers = [[(each["number"], each["replica"]) for each in page] for page in found]
    assert numbers[0] == numbers[1] == numbers[2]
    total = CONVERSATIONS * TRIES
    assert list(range(max(1, total - 999), total + 1)) == [number for number, _ in numbers[0]]
    assert 3 == len({replica for _, replica in numbers[0]})
    assert not any("cannot be reached" in replica.log for replica in running.replicas)


class Trouble:
    """
    Kills one thing after the other, and starts it again.

    Attributes:
        number: How often it has.
    """

    def __init__(self, running: Site) -> None:
        """Begin with nothing."""
        self._running = running
        self.number = 0

    async def make(self) -> None:
        """Go on for ever."""
        first, *others = self._running.replicas
        while True:
            things: list[Replica | RedisServer] = [first, self._running.redis, *others]
            for thing in things:
                await asyncio.to_thread(self._restart, thing)
                self.number += 1

    def _restart(self, thing: Replica | RedisServer) -> None:
        if isinstance(thing, RedisServer):
            thing.stop()
            time.sleep(0.3)  # long enough to be missed
            thing.start()
            time.sleep(0.5)  # and to be found again
        else:
            thing.kill()
            thing.start()
            thing.wait()


def test_nothing_is_counted_twice_nor_lost(tmp_path: Path) -> None:
    """While replicas and Redis are killed and restarted no attempt is served twice."""

    async def run(trouble: Trouble) -> int:
        making = asyncio.create_task(trouble.make())
        tries = TRIES
        await converse(running.port, told, tries, AT_ONCE)
        while trouble.number < 5:  # once round, at least
            assert not making.done()
            tries += 1
            await converse(running.port, told, tries, AT_ONCE)
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)
        return tries

    with site(tmp_path, "--state-required") as running:
        told = conversations()
        tries = asyncio.run(run(Trouble(running)))
        running.redis.wait()
        for replica in running.replicas:
            replica.wait()
        asyncio.run(converse(running.port, told, tries + 1, AT_ONCE))
        found = pages(running)

    for each in told:
        # Each number once and in order; one is left out only where a request had no answer.
        assert each.seen == sorted(set(each.seen)), each
        assert each.seen[-1] + 1 - len(each.seen) <= each.failures, each
    numbers = [[each["number"] for each in page] for page in found]
    assert numbers[0] == numbers[1] == numbers[2] == sorted(set(numbers[0]))
    assert not any("Traceback" in replica.log for replica in running.replicas)
