"""Replies that look odd and are sound: the oddness is on the wire, and nothing is lost by it."""

from __future__ import annotations

import json
from functools import partial

import pytest

from asgi import BUILTIN
from catalogue.conftest import Prove
from catalogue.proving import NAMES, USER, Case, Proof, cases
from loop import Heard, Manner
from mockrouter.values import Json, JsonObject

SEPARATORS = "one\u2028two\u2029three\u0085four\vfive\fsix\x1cseven"
CHARACTERS = (
    "naïve cafe\u0301 日本語 عربي\u200b \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f324\ufe0f"
)
STRINGS = {
    "zip": "00123",
    "id": "12345678901234567890",
    "none": "null",
    "flag": "false",
    "list": "[1, 2]",
    "json": '{"a": {"b": null}}',
    "empty": "",
}
ODD_FORMAT = '\n{\r\n\t"text" :\t"a  b" ,\n\n  "list":[ 1,\n2 , [ ] ] , "more" : { }\n}\t \n'
ESCAPES = r'{"text":"\"\\\/\b\f\n\r\t\u0041\u00e9\u2028 C:\\new\\u0041 \ud83c\udf24"}'
NUMBERS = (
    '{"id":9007199254740993,"large":1234567890123456789012,"share":0.1,"much":1E+3,"zero":-0.0}'
)
DULL = 'All work and no play makes "Jack" a dull boy. ' * 2000


def second(case: Case) -> Heard:
    """Answer the calls of the first turn, and hear the next."""
    heard = case.heard
    results = [case.manner.result(call, "18 degrees") for call in heard.calls]
    return case.manner.hear(case.ask([USER, *heard.kept, *results]))


def pieces(case: Case) -> dict[int, list[str]]:
    """List the fragments of each call's arguments in the stream, empty ones too."""
    found: dict[int, list[str]] = {}
    for number, piece in _in_order(case):
        found.setdefault(number, []).append(piece)
    return found


def _in_order(case: Case) -> list[tuple[int, str]]:
    if case.manner.dialect == "chat":
        deltas = [choice["delta"] for event in case.events for choice in event["choices"]]
        parts = [part for delta in deltas for part in delta.get("tool_calls", ())]
        return [(part["index"], part["function"]["arguments"]) for part in parts]
    kind = "response.function_call_arguments.delta"
    return [(e["output_index"], e["delta"]) for e in case.events if e["type"] == kind]


def texts(case: Case) -> list[str]:
    """List the fragments of the text in the stream, empty ones too."""
    if case.manner.dialect == "chat":
        deltas = [choice["delta"] for event in case.events for choice in event["choices"]]
        return [delta["content"] for delta in deltas if isinstance(delta.get("content"), str)]
    return [e["delta"] for e in case.events if e["type"] == "response.output_text.delta"]


def called_with(text: str, value: Json, case: Case) -> None:
    """The arguments are these, letter by letter, and mean this value; then comes a text."""
    (call,) = case.heard.calls
    assert text == call.arguments
    assert value == json.loads(call.arguments)
    if case.manner.stream:
        assert [text] == ["".join(found) for found in pieces(case).values()]
    assert second(case).text


def same_in_both(text: str, raw: str, case: Case) -> None:
    """The text says it and so do the arguments, and these letters are raw in the bytes."""
    (call,) = case.heard.calls
    assert (text, {"text": text}) == (case.heard.text, json.loads(call.arguments))
    sent = case.faulty.body.decode()
    assert [] == [letter for letter in raw if letter not in sent or letter not in call.arguments]
    if case.manner.stream:
        assert [] == [one for one in sent.split("\n") if one and not one.startswith(_FIELDS)]
        assert [text] == ["".join(texts(case))]


_FIELDS = ("data: ", "event: ")


def empty_fragments(case: Case) -> None:
    """Half of the fragments are empty, and without them all is as it would have been."""
    heard, clean = case.heard, case.manner.hear(case.clean)
    assert (clean.text, clean.calls, clean.end) == (heard.text, heard.calls, heard.end)
    (said,) = pieces(case).values()
    assert abs(said.count("") - len(said) / 2) <= 1
    assert texts(case).count("") >= len(list(filter(None, texts(case)))) > 2
    if case.manner.dialect == "responses":
        assert [*range(len(case.events))] == [event["sequence_number"] for event in case.events]


def huge(case: Case) -> None:
    """There are 100 kB of arguments, in hundreds of fragments."""
    (call,) = case.heard.calls
    assert {"text": DULL.strip()} == {"text": json.loads(call.arguments)["text"].strip()}
    assert len(call.arguments) > 90_000
    if case.manner.stream:
        assert [True] == [len(found) > 300 for found in pieces(case).values()]
    assert second(case).text


