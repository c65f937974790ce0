"""Redaction: what never gets into the journal, and what stays as it was."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockrouter.cli.request_log import describe
from mockrouter.engine.engine import Engine
from mockrouter.engine.redaction import SECRET_NAMES, Redactor
from mockrouter.entries import entries
from mockrouter.harness.assertions import lost_history
from mockrouter.harness.transcript import transcript
from mockrouter.reply import Reply, Text, ToolCall
from mockrouter.serving.app import EXCHANGE
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Frame, Label, Wire
from scripts import USER, ask, chat, engine, said

SECRET = "hunter2-é"  # noqa: S105 - nobody's
"""Is found in no other word, and is spelled in several ways."""

BLANK = "[redacted]"


def holds_secret(shown: bytes | str) -> bool:
    """Tell whether any part of the secret stands in some text, however it is spelled there."""
    text = shown.decode(errors="replace") if isinstance(shown, bytes) else shown
    return "hunter2" in text


def in_any_case(name: str) -> st.SearchStrategy[str]:
    """Write a name in random case."""
    upper = st.lists(st.booleans(), min_size=len(name), max_size=len(name))
    return upper.map(
        lambda ups: "".join(c.upper() if up else c for c, up in zip(name, ups, strict=True))
    )


NAMES = st.sampled_from([*SECRET_NAMES, "password"]).flatmap(in_any_case)
PLAIN = st.sampled_from(["a", "headers", "arguments", "properties", "parameters", "content", "é"])
SECRETS: st.SearchStrategy[Json] = st.recursive(
    st.just(SECRET),
    lambda inner: st.lists(inner, min_size=1, max_size=2) | st.dictionaries(PLAIN, inner),
    max_leaves=3,
)
OBJECTS = st.tuples(st.dictionaries(PLAIN, st.integers()), st.dictionaries(NAMES, SECRETS)).map(
    lambda both: both[0] | both[1]
)


def in_json_text(value: Json, *, ascii_: bool) -> str:
    """Write a value as text, as the arguments of calls are."""
    return json.dumps(value, ensure_ascii=ascii_)


BODIES: st.SearchStrategy[Json] = st.recursive(
    OBJECTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(PLAIN, inner, max_size=3)
        | st.builds(in_json_text, inner, ascii_=st.booleans())
    ),
    max_leaves=6,
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


# Everywhere


@pytest.fixture(scope="module")
def served() -> list[Engine]:
    """Serve a scenario that asks for secrets, with and without ``auto`` behind it."""
    text = """
    when: {body: {$.api_key: sk-1, $.metadata: {}}}
    turns: [{say: [{tool_call: any, arguments: {password: "hunter2"}}]}]
    """
    return [engine(text, strict=strict, redact=("password",)) for strict in (True, False)]


@given(BODIES, st.dictionaries(NAMES, st.just(SECRET)))
def test_no_secret_is_in_the_journal(
    served: list[Engine], body: Json, headers: dict[str, str]
) -> None:
    """Neither in what is kept nor in what is shown, though replies and complaints repeat it."""
    asked = chat(metadata=body, api_key=SECRET, tools=[{"type": "mcp", "authorization": SECRET}])
    lower = {name.lower(): value for name, value in headers.items()}
    for each in served:
        for path in ("/v1/responses", "/api/v1/chat/completions"):
            _, held = ask(each, asked | {"input": "Hi"}, path=path, headers=lower)
            (entry,) = entries([held])
            listed, shown = (entry.to_json(), entry.to_curl()), held.shown
            held.compiled = None

            assert shown
            assert not holds_secret(repr((held, listed, shown)))


def test_a_call_with_a_secret_is_answered() -> None:
    """The client gets what the journal blanks, and the conditions of a scenario see it."""
    served = engine(
        """
        when: {body: {$.api_key: hunter2}}
        turns: [{say: [{tool_call: get_weather, arguments: {city: T, api_key: hunter2}}]}]
        """,
        strict=True,
    )

    for stream in (False, True):
        wire, held = ask(served, chat(api_key="hunter2", stream=stream))

        assert stream or holds_secret(wire.body)
        assert held.shown
        assert not holds_secret(held.shown.body)
        assert b"[redacted]" in held.shown.body
        assert json.loads(held.body)["api_key"] == BLANK


@pytest.mark.parametrize(
    "when",
    [
        "{body: {$.api_key: abc}, user: {contains: zzz}}",
        "{body: {\"$.tools[0].headers['X-Session-Token']\": abc}}",
        "{body: {$.tools: abc, $.api_key: [1]}}",
        "{any_of: [{user: zzz}, {body: {$.metadata: {}}}]}",
    ],
)
@pytest.mark.parametrize("names", [("password",), ("password", "messages", "tools", "role")])
def test_no_complaint_repeats_a_secret(when: str, names: tuple[str, ...]) -> None:
    """Neither to the client nor in the journal, be it of scenarios or of a scenario's cases."""
    cases = f"turns: [{{cases: [{{when: {when}, say: [{{text: a}}]}}]}}]"
    body = chat(
        {"role": "user", "content": json.dumps({"api_key": SECRET, "city": "Tokyo"})},
        api_key=SECRET,
        metadata={"password": SECRET},
        tools=[{"type": "mcp", "headers": {"X-Session-Token": SECRET, "Cookie": SECRET}}],
    )
    for text in (f"when: {when}\nturns: [{{say: [{{text: a}}]}}]", cases):
        wire, held = ask(engine(text, strict=True, redact=names), body)

        assert 404 == wire.status or held.error == "mockrouter_no_case"
        assert not holds_secret(wire.body)
        assert not holds_secret(repr((held.misses, held.shown)))
        held.compiled = None


