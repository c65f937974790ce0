"""Requirements on what must be able to go wrong; see ``test_requirements`` for [S…]."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from asgi import Client
from loop import MANNERS, Call, Manner, talk
from requirement_samples import WEATHER, ask, function

EACH = pytest.mark.parametrize("manner", MANNERS, ids=str)


@EACH
def test_calls_without_end(manner: Manner) -> None:
    """[S8] A script can call for ever; a client that allows five rounds makes five requests."""
    client = Client()

    heard = list(talk(client, manner, [WEATHER], scenario="loops/endless", most=5))

    assert [1] * 5 == [len(each.calls) for each in heard]
    assert 5 == len(client.exchanges)


@EACH
def test_unknown_names(manner: Manner) -> None:
    """[S10] [S73] A name that is not offered is served, and what the client says to it comes in."""
    client = Client()
    unknown = json.dumps({"error": "Unknown tool: tool_that_nobody_offers"})

    call, last = talk(
        client, manner, [WEATHER], scenario="turns/unknown-tool", run=lambda _: unknown
    )

    assert ["tool_that_nobody_offers"] == [each.name for each in call.calls]
    assert "stop" == last.end or manner.dialect == "responses"
    assert "Unknown tool" in json.dumps(client.bodies[1])


@EACH
def test_a_turn_matches_on_the_clients_error(manner: Manner) -> None:
    """[S11] After arguments against the schema, the next turn can look for the client's error."""
    script = """
    turns:
      - say: [{tool_call: get_weather, malformed: missing_required}]
      - cases:
          - when: {result: '"error"'}
            say: [{text: I left out the location.}]
    """

    def run(call: Call) -> str:
        found = Draft202012Validator(WEATHER["parameters"]).iter_errors(json.loads(call.arguments))
        return json.dumps({"error": "; ".join(error.message for error in found)})

    client = Client.playing(script)
    _, last = talk(client, manner, [WEATHER], run=run)

    assert "I left out the location." == last.text
    assert "'location' is a required property" in json.dumps(client.bodies[1])


@EACH
@pytest.mark.parametrize("name", ["not_json", "truncated", "missing_brace", "empty"])
def test_malformed_json(manner: Manner, name: str) -> None:
    """[S16] [S82] Arguments that are no JSON come streamed and not, and a retry may be good."""
    script = f"""
    turns:
      - say: [{{tool_call: get_weather, malformed: {name}}}]
      - say: [{{tool_call: get_weather}}]
      - say: [{{text: Good.}}]
    """

    bad, good, last = talk(Client.playing(script), manner, [WEATHER])

    with pytest.raises(ValueError, match=r"."):
        json.loads(bad.calls[0].arguments)
    assert "location" in json.loads(good.calls[0].arguments)
    assert "Good." == last.text


@EACH
@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("missing_required", "required"),
        ("unknown_property", "additionalProperties"),
        ("wrong_type", "type"),
        ("enum_violation", "enum"),
    ],
)
def test_schema_violations(manner: Manner, name: str, rule: str) -> None:
    """[S18] [S82] Each way to break the schema breaks just the rule that it names."""
    paint = function(
        "paint",
        "Paint a wall.",
        {"color": {"type": "string", "enum": ["red", "blue"]}, "coats": {"type": "integer"}},
    )
    paint["parameters"]["additionalProperties"] = False
    script = f"turns: [{{say: [{{tool_call: paint, malformed: {name}}}]}}]"

    (call,) = manner.hear(ask(Client.playing(script), manner, "Paint it.", paint)).calls

    found = Draft202012Validator(paint["parameters"]).iter_errors(json.loads(call.arguments))
    assert rule in {error.validator for error in found}


@EACH
@pytest.mark.parametrize(
    "part", ["text: Half of an", "tool_call: get_weather, malformed: truncated"]
)
def test_the_token_limit(manner: Manner, part: str) -> None:
    """[S22] A reply can end by ``length``, in the middle of a text or of arguments."""
    script = f"turns: [{{say: [{{{part}}}], finish_reason: length}}]"

    heard = manner.hear(ask(Client.playing(script), manner, "Hi", WEATHER, max_tokens=5))

    assert {"chat": "length", "responses": "incomplete"}[manner.dialect] == heard.end
    if heard.calls:
        with pytest.raises(ValueError, match=r"."):
            json.loads(heard.calls[0].arguments)
    else:
        assert "Half of an" == heard.text


@EACH
def test_rate_limits_by_number(manner: Manner) -> None:
    """[S86] The first requests meet 429 with ``Retry-After``, and then it is well."""
    client = Client()
    body = manner.body([{"role": "user", "content": "Hi"}], tools=manner.tools([WEATHER]))
    path = manner.path("errors/rate-limit-then-success")

    tries = [client.post(path, body) for _ in range(3)]

    assert [(429, "1"), (429, "2"), (200, None)] == [
        (each.status, each.headers.get("retry-after")) for each in tries
    ]
