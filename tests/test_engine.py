"""From a request's bytes to the wire that answers it."""

from __future__ import annotations

import asyncio
import json
from itertools import product

import pytest

from mockrouter.dialects import DIALECTS
from mockrouter.engine.fields import fields_of
from mockrouter.engine.targets import target_of
from mockrouter.entries import entries
from mockrouter.profiles import PROFILES
from mockrouter.values import JsonObject
from mockrouter.wire import Ending, Label
from scripts import USER, WEATHER, ask, chat, engine, said

CALL = "turns: [{say: [{tool_call: get_weather, arguments: {city: Tokyo}}]}]\nthen: repeat"


RESPONSES = "/v1/responses"


def request(dialect: str, *, stream: bool, words: str = "Weather in Tokyo?") -> JsonObject:
    """Ask for the weather in either format."""
    if dialect == "chat":
        return chat({"role": "user", "content": words}, stream=stream)
    tool = {"type": "function", **WEATHER["function"]}
    return {"model": "gpt-4o", "input": words, "tools": [tool], "stream": stream}


EVERYTHING = list(product(DIALECTS, PROFILES, (True, False), ("auto", "s0")))


@pytest.mark.parametrize(("dialect", "profile", "stream", "scenario"), EVERYTHING)
def test_the_same_request_gets_the_same_bytes(
    dialect: str,
    profile: str,
    stream: bool,  # noqa: FBT001
    scenario: str,
) -> None:
    """On another server, and whatever came between, ids and `created` included."""
    path = f"/s/{scenario}{PROFILES[profile].base}{DIALECTS[dialect].path}"
    first, second = engine(CALL), engine(CALL)
    for number in range(3):
        ask(second, request(dialect, stream=True, words=f"noise {number}"), path=path)

    one, _ = ask(first, request(dialect, stream=stream), path=path)
    again, _ = ask(first, request(dialect, stream=stream), path=path)
    other, _ = ask(second, request(dialect, stream=stream), path=path)

    assert one == again == other


def test_many_at_once_get_their_own_bytes() -> None:
    """A hundred conversations at once are each answered as if alone."""
    served, alone = engine(CALL), engine(CALL)
    target = target_of("/v1/chat/completions")
    assert target is not None
    bodies = [json.dumps(request("chat", stream=True, words=f"Number {n}?")) for n in range(100)]

    async def all_at_once() -> list[bytes]:
        async def one(body: str) -> bytes:
            exchange = served.open(target, "POST", "/", fields_of({}))
            await served.answer(exchange, target, DIALECTS["chat"], body.encode(), fields_of({}))
            assert exchange.wire is not None
            return exchange.wire.body

        return await asyncio.gather(*map(one, bodies))

    together = asyncio.run(all_at_once())

    assert together == [ask(alone, body.encode())[0].body for body in bodies]
    assert len(set(together)) == 100


def test_another_seed_gives_other_ids() -> None:
    """The seed is the chance of everything."""
    one = said(ask(engine(CALL, seed=1), chat())[0])
    two = said(ask(engine(CALL, seed=2), chat())[0])

    assert one["tool_calls"][0]["id"] != two["tool_calls"][0]["id"]


def test_a_static_reply_is_compiled_once() -> None:
    """What owes nothing to the request is kept, whatever the words of the request."""
    served = engine(CALL)
    for number in range(50):
        ask(served, request("chat", stream=True, words=f"Number {number + 10}?"))

    assert served.root.kept.compiled == 1


@pytest.mark.parametrize(
    ("say", "fields", "limit"),
    [
        ("{text: \"{{ 'a ' * 60000 }}\"}", {"stream": True}, "'stream: {text: 1000 chars}'"),
        ("{text: \"{{ 'a ' * 60000 }}\"}", {}, None),
        ("{text: \"{{ 'a ' * 6000 }}\"}", {"stream": True, "n": 9}, "more than 50000 fragments"),
        ("{text: \"{{ 'a ' * 6000 }}\"}", {"stream": True}, None),
        (
            "{tool_call: a, repeat: 1000, arguments: \"{{ 'a' * 1000000 }}\", cut: whole}",
            {},
            "the reply has more than 32000000 characters; write less, or repeat it fewer times",
        ),
    ],
)
def test_a_reply_is_not_too_long(say: str, fields: JsonObject, limit: str | None) -> None:
    """What would keep all others waiting is refused at once, with its remedy."""
    wire, exchange = ask(engine(f"turns: [{{say: [{say}]}}]"), chat(**fields))

    if limit is None:
        assert (wire.status, exchange.error) == (200, "")
    else:
        assert (wire.status, exchange.error) == (500, "mockrouter_too_long")
        assert limit in json.loads(wire.body)["error"]["message"]