def deep(case: Case) -> None:
    """Forty objects stand within each other."""
    called_with('{"a":' * 39 + "{}" + "}" * 39, json.loads('{"a":' * 39 + "{}" + "}" * 39), case)


def long_ids(case: Case) -> None:
    """Both ids have 64 characters and a common beginning, and the results are told apart."""
    one, two = (call.id for call in case.heard.calls)
    assert ([64, 64], one[:-1]) == ([len(one), len(two)], two[:-1])
    assert one != two
    assert second(case).text


def three_calls(case: Case) -> None:
    """Fragments of three calls come in this order, and each call is whole."""
    numbers = [number for number, piece in _in_order(case) if piece]
    base = min(numbers)
    assert [0, 0, 1, 2, 0, 2, 2, 1, 0, 1, 1, 2] == [n - base for n in numbers[:12]]
    assert [["restaurant", "guests"]] * 3 == [
        [*json.loads(call.arguments)] for call in case.heard.calls
    ]
    assert [call.arguments for call in case.heard.calls] == [*map("".join, pieces(case).values())]


def quotes(lines: list[str], case: Case) -> None:
    """The answer to the result has these lines, is whole and good, and makes no call."""
    assert NAMES == [call.name for call in case.heard.calls]
    answer = second(case)
    assert lines == [line for line in lines if line in answer.text.split("\n")]
    ends = {"chat": "stop", "responses": "completed"}
    assert ((), ends[case.manner.dialect]) == (answer.calls, answer.end)


def quotes_a_stream(case: Case) -> None:
    """Both texts have an end in them, and go on behind it; the stream's own comes once, last."""
    assert NAMES == [call.name for call in case.heard.calls]
    first, then = case.heard.text, second(case).text
    assert all("\ndata: [DONE]\n" in text for text in (first, then))
    assert ('data: {"error":', True) == (first.split("\n")[1][:15], then.endswith("all."))
    if case.manner == Manner(stream=True):
        assert ["[DONE]"] == [text for text in case.data if text.strip() == "[DONE]"]


def spaces(case: Case) -> None:
    """The answer has all its white space, at both ends too."""
    assert "\n\n    def f():\n\n\treturn 1  \n\n" == second(case).text


def unknown_fields(case: Case) -> None:
    """Every event has the fields, and is without them what it would have been."""
    assert {"id": "t-1", "hops": [1, 2]} == case.events[0]["x_trace"]
    own = [event for event in case.events if "x_trace" in event]
    assert len(own) >= len(case.events) - 1
    assert own or not case.manner.stream
    clean = case.clean.events if case.manner.stream else [case.clean.json]
    assert clean == [_without(event) for event in case.events]


def _without(value: Json) -> Json:
    if isinstance(value, list):
        return [_without(each) for each in value]
    if isinstance(value, dict):
        return {key: _without(v) for key, v in value.items() if not key.startswith("x_")}
    return value


def _action() -> list[str]:
    return [f"Action: {NAMES[0]}", "Action Input: {}", "Observation: done"]


_CALL: str = json.dumps({"name": NAMES[0], "arguments": {}})
_MEANT: JsonObject = {"text": "a  b", "list": [1, 2, []], "more": {}}

PROOFS: dict[str, Proof] = {
    "sound/big-numbers": partial(called_with, NUMBERS, json.loads(NUMBERS)),
    "sound/call-quoted-as-action": partial(quotes, _action()),
    "sound/call-quoted-in-markdown": partial(quotes, ["```json", _CALL, "```"]),
    "sound/call-quoted-in-tags": partial(quotes, [f"<tool_call>{_CALL}</tool_call>"]),
    "sound/deep-arguments": deep,
    "sound/empty-fragments": empty_fragments,
    "sound/escapes": partial(called_with, ESCAPES, json.loads(ESCAPES)),
    "sound/huge-arguments": huge,
    "sound/line-separators": partial(same_in_both, SEPARATORS, "\u2028\u2029\u0085"),
    "sound/long-call-ids": long_ids,
    "sound/odd-formatting": partial(called_with, ODD_FORMAT, _MEANT),
    "sound/raw-characters": partial(same_in_both, CHARACTERS, CHARACTERS),
    "sound/spaces-in-text": spaces,
    "sound/stream-quoted-in-text": quotes_a_stream,
    "sound/strings-like-values": partial(
        called_with, json.dumps(STRINGS, separators=(",", ":")), STRINGS
    ),
    "sound/three-calls-at-random": three_calls,
    "sound/unknown-fields": unknown_fields,
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """What looks odd is there, byte for byte, and a reader who holds to the standards gets all."""
    prove(name, manner, PROOFS[name])


def test_each_has_its_proof() -> None:
    """A control without a proof would prove nothing about a client."""
    assert sorted(PROOFS) == sorted(name for name in BUILTIN.named if name.startswith("sound/"))
