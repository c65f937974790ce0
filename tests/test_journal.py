"""The journal: what it holds, what it counts, and what it never writes down."""

from __future__ import annotations

import sys
import threading
from array import array
from concurrent.futures import ThreadPoolExecutor

import pytest

from asgi import Client
from filled_journals import CHAT, exchange
from mockrouter.engine.journal import Exchange, Journal
from mockrouter.engine.recall import Responses
from mockrouter.wire import Sent
from scripts import ask, chat, engine

SENT = Sent(1, 1, 0.0, 1.0, complete=True, client_left=False, times=array("d"))


# Secrets


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "proxy-authorization",
        "cookie",
        "x-api-key",
        "api-key",
        "x-goog-api-key",
        "x-auth-token",
        "cf-aig-authorization",
        "openai-api-key",
        "x-client-secret",
        "x-amz-security-token",
    ],
)
def test_secrets_are_never_held(name: str) -> None:
    """A header that may hold a secret is blanked in the journal itself, not only where it shows."""
    client = Client()

    client.post(CHAT, chat(), **{name: "hunter2", "x-title": "App"})

    (held,) = client.exchanges
    assert {name: "[redacted]", "x-title": "App"} == held.headers
    assert "hunter2" not in repr(held)


def test_queries_are_not_held() -> None:
    """Some clients put their key into the URL."""
    client = Client()

    client.post(f"{CHAT}?key=hunter2", chat())

    assert [CHAT] == [held.path for held in client.exchanges]
    assert "hunter2" not in repr(client.exchanges)


def test_conditions_see_what_is_blanked() -> None:
    """A scenario may ask for a header that the journal does not show."""
    served = engine(
        """
        when: {headers: {x-auth-token: hunter2}}
        turns: [{say: [{text: Yours.}]}]
        """,
        strict=True,
    )

    wire, held = ask(served, chat(), headers={"x-auth-token": "hunter2"})

    assert (200, "s0") == (wire.status, held.scenario)
    assert "hunter2" not in repr(held)


# Listeners


def test_listeners_are_told_what_happens() -> None:
    """Each from when it begins to listen until it ends, however often it says so."""
    journal, early, late = Journal(), list[str](), list[str]()
    end = journal.subscribe(lambda event, held: early.append(f"{event} {held.number}"))
    first = exchange(journal)
    journal.subscribe(lambda event, held: late.append(f"{event} {held.number}"))
    journal.weigh(first)
    end()
    end()
    journal.finish(first, SENT)

    assert ["opened 1", "answered 1"] == early
    assert ["answered 1", "sent 1"] == late
    assert SENT is first.sent


def test_a_listener_that_fails_hurts_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """The client gets its answer, other listeners are told, and it is not called again."""
    client, told = Client(), list[str]()

    def fail(event: str, _: Exchange) -> None:
        raise ValueError(event)

    client.engine.journal.subscribe(fail)
    client.engine.journal.subscribe(lambda event, _: told.append(event))

    assert 200 == client.post(CHAT, chat()).status
    assert ["opened", "answered", "sent"] == told
    assert ["a listener of the journal failed; it is not called again"] == caplog.messages


def test_namespaces_that_count_apart() -> None:
    """Each test's requests are numbered from 1, and from 1 again once they are forgotten."""
    journal = Journal(apart=True)
    for space in ("a", "b", "a"):
        journal.open(Exchange(journal.next_number(space), 0.0, "POST", CHAT, space))
    found = journal.find(2, "a"), journal.find(2, "b")
    journal.clear("a")

    assert ([1], 3) == ([each.number for each in journal.of("b")], journal.total)
    assert ("a", None) == (found[0] and found[0].namespace, found[1])
    assert (1, 2) == (journal.next_number("a"), journal.next_number("b"))


def test_clearing_from_another_thread() -> None:
    """What one thread forgets while another writes is neither counted twice nor half gone."""
    journal, over = Journal(most=50, apart=True), threading.Event()

    def forget() -> None:
        while not over.is_set():
            journal.clear("a")

    with ThreadPoolExecutor(1) as pool:
        forgetting, before = pool.submit(forget), sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            for number in range(5_000):
                journal.weigh(exchange(journal, "ab"[number % 2]))
        finally:
            sys.setswitchinterval(before)
            over.set()
        forgetting.result()

    journal.clear()
    assert (0, 0) == (journal.bytes, len(journal))


def test_stored_responses_of_a_namespace_are_forgotten() -> None:
    """Those of others stay."""
    served = engine()
    for base in ("/~a/v1", "/~b/v1"):
        ask(served, {"model": "m", "input": "Hi"}, path=f"{base}/responses")
    responses: Responses = served.responses

    responses.forget("a")

    assert {"b"} == {namespace for namespace, _ in responses._stored}  # noqa: SLF001


# Numbers of several servers


def numbered(journal: Journal, number: int, replica: str = "me", given: int = 0) -> Exchange:
    """Write down a request; *given* is its number among those of all servers."""
    found = Exchange(journal.next_number("", given), float(number), "POST", CHAT, replica=replica)
    journal.open(found)
    return found


def test_a_batch_gets_its_numbers_in_one_step() -> None:
    """Those that are yet to be numbered give way to whoever has their number by now."""
    journal = Journal()
    away = [numbered(journal, n) for n in range(1, 6)]
    journal.merge([Exchange(2, 9.0, "POST", CHAT, sequence=2, replica="other")])
    numbered(journal, 7, given=3)
    journal.renumber(away[:3], 4)
    journal.renumber(away[3:], 7)

    assert [(n, n) for n in (2, 3, 4, 5, 6, 7, 8)] == [(e.number, e.sequence) for e in journal]
    assert [9.0, 7.0, 1.0, 2.0, 3.0, 4.0, 5.0] == [each.time for each in journal]
    assert [each.number for each in journal] == [each.number for each in journal.of("")]
