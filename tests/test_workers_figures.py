"""The figures of several workers, and what a parent and its workers ask each other."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from asked_workers import ask, replicas, talk
from command_line import line_of, started
from mockrouter.cli import child as children
from mockrouter.cli.child import TELL, Child
from mockrouter.cli.line import Line, line_over
from mockrouter.serving.telemetry.totals import (
    FINE_SECONDS,
    SECONDS,
    Histogram,
    Told,
    Totals,
    view_of,
)
from mockrouter.state.messages import message, taken

pytestmark = pytest.mark.skipif(os.name != "posix", reason="workers need fork and exec")

Samples = Mapping[tuple[str, str], float]
"""By name, and by worker where there is one; other labels are added up."""


def samples(port: int) -> Samples:
    """Read the page of whichever worker answers."""
    status, page = ask(port, "GET", "/metrics")
    assert 200 == status
    found: dict[tuple[str, str], float] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            key = sample.name, sample.labels.get("worker", "")
            found[key] = found.get(key, 0) + sample.value
    return found


def counted(port: int) -> float:
    """How many requests are over, by whichever worker's page."""
    return samples(port)["mockrouter_requests_total", ""]


def test_any_worker_shows_the_figures_of_all(here: Path) -> None:
    """Counted by one, shown by each; what a worker had counted stays when it is killed."""
    (here / "a.yaml").write_text("turns: [Hello.]")
    words = ("--port", "0", "--workers", "2", "--metrics", "--quiet")
    with started("serve", "a.yaml", *words) as process:
        port = int(line_of(process).rpartition(":")[2])
        for number in range(20):
            assert 200 == talk(port, number)
        names = replicas(port)
        assert 2 == len(names), names
        assert [20] * 8 == [counted(port) for _ in range(8)]
        seen = samples(port)
        assert 20 == seen["mockrouter_request_last_byte_seconds_count", ""]
        assert 20 == seen["mockrouter_journal_entries", ""]
        for figure in ("open_streams", "journal_bytes", "state_reachable"):
            workers = {worker for name, worker in seen if name == f"mockrouter_{figure}"}
            assert {"0", "1"} == workers
        processes = {worker for name, worker in seen if name == "process_cpu_seconds_total"}
        assert ({"parent", "0", "1"} if sys.platform == "linux" else set()) == processes

        os.kill(int(next(iter(names)).split("-")[-2]), signal.SIGKILL)
        assert [20] * 8 == [counted(port) for _ in range(8)]
        for number in range(20):
            talk(port, number)
        assert [40] * 8 == [counted(port) for _ in range(8)]


def test_figures_add_up() -> None:
    """What processes hand over in plain values is theirs, and those of one that is gone stay."""
    one, gone = Totals(bytes=5, refused=1), Totals(bytes=7)
    one.requests["chat", "openai", "2xx", "matched", "complete"] += 2
    one.first["chat", "plain"] = Histogram(SECONDS)
    one.first["chat", "plain"].add(0.3)
    one.late.add(0.0001)
    gone.merge(one)
    gone.merge(one)

    row = "0", 7, (one.plain(), (1, 2, 3, 4, None))
    handed = taken(bytearray(message((gone.plain(), [row]))))[0]
    view = view_of(*handed)

    assert {("chat", "openai", "2xx", "matched", "complete"): 6} == view.totals.requests
    assert (22, 3) == (view.totals.bytes, view.totals.refused)
    assert 3 == sum(view.totals.first["chat", "plain"].counts)
    assert 0.9 == pytest.approx(view.totals.first["chat", "plain"].total)
    assert [3] + [0] * len(FINE_SECONDS) == view.totals.late.counts
    (process,) = view.processes
    assert ("0", 7, 1) == (process.name, process.pid, process.now and process.now.streams)


async def lines() -> tuple[Line, Line]:
    """Make both ends of one, which count how often each is asked."""
    asked = iter(range(100))

    async def tell() -> int:
        return next(asked)

    async def never() -> None:
        await asyncio.Event().wait()

    ours, theirs = socket.socketpair()
    answers = {"number": tell, "never": never}
    return await line_over(ours, answers), await line_over(theirs, answers)


def test_both_ends_of_a_line_ask() -> None:
    """At once, and in any order; who waits in vain is told."""

    async def test() -> None:
        one, other = await lines()
        waiting = asyncio.create_task(one.ask("never", None))
        found = await asyncio.gather(*(end.ask("number", 9) for end in [one, other] * 3))
        assert [*range(6)] == sorted(found)
        with pytest.raises(TimeoutError):
            await one.ask("never", 0)
        await other.close()
        await one.ended()
        with pytest.raises(ConnectionResetError, match="has gone"):
            await waiting
        with pytest.raises(ConnectionResetError, match="has gone"):
            await one.ask("number", None)

    asyncio.run(test())


def test_a_deaf_worker_is_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that has answered and does no longer is ended, so that another takes its connections."""
    monkeypatch.setattr(children, "_BEAT", 0)
    monkeypatch.setattr(children, "_DEAF", 0.01)
    told: list[Told] = [((1,), (1,)), ((2,), (2,))]
    last = told[-1]

    async def tell() -> object:
        return told.pop(0) if told else await asyncio.Event().wait()

    async def test() -> None:
        ours, theirs = socket.socketpair()
        sleeps = [sys.executable, "-c", "import time; time.sleep(60)"]
        process = await asyncio.create_subprocess_exec(*sleeps)
        worker = await line_over(theirs, {TELL: tell})
        child = Child(process, await line_over(ours, {}))
        ended = asyncio.create_task(child.ended())
        await process.wait()
        await worker.close()
        assert -signal.SIGKILL == await ended
        assert (last, False, True) == (child.told, child.serves, child.served)
        assert f"worker {process.pid} has not answered" in capsys.readouterr().err

    asyncio.run(test())