def test_many_calls_are_numbered_in_their_order() -> None:
    """Each fragment names its own call, however many there are."""
    script = "turns: [{say: [{tool_call: a, repeat: 300, arguments: '{}', cut: 1 char}]}]"
    wire, _ = ask(engine(script), chat(stream=True))

    calls = [frame.call for frame in wire.frames if frame.call is not None]
    assert [number for number in range(300) for _ in range(3)] == calls


def test_faults_and_pace_reach_the_wire() -> None:
    """A turn's pace and faults are applied in order."""
    script = """
    turns:
      - say: [{tool_call: get_weather, arguments: {city: Tokyo}}]
        pace: {ttft: 0.5, itl: 0.1}
        faults: [{fault: disconnect, label: tool_call, after: 2}]
    """
    wire, _ = ask(engine(script), chat(stream=True))
    calls = [frame for frame in wire.frames if frame.label is Label.TOOL_CALL]

    assert wire.ending is Ending.DISCONNECT
    assert len(calls) == 2
    assert [0.5, 0.1] == [round(frame.delay, 6) for frame in calls]


def test_previous_response_id_recalls_the_conversation() -> None:
    """OpenAI's profile goes on from its own response, with the new items alone."""
    served = engine(
        """
        turns:
          - say: [{tool_call: get_weather, arguments: {city: Tokyo}}]
          - say: [{text: "{{ calls.get_weather.city }}: {{ results.get_weather.temp }}"}]
        """
    )
    first = json.loads(ask(served, request("responses", stream=False), path=RESPONSES)[0].body)
    call = first["output"][0]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": '{"temp": 9}'}
    more = {"model": "m", "previous_response_id": first["id"], "input": [output]}
    second = json.loads(ask(served, more, path=RESPONSES)[0].body)

    assert second["output"][0]["content"][0]["text"] == "Tokyo: 9"
    assert second["previous_response_id"] == first["id"]


def test_an_unknown_previous_response_is_refused() -> None:
    """An id that nobody gave gets the real API's error."""
    body = {"model": "m", "input": "Hi", "previous_response_id": "resp_unknown"}
    wire, _ = ask(engine(), body, path=RESPONSES)

    assert json.loads(wire.body)["error"]["code"] == "previous_response_not_found"


def test_a_forgotten_response_still_says_its_turn() -> None:
    """After a restart the id that the server made is enough to go on."""
    script = "turns: [{say: [{text: One.}]}, {say: [{text: Two.}]}]"
    opening = request("responses", stream=False)
    first = json.loads(ask(engine(script), opening, path=RESPONSES)[0].body)
    more = {"model": "m", "previous_response_id": first["id"], "input": "And?"}
    second = json.loads(ask(engine(script), more, path=RESPONSES)[0].body)

    assert second["output"][0]["content"][0]["text"] == "Two."


@pytest.mark.parametrize(
    ("value", "status"), [({"store": True}, 400), ({"previous_response_id": "resp_1"}, 400)]
)
def test_openrouter_keeps_no_state(value: JsonObject, status: int) -> None:
    """[S55] `store: true` and `previous_response_id` are refused there."""
    wire, _ = ask(engine(), {"model": "m", "input": "Hi", **value}, path="/api/v1/responses")

    assert wire.status == status


def test_the_journal_is_bounded_and_redacted() -> None:
    """It holds the newest exchanges, and no key."""
    served = engine(CALL)
    served.journal.most = 3
    for _ in range(5):
        ask(served, chat(), headers={"authorization": "Bearer sk-secret", "x-title": "Mine"})
    shown = [entry.to_json() for entry in entries(served.journal)]

    assert [3, 4, 5] == [each["number"] for each in shown]
    assert "sk-secret" not in json.dumps(shown)
    assert shown[0]["request"]["headers"]["x-title"] == "Mine"
    assert shown[0]["request"]["body"]["messages"] == [USER]


def test_the_journal_is_bounded_by_bytes() -> None:
    """Large bodies push older exchanges out."""
    served = engine(CALL)
    served.journal.most_bytes = 50_000
    for _ in range(10):
        ask(served, chat({"role": "user", "content": "x" * 20_000}))

    assert 1 <= len(served.journal) <= 2


def test_uuids_are_unique_and_repeatable() -> None:
    """Another conversation gets another UUID, the same request the same."""
    script = "turns: [{say: [{text: '{{ uuid() }} {{ uuid() }}'}]}]"
    first = said(ask(engine(script), chat())[0])["content"]
    other = said(ask(engine(script), chat({"role": "user", "content": "Hi"}))[0])["content"]

    assert first == said(ask(engine(script), chat())[0])["content"]
    assert len({*first.split(), *other.split()}) == 4


def test_forgetting_requests_forgets_attempts() -> None:
    """After a reset the first attempt comes again."""
    served = engine("turns: [{attempts: [{error: 429}, {say: [{text: x}]}]}]")
    first = ask(served, chat())[0].status
    asyncio.run(served.reset())

    assert first == ask(served, chat())[0].status == 429
    assert len(served.journal) == 1
