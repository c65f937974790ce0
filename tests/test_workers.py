"""Several processes that serve one port as one server."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from asked_workers import CHAT, ask, replicas, talk
from command_line import BROKEN, call, line_of, started
from mockrouter.cli.doors import Doors
from mockrouter.serving.ports import PortInUse

pytestmark = pytest.mark.skipif(os.name != "posix", reason="workers need fork and exec")

FIVE = "turns: [{attempts: [{error: 429}, {error: 500}, {error: 502}, {error: 503}, fine]}]\n"
PAUSED = "one two three four five six seven eight nine ten"
SCRIPT = [429, 500, 502, 503, 200]


def read_to(log: IO[str], text: str) -> None:
    """Read lines up to one that has a text."""
    for line in log:
        if text in line:
            return
    pytest.fail(f"it never said '{text}'")


def test_workers(here: Path) -> None:
    """Conversations see their script, also when a worker dies; what one is told, all know."""
    (here / "a.yaml").write_text(FIVE)
    with started("serve", "a.yaml", "--port", "0", "--workers", "2") as process:
        port = int(line_of(process).rpartition(":")[2])
        for number in range(6):
            assert SCRIPT == [talk(port, number) for _ in range(5)]
        names = replicas(port)
        assert 2 == len(names), names
        assert 30 == sum(names.values())
        for _ in range(4):
            assert 2 == ask(port, "PUT", "/_mockrouter/namespaces/t1", "turns: [hi]")[0] // 100
            assert [200] * 4 == [talk(port, 9, "/~t1") for _ in range(4)]
            ask(port, "DELETE", "/_mockrouter/namespaces/t1")
            assert [410] * 4 == [talk(port, 9, "/~t1") for _ in range(4)]
        killed = int(next(iter(names)).split("-")[-2])
        os.kill(killed, signal.SIGKILL)
        for number in range(6, 12):
            seen = [talk(port, number) for _ in range(5)]
            assert SCRIPT == seen
        assert str(killed) not in " ".join(name for name in replicas(port) if name not in names)
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(20)
        assert process.stderr
        log = process.stderr.read()

    assert f"worker {killed} ended with -9; starting another\n" in log
    assert "Traceback" not in log
    assert 60 == sum(f"POST {CHAT}" in line for line in log.splitlines())


def test_what_was_answered_is_in_the_journal_at_once(here: Path) -> None:
    """Whoever had an answer finds its request through any worker, time and again."""
    (here / "a.yaml").write_text("turns: [Hello.]")
    with started("serve", "a.yaml", "--port", "0", "--workers", "3", "--quiet") as process:
        port = int(line_of(process).rpartition(":")[2])
        for number in range(1, 101):
            talk(port, number)
            page = json.loads(ask(port, "GET", "/_mockrouter/requests?limit=1000")[1])
            assert [*range(1, number + 1)] == [each["number"] for each in page["requests"]]
        assert 3 == len(replicas(port))


def test_what_was_answered_outlives_its_worker(here: Path) -> None:
    """A worker that is killed with its answer out loses nothing, even while its parent is deaf."""
    (here / "a.yaml").write_text("turns: [Hello.]")
    with started("serve", "a.yaml", "--port", "0", "--workers", "2", "--quiet") as process:
        port = int(line_of(process).rpartition(":")[2])
        kept = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        hello = json.dumps({"model": "m", "messages": []})
        kept.request("POST", CHAT, hello)
        assert kept.getresponse().read()
        (name,) = replicas(port)
        process.send_signal(signal.SIGSTOP)
        kept.request("POST", CHAT, hello)
        assert kept.getresponse().read()
        os.kill(int(name.split("-")[-2]), signal.SIGKILL)
        process.send_signal(signal.SIGCONT)
        kept.close()
        assert {name: 2} == replicas(port)


def test_workers_end_with_their_parent(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However a parent dies, nothing of it goes on listening, and nothing lies about."""
    (here / "a.yaml").write_text(FIVE)
    # Longer than the name of a socket may be.
    temporary = here / ("t" * 120)
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with started("serve", "a.yaml", "--port", "0", "--workers", "2", "--quiet") as process:
        port = int(line_of(process).rpartition(":")[2])
        assert 429 == talk(port, 1)
        process.kill()
        process.wait()
        until = time.monotonic() + 30
        # While anything listens, a request is answered; each looks once more.
        with suppress(OSError, http.client.HTTPException):
            while time.monotonic() < until:
                talk(port, 1)
        assert time.monotonic() < until, "they still listen"
    assert [] == [*temporary.iterdir()]


