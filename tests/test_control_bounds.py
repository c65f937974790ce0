"""The journal over HTTP where it is bounded, large, or of several namespaces."""

from __future__ import annotations

import json

from asgi import Client
from journal_pages import LIST, answered, numbers
from mockrouter.serving.ticker import Ticker
from mockrouter.values import JsonObject
from scripts import WEATHER, chat


def test_bounds_are_visible() -> None:
    """How much there is, how much was forgotten, and how much there may be; by namespace too."""
    client = Client()
    client.engine.journal.most = 2
    for base in ("/~a", "/~b", "/~a", "/~b"):
        client.post(f"{base}/v1/chat/completions", chat())

    page, of_a = answered(client), answered(client, namespace="a")

    assert (4, 2, 2) == (page["total"], page["held"], page["forgotten"])
    assert (4, 1, 1) == (of_a["total"], of_a["held"], of_a["forgotten"])
    assert {"requests": 2, "bytes": 64_000_000} == page["bounds"]
    assert 0 < page["bytes"] < 100_000


def test_many_are_read_aside() -> None:
    """What takes long is done in a thread, and comes out the same."""
    client = Client()
    client._ticker = Ticker()  # noqa: SLF001 - a clock that jumps waits for no thread
    for number in range(45):
        client.post("/v1/chat/completions", chat({"role": "user", "content": f"{number} " * 500}))

    page = answered(client)
    lines = client.ask("GET", f"{LIST}?format=jsonl").body.splitlines()

    assert list(range(1, 46)) == numbers(page)
    assert page["requests"] == [json.loads(line) for line in lines]
    assert page["requests"][6] == client.ask("GET", f"{LIST}/7").json


def test_links_hold_whatever_is_filtered() -> None:
    """What a request follows need not be on its page."""
    client = Client()
    client.post("/v1/chat/completions", chat(tools=[WEATHER]))
    client.post("/v1/chat/completions", chat(tools=[WEATHER]))

    (second,) = answered(client, after=1)["requests"]

    assert (1, True) == (second["follows"], second["is_retry"])


def test_namespaces_with_numbers_of_their_own() -> None:
    """Where each namespace begins with 1, none hides another's."""
    client = Client()
    client.engine.journal.apart = True  # as the harness makes it
    for base in ("/~a", "/~b", "/~a"):
        client.post(f"{base}/v1/chat/completions", chat())

    listed = answered(client)["requests"]
    first, lost = (client.ask("GET", f"{LIST}/1{query}") for query in ("?namespace=b", ""))
    told = client.ask("GET", "/_mockrouter/events?after=0").body.decode()

    assert [("a", 1), ("b", 1), ("a", 2)] == [(e["namespace"], e["number"]) for e in listed]
    assert [None, None, 1] == [entry["follows"] for entry in listed]
    assert ("b", 404) == (first.json["namespace"], lost.status)
    assert 6 == told.count("event: re")
    assert "event: lost" not in told


def test_pages_over_numbers_that_begin_again() -> None:
    """Where each namespace begins with 1, every page goes on where the one beside it ended."""
    client = Client()
    client.engine.journal.apart = True  # as the harness makes it
    everything = [(name, number) for name in "abc" for number in (1, 2, 3)]
    for name, _ in everything:
        client.post(f"/~{name}/v1/chat/completions", chat())

    back: list[tuple[str, int]] = []
    page: JsonObject = {"previous": f"{LIST}?limit=4"}
    while page["previous"]:
        page = client.ask("GET", page["previous"]).json
        back = [(each["namespace"], each["number"]) for each in page["requests"]] + back
    told = client.ask("GET", "/_mockrouter/events", last_event_id="5").body.decode()

    assert everything == back
    assert [6, 7, 8, 9] == [each["sequence"] for each in answered(client, after=5)["requests"]]
    assert (4, 5) == (told.count("event: request"), told.count("event: response"))
    assert "id: 9\n" in told