def test_a_miss_tells_what_is_no_secret() -> None:
    """Blanking a part of the request neither hides the rest nor makes other conditions fail."""
    served = engine(
        "when: {body: {$.api_key: hunter2, $.seed: 5}}\nturns: [{say: [{text: a}]}]", strict=True
    )

    wire, _ = ask(served, chat(api_key="hunter2", seed=6))

    assert "s0: body.$.seed is 6, not 5" in json.loads(wire.body)["error"]["message"]


def test_a_failing_test_shows_no_secret() -> None:
    """The report of a test goes into logs that many people read."""
    scenario = """
    turns:
      - say: [{tool_call: get_weather, arguments: {city: 5, api_key: hunter2}}]
        stream: {arguments: 1 char}
    """
    served = engine(scenario, strict=True)
    ask(served, chat())
    ask(
        served,
        chat({"role": "user", "content": "Hi"}, stream=True),
        path="/api/v1/chat/completions",
    )

    shown = transcript(entries(served.journal))

    assert not holds_secret(shown)
    assert 2 == shown.count('"api_key":"[redacted]"')


def test_a_secret_that_came_back_is_no_change() -> None:
    """A client that keeps the history whole is not blamed for what the journal blanks."""
    call = "{tool_call: get_weather, arguments: {city: Tokyo, api_key: hunter2}}"
    served = engine(f"turns: [{{say: [{call}]}}, {{say: [{{text: Done.}}]}}]")
    wire, _ = ask(served, chat())
    message = said(wire)
    made = message["tool_calls"][0]["id"]
    ask(served, chat(USER, message, {"role": "tool", "tool_call_id": made, "content": "18"}))

    assert holds_secret(wire.body)
    assert [] == lost_history(entries(served.journal))


def test_the_log_shows_no_secret() -> None:
    """Complaints on a terminal are those of the journal, and the author's words are in neither."""
    served = engine("when: {body: {$.api_key: hunter2}}\nturns: [{say: [{text: a}]}]", strict=True)
    _, held = ask(served, chat(api_key="x"))
    scope = {"type": "http", "method": "POST", "path": held.path, EXCHANGE: held}

    lines = list(describe(scope, 404, 0.0))

    assert "no scenario matches" in lines[1]
    assert not holds_secret("\n".join(lines))


@pytest.mark.parametrize("size", [3, 100])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/api/v1/chat/completions", "/v1/responses"]
)
def test_json_that_a_model_says_shows_no_secret(path: str, *, stream: bool, size: int) -> None:
    """However it is cut, and wherever it is shown: frames, transcript, saved scenario."""
    served = engine(
        f"turns: [{{say: [{{json: {{api_key: {SECRET}}}}}], stream: {{text: {size} chars}}}}]"
    )
    asked = {"model": "m", "input": "Hi"} if "responses" in path else chat(tools=...)
    wire, exchange = ask(served, {**asked, "stream": stream}, path=path)
    (entry,) = entries([exchange])
    shown = entry.to_json()
    pieces = [
        re.findall(r'"(?:content|delta)":"(.*?)"[,}]', f["data"])
        for f in shown["response"]["frames"]
    ]

    assert holds_secret(wire.body) or size == 3
    assert not holds_secret(json.dumps(shown) + transcript([entry]) + entry.to_scenario())
    assert not holds_secret("".join(piece for each in pieces for piece in each))
