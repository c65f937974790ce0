"""Redaction: what is blanked, and what stays as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockrouter.engine.redaction import Redactor
from mockrouter.reply import Reply, Text, ToolCall
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Frame, Label, Wire
from secret_words import (
    BLANK,
    BODIES,
    NAMES,
    OBJECTS,
    SECRET,
    holds_secret,
)


@given(BODIES, st.booleans())
def test_no_secret_of_a_body_is_kept(body: Json, ascii_: bool) -> None:  # noqa: FBT001
    """Under whichever name, in whichever case, however deep and however wrapped as text."""
    raw = json.dumps(body, ensure_ascii=ascii_).encode()

    kept = Redactor(["Password"]).body(raw)

    assert not holds_secret(kept)
    json.loads(kept)


@given(BODIES, st.data())
def test_no_secret_of_a_broken_body_is_kept(body: Json, data: st.DataObject) -> None:
    """A body that ends in the middle, or that goes on after its end, is no way around it."""
    raw = json.dumps(body).encode()
    cut = data.draw(st.integers(0, len(raw)))

    for broken in (raw[:cut], raw + b"}", b"\xff" + raw, json.dumps(body).encode("utf-16")):
        assert not holds_secret(Redactor(["password"]).body(broken))


@given(st.dictionaries(NAMES, st.just(SECRET)))
def test_no_secret_of_headers_is_kept(headers: dict[str, str]) -> None:
    """Names from outside are headers' names too."""
    kept = Redactor(["password"]).headers(headers)

    assert dict.fromkeys(headers, BLANK) == kept


def test_names_alone_are_blanked() -> None:
    """All but the values stays as it was written: order, spaces, doubles, numbers and words."""
    raw = (
        b'{"n": 1e999, "authorization" : "s", "authorization":{"s": ["s", {}]},\n'
        b'"text":"api_key: \\u00e9", "headers": {"X-Auth-Token": 5, "accept": "*"}, "nulls": null}'
    )
    kept = (
        b'{"n": 1e999, "authorization" : "[redacted]", "authorization":"[redacted]",\n'
        b'"text":"api_key: \\u00e9", "headers": {"X-Auth-Token": "[redacted]", "accept": "*"}, '
        b'"nulls": null}'
    )

    assert kept == Redactor().body(raw)


