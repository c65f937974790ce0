"""What a journal and its neighbors hold is bounded, and counted as it is held."""

from __future__ import annotations

import gc
import json
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi import BUILTIN, Client
from filled_journals import CHAT, compiled, exchange
from mockrouter.engine import journal as journals
from mockrouter.engine.compiler import Kept
from mockrouter.engine.journal import Journal
from mockrouter.engine.recall import Responses
from mockrouter.engine.recent import Recent
from scripts import ask, chat, engine


def test_as_many_as_asked_for() -> None:
    """The oldest go."""
    journal = Journal(most=2)
    for _ in range(3):
        exchange(journal)

    assert [2, 3] == [held.number for held in journal]
    assert (None, 3) == (journal.find(1), journal.total)


def test_bytes_are_bounded_by_what_is_held() -> None:
    """Large answers push old exchanges out as large requests do; the newest always stays."""
    journal = Journal(most_bytes=100_000)
    for _ in range(3):
        held = exchange(journal)
        held.body = b"x" * 40_000
        journal.weigh(held)

    assert [2, 3] == [held.number for held in journal]
    large = exchange(journal)
    large.compiled = compiled(200_000)
    journal.weigh(large)
    assert [large] == list(journal)


def test_a_shared_wire_is_counted_once() -> None:
    """Exchanges with the same reply hold it together; the last that goes takes it along."""
    journal, shared = Journal(), compiled(1_000_000)
    for namespace in ("a", "b"):
        held = exchange(journal, namespace)
        held.compiled = shared
        journal.weigh(held)

    assert shared.size < journal.bytes < shared.size + 10_000
    journal.clear("a")
    assert shared.size < journal.bytes
    journal.clear("b")
    assert 0 == journal.bytes


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "read", "answer", "clear", "clear a"]),
        st.integers(0, 5),
        st.integers(0, 3_000),
    ),
    max_size=40,
)


@given(STEPS)
def test_what_is_counted_is_what_is_held(steps: list[tuple[str, int, int]]) -> None:
    """In whichever order exchanges grow and are forgotten, the count is that of a fresh journal."""
    journal, wires = Journal(most=4, most_bytes=20_000), [compiled(n * 100) for n in range(6)]
    known = [exchange(journal)]
    for step, which, size in steps:
        each = known[which % len(known)]
        if step == "open":
            known.append(exchange(journal, "ab"[size % 2]))
        elif step == "read":
            each.body = b"x" * size
        elif step == "answer":
            each.compiled = wires[which]
        else:
            journal.clear("a" if step == "clear a" else None)
        journal.weigh(each)

    distinct = {id(held.compiled): held.compiled.size for held in journal if held.compiled}
    assert sum(held.size for held in journal) + sum(distinct.values()) == journal.bytes
    assert len(journal) <= 4
    assert journal.bytes <= 20_000 or len(journal) == 1
    by_namespace = {name: [e for e in journal if e.namespace == name] for name in ("", "a", "b")}
    assert by_namespace == {name: journal.of(name) for name in by_namespace}
    assert journal.forgotten() == sum(map(journal.forgotten, by_namespace))


def test_what_fell_out_is_counted() -> None:
    """By namespace, until it is cleared; what others lose does not count."""
    journal = Journal(most=2)
    for namespace in ("a", "a", "b", "b", "b"):
        exchange(journal, namespace)

    assert [2, 1, 0, 3] == [*map(journal.forgotten, ("a", "b", "c", None))]
    journal.clear("a")
    assert [0, 1, 0, 1] == [*map(journal.forgotten, ("a", "b", "c", None))]
    journal.clear()
    assert 0 == journal.forgotten()


def test_a_namespace_costs_only_its_own() -> None:
    """Reading and clearing one looks at no exchange of another."""
    journal = Journal(most=100_000)
    for _ in range(50_000):
        exchange(journal, "large")
    few = [exchange(journal, "small") for _ in range(3)]
    started = time.perf_counter()
    for _ in range(1_000):
        assert few == journal.of("small")
        journal.clear("other")

    assert time.perf_counter() - started < 5


def test_memory_is_what_is_counted() -> None:
    """Streams of many choices, which a few bytes ask for, take no more than the count says."""
    client = Client(BUILTIN)
    body = chat(n=32, stream=True)
    client.post(CHAT, body)
    client.engine.journal.clear()
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(5):
            client.post(CHAT, body | {"user": f"u{number}"})
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()

    counted = client.engine.journal.bytes
    assert 5 == len(client.exchanges)
    assert taken < 1.5 * counted + 1_000_000


def test_kept_wires_are_bounded_by_bytes() -> None:
    """A few large wires push each other out; one that is too large is not kept at all."""
    kept = Kept(most_bytes=2_500)
    small = [compiled(1_000) for _ in range(3)]
    for number, wire in enumerate(small):
        kept.keep(number, wire)

    assert [None, *small[1:]] == [kept.find(number) for number in range(3)]
    kept.keep("large", compiled(3_000))
    assert 0 == len(kept)


def test_what_counts_apart_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of namespaces that asked longest ago are forgotten, but of none that is held."""
    monkeypatch.setattr(journals, "_MOST_SPACES", 3)
    journal = Journal(most=5, apart=True)
    for space in (*"abcdefgh", *"hg"):
        exchange(journal, space)

    assert 5 == len(journal._numbers)  # noqa: SLF001
    assert [("f", 1), ("g", 1), ("h", 1), ("h", 2), ("g", 2)] == [
        (held.namespace, held.number) for held in journal
    ]


def test_closed_namespaces_are_bounded() -> None:
    """The names of tests that are long over are forgotten; one that ends again is new again."""
    closed = Recent(most=2)
    for name in ("a", "b", "a", "c"):
        closed.add(name)

    assert ["a", "c"] == [name for name in "abc" if name in closed]


def test_stored_responses_are_bounded_by_bytes() -> None:
    """A response holds and counts all that came before it: long conversations push others out."""
    served = engine()
    served.responses = Responses(most_bytes=200_000)
    body = {"model": "m", "input": "x" * 50_000}
    ids = []
    for _ in range(5):
        wire, _ = ask(served, body, path="/v1/responses")
        ids.append(json.loads(wire.body)["id"])
        body = {"model": "m", "input": "Go on.", "previous_response_id": ids[-1]}

    found = [served.responses.find("", made) for made in ids]

    assert [False, False, True, True, True] == [stored is not None for stored in found]
