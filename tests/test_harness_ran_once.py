"""Whether a client ran its tools once, waited as it was told, and left nothing over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockrouter import MockRouter, Server
from mockrouter.values import Json
from tool_loops import CALL, RESULT, Chat, Make, Responses, clients, complaint, looped


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One for all; each test has a namespace."""
    with Server(strict=False) as running:
        yield running


@pytest.fixture
def mock(server: Server) -> Iterator[MockRouter]:
    """A mock that owes nothing."""
    with server.namespace("test", strict=False) as opened:
        yield opened


def test_ran_once_where_nothing_was_called(mock: MockRouter) -> None:
    """No call cannot have run once."""
    mock.script("Hello.")
    Chat(mock).ask()

    assert "no tool call was made" == complaint(mock.assert_ran_once)


@clients
def test_ran_twice_for_one_call(mock: MockRouter, make: Make) -> None:
    """A client that carries a call out anew when it tries again sends another result."""
    mock.script(CALL, {"attempts": [500, "It is cold."]})
    client = looped(make(mock))
    client.history.pop()
    client.reply('{"temp": 19}')
    client.ask()

    assert "the call of 'get_weather' in answer 1 got 2 results, in requests 2, 3" == complaint(
        mock.assert_ran_once
    )


@clients
def test_ran_twice_for_one_turn(mock: MockRouter, make: Make) -> None:
    """A client that carries out the calls of two answers to one question."""
    mock.script({"attempts": [{"say": CALL}, {"say": CALL}]}, "It is cold.")
    looped(make(mock))
    looped(make(mock))

    assert "turn 1 was answered 2 times, and its call of 'get_weather' was carried out 2 times" in (
        complaint(mock.assert_ran_once)
    )


@clients
def test_tried_again(mock: MockRouter, make: Make) -> None:
    """A client that comes back with the same result has run its tool once."""
    mock.script(CALL, {"attempts": [500, "It is cold."]})
    client = looped(make(mock))
    client.ask()

    mock.assert_ran_once()
    mock.assert_history_kept()


@clients
def test_calls_that_share_an_id_ran_once(mock: MockRouter, make: Make) -> None:
    """A client that answers each call has run each once, whatever ids the model gave."""
    mock.load("calls/duplicate-ids")
    client = make(mock)
    client.ask()
    if isinstance(client, Responses):
        client.history += [
            {"type": "function_call_output", "call_id": "call_duplicate", "output": RESULT}
        ] * 2
    else:
        client.reply()
    client.ask()

    assert [1, 1] == [len(call.results) for call in mock.calls]
    mock.assert_ran_once()
    mock.assert_history_kept()


WAIT: Json = {"error": {"status": 429, "retry_after": 60}}


def test_waits(mock: MockRouter) -> None:
    """Who comes back sooner than told, or never, is named with the seconds."""
    mock.script({"attempts": [WAIT, "Hello."]})
    client = Chat(mock)
    client.ask()
    never = complaint(mock.assert_waited)
    client.ask()
    soon = complaint(mock.assert_waited)

    assert "request 1 was told to wait 60 s and was never tried again" == never
    assert soon.startswith("request 2 tried 1 again after ")
    assert soon.endswith(" s, not 60 s")


def test_done(server: Server) -> None:
    """Turns left over and requests without an answer are each a line."""
    with server.namespace("owing", strict=True, check=False) as mock:
        mock.script("Hello.", "Never.", when={"model": "other"})
        Chat(mock).ask()
        lines = complaint(mock.assert_done).splitlines()

    assert lines[0].startswith("request 1 had no answer: no scenario matches this request")
    assert lines[-2].endswith(": turn 1 of 'script' was never asked for")
    assert lines[-1].endswith(": turn 2 of 'script' was never asked for")


def test_a_full_journal(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where requests were forgotten, nothing can be said to be fine."""
    monkeypatch.setattr(server._host.engine.journal, "most", 2)  # noqa: SLF001
    with server.namespace("full", strict=False) as mock:
        for _ in range(5):
            Chat(mock).ask()

        assert "the journal forgot 3 requests, as it is full" == complaint(mock.assert_done)
