"""Faults of lines and of bytes."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Callable

import pytest

from event_stream import data_of, parsed
from faulty import PLAIN, SAID_DATA, STREAM, datas, event, stream, struck
from mockrouter.errors import FaultError
from mockrouter.sse import DONE
from mockrouter.values import JsonObject
from mockrouter.wire import Frame

# Lines


@pytest.mark.parametrize(
    ("written", "frame", "expected"),
    [
        ({"line_end": "crlf"}, 1, b'data: {"type":"start"}\r\n\r\n'),
        ({"line_end": "crlf"}, 0, b": GO\r\n\r\n"),
        ({"line_end": "cr"}, 1, b'data: {"type":"start"}\r\r'),
        ({"line_end": "mixed"}, 0, b": GO\n\r\n"),
        ({"line_end": "mixed"}, 1, b'data: {"type":"start"}\r\n\r\n'),
        ({"line_end": "mixed", "nth": 1}, 1, b'data: {"type":"start"}\n\r\n'),
        ({"space": False}, 1, b'data:{"type":"start"}\n\n'),
        ({"space": False}, 5, b"data:[DONE]\n\n"),
        ({"event_line": True}, 1, b'event: start\ndata: {"type":"start"}\n\n'),
        ({"event_line": True}, 5, b"event: message\ndata: [DONE]\n\n"),
        ({"event_line": "x", "space": False}, 5, b"event:x\ndata:[DONE]\n\n"),
        ({"id_line": True}, 3, b'id: 3\ndata: {"id":"x","n":[1,2]}\n\n'),
        ({"id_line": "a", "nth": 3}, 3, b'id: a\ndata: {"id":"x","n":[1,2]}\n\n'),
        ({"retry_line": 10}, 5, b"retry: 10\ndata: [DONE]\n\n"),
        ({"retry_line": "soon", "event_line": "e"}, 5, b"event: e\nretry: soon\ndata: [DONE]\n\n"),
        ({"data_lines": 2}, 3, b'data: {"id":"x",\ndata: "n":[1,2]}\n\n'),
        ({"data_lines": 2}, 5, DONE),
        ({"data_lines": "empty_first"}, 1, b'data:\ndata: {"type":"start"}\n\n'),
        ({"data_lines": "indented"}, 1, b'data: {\ndata:   "type": "start"\ndata: }\n\n'),
        ({"blank_lines": 0}, 1, b'data: {"type":"start"}\n'),
        ({"blank_lines": 3}, 5, b"data: [DONE]\n\n\n\n"),
        ({"bom": True}, 0, b"\xef\xbb\xbf: GO\n\n"),
        ({"bom": True}, 1, b'data: {"type":"start"}\n\n'),
        ({"terminator_text": "[done]"}, 5, b"data: [done]\n\n"),
    ],
)  # fmt: skip
def test_lines_are_written_as_asked(written: JsonObject, frame: int, expected: bytes) -> None:
    """Each setting does its one thing to the lines."""
    assert expected == struck(fault="sse", **written).frames[frame].data


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2,"b":1e400,"c":0.10000000000000000555}',
        '{"a": [ ],"b":[{}, {"c" :[]}], "d":"\\u00e9\\ud800"}',
        "9" * 5000,
        "[" * 20_000 + "]" * 20_000,
        '{"a":' * 20_000 + "[]" + "}" * 20_000,
    ],
    ids=["numbers", "nested", "long", "arrays", "objects"],
)
@pytest.mark.parametrize("shape", [2, 100_000, "indented", "empty_first"])
def test_only_white_space_comes_between_the_tokens(text: str, shape: int | str) -> None:
    """However odd or deep the JSON, its lines say what it said, character by character."""
    spread = struck(stream(Frame(f"data: {text}\n\n".encode())), fault="sse", data_lines=shape)

    assert text.replace(" ", "") == "".join(data_of(spread.body)).translate({10: "", 32: ""})


def test_json_is_indented_as_python_does_it() -> None:
    """With two spaces for each level, and empty arrays and objects in one line."""
    value = {"a": [1, [], {}], "b": {"c": "{,:"}}
    lines = struck(stream(event(value)), fault="sse", data_lines="indented")

    assert [json.dumps(value, indent=2)] == data_of(lines.body)


def test_there_are_no_more_lines_than_places() -> None:
    """As many lines as nobody has tokens for are a line for each token."""
    lines = struck(stream(event({"a": 1})), fault="sse", data_lines=100_000)

    assert b'data: {\ndata: "a"\ndata: :\ndata: 1\ndata: }\n\n' == lines.body


def test_an_event_line_can_be_taken_away() -> None:
    """A named event has its name no more."""
    bare = struck(fault="sse", event_line=False)

    assert {"message"} == {message.type for message in parsed(bare.body)}
    assert data_of(STREAM.body) == data_of(bare.body)


def test_without_blank_lines_events_run_together() -> None:
    """A reader that holds to the standard gets one event out of all, or none."""
    assert [] == data_of(struck(fault="sse", blank_lines=0).body)


@pytest.mark.parametrize(
    ("terminator", "labels"),
    [
        ("none", "comment start text tool_call finish"),
        ("normal", "comment start text tool_call finish done"),
        ("early", "comment start text tool_call done finish"),
        ("only", "done"),
        ("twice", "comment start text tool_call finish done done"),
    ],
)
def test_where_the_terminator_is(terminator: str, labels: str) -> None:
    """Whether the provider sends one or not, it is where it is asked for."""
    bare = stream(*STREAM.frames[:-1])

    for wire in (STREAM, bare):
        faulty = struck(wire, fault="sse", terminator=terminator)
        assert labels == " ".join(frame.label for frame in faulty.frames)


def test_comments_are_where_they_are_asked_for() -> None:
    """Before, after and inside of an event; the wait comes before the first of them."""
    two = stream(event(1), event(2, delay=3))

    before = struck(two, fault="comment", nth=2, text="hi", times=2)
    after = struck(two, fault="comment", nth=2, text="", place="after")
    inside = struck(two, fault="comment", nth=2, place="inside")

    one, other = datas(two)
    assert [one, b": hi\n\n", b": hi\n\n", other] == datas(before)
    assert [0, 3, 0, 0] == [frame.delay for frame in before.frames]
    assert [one, other, b":\n\n"] == datas(after)
    assert [one, b": keep-alive\n" + other] == datas(inside)


@pytest.mark.parametrize("written", [{}, {"place": "inside"}, {"every": 1}])
def test_a_byte_order_mark_stays_first(written: JsonObject) -> None:
    """A comment before the first event comes behind the mark, which is none anywhere else."""
    marked = struck(stream(event(1, delay=3)), fault="sse", bom=True)

    assert struck(marked, fault="comment", **written).body.startswith(b"\xef\xbb\xbf: keep-alive")


def test_comments_fill_waits() -> None:
    """Each longer wait is filled, and what was waited for comes when it did."""
    filled = struck(stream(event(1, delay=12), event(2, delay=4)), fault="comment", every=5)

    assert [5, 5, 2, 4] == [frame.delay for frame in filled.frames]


def test_comments_need_a_wait_to_fill() -> None:
    """Where no wait is longer than the time between two comments, that is said."""
    with pytest.raises(FaultError, match="comment finds no wait longer than 5 s; add 'pace'"):
        struck(stream(event(1, delay=5)), fault="comment", every=5)


# Bytes


@pytest.mark.parametrize(
    ("written", "frame", "expected"),
    [
        ({"text": " ", "repeat": 3, "after": "data_prefix", "nth": 1}, 1, b'data:    {"type'),
        ({"hex": "ff fe", "before": "data", "nth": 1}, 1, b"data: \xff\xfe{"),
        ({"base64": "/w==", "before": "event", "nth": 1}, 1, b"\xffdata: {"),
        ({"replace": "data", "text": '{"broken', "nth": 3}, 3, b'data: {"broken\n\n'),
        ({"replace": "data_prefix", "nth": -1}, 5, b"[DONE]\n\n"),
        ({"replace": "line_end", "text": "|", "nth": -1}, 5, b"data: [DONE]||"),
        ({"replace": "line_end", "occurrence": "last", "nth": -1}, 5, b"data: [DONE]\n"),
        ({"replace": "line_end", "occurrence": -2, "nth": -1}, 5, b"data: [DONE]\n"),
        ({"replace": {"find": "DO"}, "text": "G", "nth": -1}, 5, b"data: [GNE]\n\n"),
        ({"replace": "emoji", "hex": "c3", "label": "text"}, 2, SAID_DATA.replace(b"*", b"\xc3")),
        ({"at": 0, "text": "junk"}, 0, b"junk: GO\n\n"),
        ({"at": -1, "text": "junk"}, 5, b"data: [DONE]\njunk\n"),
        ({"at": 6, "text": "junk"}, 0, b": GO\n\njunk"),
        ({"at": 5, "text": "!", "nth": -1}, 5, b"data:! [DONE]\n\n"),
    ],
)  # fmt: skip
def test_bytes_are_put_where_they_are_asked_for(
    written: JsonObject, frame: int, expected: bytes
) -> None:
    """Text, hexadecimal and base64, before, behind and in the place of what is there."""
    assert struck(fault="bytes", **written).frames[frame].data.startswith(expected)


def test_bytes_in_a_body_of_none() -> None:
    """An empty stream can have bytes all the same."""
    assert [b"x"] == datas(struck(stream(), fault="bytes", at=0, text="x"))


@pytest.mark.parametrize(
    ("written", "headers"),
    [
        ({}, [b"gzip"]),
        ({"coding": "raw_deflate"}, [b"deflate"]),
        ({"coding": "identity"}, []),
        ({"header": False}, []),
        ({"coding": "identity", "header": "gzip"}, [b"gzip"]),
        ({"header": "br, gzip"}, [b"br, gzip"]),
    ],
)
def test_what_the_header_says(written: JsonObject, headers: list[bytes]) -> None:
    """The header names the coding, is absent, or lies."""
    faulty = struck(PLAIN, fault="encode", **written)

    assert headers == [value for name, value in faulty.headers if name == b"content-encoding"]
    if written.get("coding", "gzip") == "gzip":
        assert PLAIN.body == gzip.decompress(faulty.body)


def test_compressed_without_a_flush_all_comes_at_the_end() -> None:
    """What holds each event back until the last is there."""
    *held, last = datas(struck(fault="encode", flush=False))

    assert {b""} == set(held)
    assert STREAM.body == gzip.decompress(last)


@pytest.mark.parametrize("coding", ["br", "zstd"])
@pytest.mark.parametrize("per", ["body", "event"])
def test_codings_without_a_library_are_valid(coding: str, per: str) -> None:
    """Tools that know them read back what was wrapped: small, empty, and of many blocks."""
    for size in (0, 1, 65536, 65537, 400_000):
        body = bytes(range(256)) * (size // 256 + 1)
        wire = stream(Frame(body[: size // 2]), Frame(body[size // 2 : size]))
        faulty = struck(wire, fault="encode", coding=coding, per=per)
        coded = [faulty.body] if per == "body" else [each for each in datas(faulty) if each]
        assert wire.body == b"".join(map(TOOLS[coding], coded))


def by_node(coded: bytes) -> bytes:
    """Read Brotli."""
    read = "require('zlib').brotliDecompressSync(require('fs').readFileSync(0))"
    script = f"process.stdout.write({read})"
    return run("node", "-e", script, given=coded)


def by_zstd(coded: bytes) -> bytes:
    """Read Zstandard."""
    return run("zstd", "-d", "-c", given=coded)


def run(*command: str, given: bytes) -> bytes:
    """Run a tool; the test is skipped where it is not installed."""
    try:
        return subprocess.run(command, input=given, capture_output=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip(f"{command[0]} is not installed")


TOOLS: dict[str, Callable[[bytes], bytes]] = {"br": by_node, "zstd": by_zstd}