def test_what_cannot_start_leaves_its_clients_to_others(here: Path) -> None:
    """A worker that dies while a file is wrong ends nothing, and comes when that is mended."""
    file = here / "a.yaml"
    file.write_text(FIVE)
    with started("serve", "a.yaml", "--port", "0", "--workers", "2", "--quiet") as process:
        port, log = int(line_of(process).rpartition(":")[2]), process.stderr
        assert log
        before = {}
        for number in range(100):
            talk(port, number)
            before = replicas(port)
            if len(before) == 2:
                break
        file.write_text(BROKEN)
        read_to(log, "still serving the last good version")
        os.kill(int(next(iter(before)).split("-")[-2]), signal.SIGKILL)
        read_to(log, "; starting another in 1 s")
        assert [429] * 20 == [talk(port, number) for number in range(1000, 1020)]
        assert 1 == len(replicas(port).keys() - {next(iter(before))})
        file.write_text(FIVE)
        number = 2000
        while len(replicas(port)) < 3:
            number += 1
            assert 429 == talk(port, number)
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(20)


def test_where_no_worker_starts_that_is_the_end(here: Path) -> None:
    """All that served are dead, and none can start any more: whoever started them is told."""
    file = here / "a.yaml"
    file.write_text(FIVE)
    words = ("--port", "0", "--workers", "2", "--no-reload", "--quiet")
    with started("serve", "a.yaml", *words) as process:
        port = int(line_of(process).rpartition(":")[2])
        number = 0
        while len(names := replicas(port)) < 2:
            talk(port, number := number + 1)
        file.write_text(BROKEN)
        for name in names:
            os.kill(int(name.split("-")[-2]), signal.SIGKILL)
        assert process.stderr
        log = process.stderr.read()
        assert 1 == process.wait(20)
    assert "before it served" in log
    assert "a.yaml:2:11" in log
    assert "Traceback" not in log


@pytest.mark.parametrize("workers", ["1", "2"])
def test_grace(here: Path, workers: str) -> None:
    """A stream that is going out when the server is told to end has so much time to end."""
    pace = "{itl: 0.15}"
    (here / "a.yaml").write_text(
        f"turns: [{{say: [{{text: {PAUSED}, cut: 1 word}}], pace: {pace}}}]"
    )
    words = ("--port", "0", "--workers", workers, "--grace", "60", "--quiet")
    with started("serve", "a.yaml", *words) as process:
        port = int(line_of(process).rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        messages = [{"role": "user", "content": "Go."}]
        asked = {"model": "m", "messages": messages, "stream": True}
        connection.request("POST", CHAT, json.dumps(asked))
        response = connection.getresponse()
        process.send_signal(signal.SIGTERM)
        assert response.read().endswith(b"[DONE]\n\n")
        connection.close()
        assert 0 == process.wait(20)


@pytest.mark.usefixtures("here")
def test_a_worker_that_hangs_holds_nobody_up() -> None:
    """Who asks twice for the end has it, whatever a worker does."""
    with started("serve", "--port", "0", "--workers", "2", "--quiet") as process:
        port = int(line_of(process).rpartition(":")[2])
        talk(port, 1)
        os.kill(int(next(iter(replicas(port))).split("-")[-2]), signal.SIGSTOP)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        assert 0 == process.wait(20)


def test_a_port_that_is_taken() -> None:
    """Although workers share a port, two servers never do."""
    first = Doors("127.0.0.1", 0, 2)
    first.bind()
    try:
        with pytest.raises(PortInUse):
            Doors("127.0.0.1", first.port, 2).bind()
        done = call("serve", "--port", str(first.port), "--workers", "2")
        assert 3 == done.exit_code
        assert sys.platform != "linux" or 2 == len({id(each[0]) for each in first.sockets})
    finally:
        for sockets in first.sockets:
            for each in sockets:
                each.close()


def test_no_state_at_the_start() -> None:
    """A state that is not there is said before anything is served, by one or by several."""
    for number in ("1", "2"):
        done = call("serve", "--state", "redis://:secret@127.0.0.1:1/0", "--workers", number)
        assert 3 == done.exit_code
        assert "the state at redis://127.0.0.1:1/0 cannot be reached" in done.stderr
        assert "start it, or serve without --state" in done.stderr
        assert "secret" not in done.stderr


def test_one_listener_hears_all_workers(here: Path) -> None:
    """Live events tell of each request twice, whichever worker answered it, and of none before."""
    (here / "a.yaml").write_text("turns: [hi]\nthen: repeat\n")
    with started("serve", "a.yaml", "--port", "0", "--workers", "2", "--quiet") as process:
        port = int(line_of(process).rpartition(":")[2])
        assert [200] * 5 == [talk(port, number) for number in range(5)]
        listener = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        listener.request("GET", "/_mockrouter/events")
        events = listener.getresponse()
        assert b": listening\n" == events.readline()
        for number in range(20):
            assert 200 == talk(port, number)
        told = [_event(events) for _ in range(40)]
        names = replicas(port)
        listener.close()

    assert 2 == len(names)
    numbers = range(6, 26)
    expected = sorted((number, kind) for number in numbers for kind in ("request", "response"))
    assert expected == sorted((number, kind) for kind, number in told)


def _event(events: http.client.HTTPResponse) -> tuple[str, int]:
    """Read the next event: its name, and the number of its request."""
    kind = ""
    while not (line := events.readline()).startswith(b"data: "):
        kind = line.decode().removeprefix("event: ").strip() if b"event: " in line else kind
    return kind, json.loads(line[6:])["number"]
