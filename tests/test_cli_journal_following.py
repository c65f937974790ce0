"""Following a server's journal on the command line."""

from __future__ import annotations

import json
import select
import signal
import subprocess
from contextlib import AbstractContextManager

import pytest

from command_line import FLAKY, post, started
from mockrouter.engine.engine import Engine
from mockrouter.serving.app import App
from mockrouter.serving.server import HttpServer
from scripts import chat, library


def following(url: str, *words: str) -> AbstractContextManager[subprocess.Popen[str]]:
    """Follow a server."""
    return started("journal", url, "--follow", *words)


def test_following() -> None:
    """What was, then what happens, each once; Ctrl-C is the way to end it, and no mistake."""
    with HttpServer(App(Engine(library(FLAKY)))) as server:
        post(server.url, chat())
        with following(server.url, "--jsonl") as process:
            assert process.stdout
            lines = [process.stdout.readline()]
            post(server.url, chat())
            post(server.url, chat())
            lines += [process.stdout.readline() for _ in range(2)]
            process.send_signal(signal.SIGINT)
            rest, said = process.communicate(timeout=60)

    assert [1, 2, 3] == [json.loads(line)["number"] for line in lines]
    assert ("", "", 0) == (rest, said, process.returncode)


@pytest.mark.parametrize("words", [["--limit", "0"], ["--after", "0", "--limit", "0"]])
def test_following_without_the_past(words: list[str]) -> None:
    """Who asks for none of what was is told only what happens."""
    engine = Engine(library(FLAKY))
    heard = engine.journal._listeners  # noqa: SLF001
    with HttpServer(App(engine)) as server:
        for _ in range(3):
            post(server.url, chat())
        with following(server.url, "--jsonl", *words) as process:
            while not heard and process.poll() is None:
                select.select([], [], [], 0.01)
            post(server.url, chat())
            assert process.stdout
            line = process.stdout.readline()
            process.send_signal(signal.SIGINT)
            rest, said = process.communicate(timeout=60)

    assert (4, "", "") == (json.loads(line)["number"], rest, said)


def test_a_server_that_goes_away() -> None:
    """Whoever follows it is told."""
    with HttpServer(App(Engine(library(FLAKY)))) as server:
        post(server.url, chat())
        with following(server.url) as process:
            assert process.stdout
            assert "429" in process.stdout.readline()
            post(server.url, chat())
            assert "  200  " in process.stdout.readline()
            server.__exit__(None, None, None)
            _, said = process.communicate(timeout=60)

    assert (f"the server at {server.url} has ended\n", 1) == (said, process.returncode)


def test_a_reader_that_leaves() -> None:
    """As `head` does: that ends it, without a word."""
    with HttpServer(App(Engine(library(FLAKY)))) as server:
        post(server.url, chat())
        with following(server.url) as process:
            assert process.stdout
            process.stdout.readline()
            process.stdout.close()
            for _ in range(3):
                post(server.url, chat())
            assert process.stderr
            assert "" == process.stderr.read()
            assert 0 == process.wait(timeout=60)
