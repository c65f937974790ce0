"""Legal streams vary in all that may vary, and in nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_stream import data_of
from mockrouter import Server, load, load_text, strategies
from mockrouter.engine.engine import Engine
from mockrouter.scenario.library import with_active
from mockrouter.scenario.reading.document import parse
from mockrouter.strategies import VARIATIONS, Call, Reply, Stream
from mockrouter.values import Json
from scripts import ask
from specs import problems
from strategies.drawing import drawn, plain, same, smallest
from strategies.readers import Reader

LIBRARY = load()


def events(stream: Stream) -> list[Json]:
    """Read a stream's events, as the standard says."""
    return [json.loads(data) for data in data_of(*stream.writes) if data != "[DONE]"]


@same(100)
@given(strategies.streams())
def test_events_are_the_same_in_any_writing(stream: Stream) -> None:
    """Who reads as the standard says gets the events that there would be without variations."""
    assert events(plain(stream)) == events(stream)
    assert (200, "complete") == (stream.status, stream.ending)
    assert stream.headers["content-type"].startswith("text/event-stream")


@same(40)
@given(strategies.streams())
def test_the_scenario_sends_the_same_bytes(stream: Stream) -> None:
    """Read back from its text and asked the same, it gives the same writes in every byte."""
    served = Engine(with_active(LIBRARY, [load_text(stream.scenario)]))
    body = json.dumps(stream.request, separators=(",", ":")).encode()

    wire, exchange = ask(served, body, path=stream.path)

    assert stream.writes == tuple(frame.data for frame in wire.frames)
    assert exchange.warnings == ()


def test_a_saved_stream_comes_over_http(tmp_path: Path) -> None:
    """Saved to files and served, streams are asked for with the very command in them."""
    for stream in drawn(strategies.streams(), 12):
        file = stream.save(tmp_path / "bug.yaml")
        with Server(file, strict=False) as server:
            server.time_scale = 0
            body = stream.scenario.splitlines()[1].partition(" -d ")[2].strip("'")
            answer = httpx.post(server.root_url + stream.path, content=body)

            assert (stream.body, json.loads(body)) == (answer.content, stream.request)


def test_the_same_streams_on_every_run() -> None:
    """What is drawn owes nothing to the time, nor to what was drawn before."""
    first, second = (drawn(strategies.streams(), 20) for _ in range(2))

    assert [repr(each) for each in first] == [repr(each) for each in second]


def test_the_simplest_stream() -> None:
    """It has each text in one fragment, each event in one write, and no faults."""
    reply = Reply("Hello there", (Call("f", '{"a": 1}'), Call("g", "{}")))
    stream = smallest(strategies.streams(dialect="chat", reply=reply), lambda _: True)

    assert {"say", "stream"} >= {*parse(stream.scenario).value["turns"][0]}
    assert all(write.startswith(b"data: ") and write.count(b"\n") == 2 for write in stream.writes)
    assert ["Hello there"] == [
        text
        for event in events(stream)
        for choice in event["choices"]
        if (text := choice["delta"].get("content"))
    ]


SIGNS: dict[str, Callable[[Stream], bool]] = {
    "cuts": lambda s: sum('"content":' in data for data in data_of(s.body)) > 3,
    "interleaving": lambda s: "order:" in s.scenario,
    "line_ends": lambda s: b"\r" in s.body,
    "spaces": lambda s: b'data:{"id' in s.body,
    "comments": lambda s: s.body.startswith(b": [DONE]") or b"\n: [DONE]" in s.body,
    "data_lines": lambda s: b"\ndata: {\n" in s.body or b'\ndata: "' in s.body,
    "fields": lambda s: b"\nx" in s.body or b"retry: " in s.body or b"id: 2\n" in s.body,
    "blank_lines": lambda s: b"\n\n\n" in s.body,
    "bom": lambda s: s.body.startswith(b"\xef\xbb\xbf"),
    "writes": lambda s: any(not write.endswith((b"\n", b"\r")) for write in s.writes),
    "usage": lambda s: "stream_options" in s.request,
}
"""How each variation shows."""


@pytest.mark.parametrize("variation", VARIATIONS)
def test_a_variation_can_be_left_out(variation: strategies.Variation) -> None:
    """It shows in some of a hundred streams, and in none without it."""
    reply = Reply("abc", (Call("f", '{"a": 1, "b": 2}'), Call("g")))
    # What is in one piece cannot be interleaved.
    needed = {variation, "cuts"} if variation == "interleaving" else {variation}
    alone = [name for name in VARIATIONS if name not in needed]

    smallest(
        strategies.streams(dialect="chat", profile="openai", reply=reply, without=alone),
        SIGNS[variation],
        shrinks=False,
    )
    without = drawn(
        strategies.streams(dialect="chat", profile="openai", reply=reply, without=[variation]), 30
    )
    assert [] == [each for each in without if SIGNS[variation](each)]


@same(20)
@given(strategies.streams(dialect="chat"))
def test_chunks_are_those_of_the_published_schemas(stream: Stream) -> None:
    """Each chunk is valid by the schema of its provider, or by the one that it takes after."""
    file, name = (
        ("openai.subset.schema.json", "CreateChatCompletionStreamResponse")
        if stream.profile == "openai"
        else ("openrouter.subset.schema.json", "ChatStreamChunk")
    )
    chunks = events(stream)

    assert [] == [problem for chunk in chunks for problem in problems(file, name, chunk)]


@same(40)
@given(strategies.streams(reply=strategies.replies(usage=strategies.usages())))
def test_token_counts_arrive(stream: Stream) -> None:
    """Counts that are drawn are sent by every provider in every format."""
    last = events(stream)[-1]
    usage = (last["response"] if stream.dialect == "responses" else last)["usage"]
    names = ("input", "output") if stream.dialect == "responses" else ("prompt", "completion")
    meant = stream.reply.usage

    assert meant is not None
    assert [meant.prompt_tokens, meant.completion_tokens] == [usage[f"{n}_tokens"] for n in names]
    details = usage[f"{names[0]}_tokens_details"]["cached_tokens"]
    reasoning = usage[f"{names[1]}_tokens_details"]["reasoning_tokens"]
    assert (meant.cached_tokens, meant.reasoning_tokens) == (details, reasoning)


@same(40)
@given(
    strategies.streams(
        reply=strategies.replies(
            text=st.sampled_from(["{{ 1 }}", "{% raw", "\r{#", "'''", "generated", "\ud800"]),
            calls=st.lists(
                strategies.calls(arguments=st.text(), id=st.text(min_size=1)), max_size=2
            ),
        )
    )
)
def test_any_text_arrives(stream: Stream) -> None:
    """What looks like a template, like YAML or like nothing at all is sent as it is."""
    assert stream.reply == Reader().read(stream.writes)
