"""Settings given in Python: what is wrong is said at once, with what to write."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from mockrouter import MockRouter, Server

MADE: list[tuple[Callable[[], object], str]] = [
    (lambda: Server(paths=["nope"]), "paths names nope, which is not there; write folders that*"),
    (lambda: Server(paths="nope"), "paths is 'nope'; write a list of folders such as *"),
    (lambda: Server(seed="x"), "seed is 'x'; write a whole number such as 7"),  # type: ignore[arg-type]
    (lambda: Server(strict="no"), "strict is 'no'; write True or False"),  # type: ignore[arg-type]
    (lambda: Server(time_scale=-1), "time_scale is -1; write a factor such as 0.1, or *"),
    (lambda: Server(time_scale=float("nan")), "time_scale is nan; write a factor such as *"),
    (lambda: Server(redact="password"), "redact is 'password'; write a list of names *"),
    (lambda: Server(profile="openia"), "profile is 'openia'; write one of openai, *"),
    (lambda: Server().url("openrooter"), "profile is 'openrooter'; write one of openai, *"),
    (lambda: Server().namespace("a", seed=1.5).__enter__(), "seed is 1.5; *"),  # type: ignore[arg-type]
    (lambda: Server().namespace("a", profile="").__enter__(), "profile is ''; *"),
    (lambda: Server().namespace("a", paths=["nope"]).__enter__(), "paths names nope, *"),
]


@pytest.mark.parametrize(("make", "said"), MADE)
def test_a_wrong_setting(make: Callable[[], object], said: str) -> None:
    """Each is refused where it is given."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        make()

    assert_like(said, str(caught.value))


SET = [
    ("time_scale", "0", "time_scale is '0'; write a factor such as 0.1, or 0 for no waits"),
    ("strict", "no", "strict is 'no'; write True or False"),
    ("profile", "openia", "profile is 'openia'; write one of openai, openrouter, solrouter"),
    ("timescale", 0, "'Server' has no attribute 'timescale'; did you mean time_scale?"),
    ("redact", (), "'Server' has no attribute 'redact'; set one of profile, strict, time_scale"),
]


@pytest.mark.parametrize(("name", "value", "said"), SET)
def test_setting_an_attribute(name: str, value: object, said: str) -> None:
    """Neither a wrong value nor a wrong name passes in silence."""
    server: MockRouter = Server()

    with pytest.raises((ValueError, AttributeError)) as caught:
        setattr(server, name, value)

    assert_like(said, str(caught.value))


def assert_like(said: str, message: str) -> None:
    """Compare with a message of which the end may be left out."""
    assert said.rstrip("*") == (message[: len(said) - 1] if said.endswith("*") else message)


def test_redact_from_a_generator() -> None:
    """What can be gone through only once is not lost by being checked."""
    server = Server(redact=(name for name in ["password"]))

    with server.namespace("a", redact=iter(["secret"])) as mock:
        assert ("secret",) == mock._space.settings.redact  # noqa: SLF001 - nobody else shows it
    assert ("password",) == server._space.settings.redact  # noqa: SLF001


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process() -> None:
    """A child says that the server is its parent's, in place of waiting for a thread for ever."""
    script = """
import os, mockrouter
with mockrouter.Server(strict=False) as server:
    child = os.fork()
    if child == 0:
        for ask in (lambda: server.requests, server.virtual_time):
            try:
                ask()
            except mockrouter.MockRouterError as error:
                print(error, flush=True)
        with server.namespace("of a child", check=False):
            pass
        server.stop()
        os._exit(0)
    os.waitpid(child, 0)
"""
    command = [sys.executable, "-W", "ignore", "-c", script]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    line = "the server runs in the process from which this one was forked; ask for requests there"
    assert [line, line] == [each.partition(", or make")[0] for each in said.splitlines()]