@pytest.mark.parametrize(
    ("names", "raw", "kept"),
    [
        ((), b'{"a": "password"}', b'{"a": "password"}'),
        ((), b'{"password": 1}', b'{"password": 1}'),
        (("password",), b'{"password": 1}', b'{"password": "[redacted]"}'),
        (("passw\u00f6rt",), '{"PASSWÖRT": 1}'.encode(), '{"PASSWÖRT": "[redacted]"}'.encode()),
        (("passw\u00f6rt",), b'{"passw\\u00f6rt": 1}', b'{"passw\\u00f6rt": "[redacted]"}'),
        ((), b'{"\\u0061p\\u0069_key": 1}', b'{"\\u0061p\\u0069_key": "[redacted]"}'),
        ((), b'\xef\xbb\xbf{"apikey": 1}', b'{"apikey": "[redacted]"}'),
        ((), b"api_key=5&x=1", b"[redacted]"),
        (
            (),
            b'{"a": ' + b"9" * 5000 + b', "apikey": 1}',
            b'{"a": ' + b"9" * 5000 + b', "apikey": "[redacted]"}',
        ),
        ((), b'{"api-key": "\\ud800\xed\xa0\x80"}', b'{"api-key": "[redacted]"}'),
        ((), b"[" * 100_000 + b'{"apikey": 1}', b"[" * 100_000 + b'{"[redacted]'),
        ((), b"", b""),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else None,
)
def test_what_is_a_name(names: tuple[str, ...], raw: bytes, kept: bytes) -> None:
    """A whole key, however it is spelled; of what is no JSON nothing is left behind it."""
    assert kept == Redactor(names).body(raw)


def test_a_schema_is_no_secret() -> None:
    """A tool whose parameter has such a name keeps its schema, without the values in it."""
    schema: JsonObject = {"type": "string", "enum": [SECRET], "description": "Ask for it."}
    tool = {
        "name": "login",
        "parameters": {
            "type": "object",
            "properties": {"api_key": schema, "city": {"enum": ["Tokyo"]}},
            "required": ["api_key"],
        },
    }

    kept = json.loads(Redactor().body(json.dumps(tool).encode()))

    shown = {"type": "string", "$comment": BLANK, "description": "Ask for it."}
    assert {"api_key": shown, "city": {"enum": ["Tokyo"]}} == kept["parameters"]["properties"]
    assert ["api_key"] == kept["parameters"]["required"]


@pytest.mark.parametrize(
    ("table", "value", "kept"),
    [
        ("$defs", {"type": "object", "default": SECRET}, {"type": "object", "$comment": BLANK}),
        ("definitions", {"$defs": {"A": {"const": SECRET}}}, {"$defs": {"A": {"$comment": BLANK}}}),
        ("dependentSchemas", {"required": ["city"]}, {"required": ["city"]}),
        ("dependencies", {"required": ["city"]}, {"required": ["city"]}),
        ("dependencies", ["city", "api_key"], ["city", "api_key"]),
        ("dependentRequired", ["city"], ["city"]),
        ("properties", True, True),
        ("properties", [SECRET], BLANK),
        ("$defs", SECRET, BLANK),
        ("default", {"type": SECRET}, BLANK),
    ],
)
def test_names_of_types_and_needs_are_no_secrets(table: str, value: Json, kept: Json) -> None:
    """Wherever a schema has a table of names, as pydantic writes ``$defs``, it stays a schema."""
    schema = {"type": "object", table: {"Authorization": value, "z": 1}, "apikey": SECRET}

    made = json.loads(Redactor().body(json.dumps({"parameters": schema}).encode()))

    assert {
        "type": "object",
        table: {"Authorization": kept, "z": 1},
        "apikey": BLANK,
    } == made["parameters"]


# Replies


def delta(call: int, text: str) -> Frame:
    """Make a chunk with a piece of a call's arguments."""
    function = {"index": call, "function": {"arguments": text}}
    event = {"choices": [{"delta": {"tool_calls": [function]}}]}
    return Frame(b"data: " + json.dumps(event).encode() + b"\n\n", Label.TOOL_CALL, call=call)


@given(OBJECTS, st.booleans(), st.integers(1, 7))
def test_no_secret_of_a_call_is_shown(arguments: JsonObject, ascii_: bool, size: int) -> None:  # noqa: FBT001
    """Neither in pieces, nor where the whole call or the secret alone stands in another frame."""
    text = json.dumps(arguments | {"apikey": SECRET}, ensure_ascii=ascii_)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    said = Reply((ToolCall("login", tuple(pieces)), ToolCall("ping", ("{}",))))
    whole = json.dumps({"item": {"arguments": text, "said": SECRET}}).encode()
    frames = [*(delta(0, piece) for piece in pieces), delta(1, "{}")]
    wire = Wire(200, (), (*frames, Frame(b"data: " + whole + b"\n\n"), Frame(whole)))

    shown = Redactor(["password"]).shown(wire, said)

    assert [f.label for f in wire.frames] == [f.label for f in shown.frames]
    assert not holds_secret(shown.body)
    assert {b"data: [redacted]\n\n"} == {f.data for f in shown.frames if f.call == 0}
    assert wire.frames[len(pieces)] is shown.frames[len(pieces)]
    assert json.loads(shown.frames[-1].data)["item"]["said"] == BLANK


@pytest.mark.parametrize(
    "arguments",
    ['{"apikey": "hunter2', "{'apikey': 'hunter2'}", '```json\n{"apikey": "hunter2"}\n```'],
)
def test_arguments_that_are_no_json(arguments: str) -> None:
    """A secret in malformed arguments is none the less one."""
    said = Reply((ToolCall("login", (arguments,)),))
    body = json.dumps({"function": {"arguments": arguments}}, indent=1).encode()

    shown = Redactor().shown(Wire(200, (), (Frame(body),)), said)

    assert not holds_secret(shown.body)
    assert not holds_secret(Redactor().text(arguments))


def test_a_body_that_was_cut() -> None:
    """What a fault leaves of a body is no JSON: nothing is shown behind the name."""
    frame = Frame(b'data: {"a": 1, "apikey":\ndata: "hunter2", "b\n\n')

    shown = Redactor().shown(Wire(200, (), (frame,)), None)

    assert b'data: {"a": 1, "[redacted]\n' == shown.body


def test_a_wire_without_secrets_is_shown_as_it_is() -> None:
    """Most are, so none of them is made anew."""
    wire = Wire(200, (), (delta(0, '{"headers": {"accept'), delta(0, '": 1}}'), Frame(b"{}")))
    said = Reply((Text(("apikey",)), ToolCall("get", ('{"headers": {"accept', '": 1}}'))))

    assert wire is Redactor().shown(wire, said)
