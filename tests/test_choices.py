"""Several choices in a chat reply: how many, and what stands in which."""

from __future__ import annotations

import json

from mockrouter.entries import entries
from mockrouter.values import Json, JsonObject
from scripts import ask, chat, engine

PLACED = """
turns:
  - say:
      - {text: Let me look., choice: 0}
      - {tool_call: any, arguments: {city: Oslo}, choice: 1}
"""


def choices(script: str, **fields: Json) -> list[JsonObject]:
    """Read the choices of a reply, those of a stream put together."""
    wire, _ = ask(engine(script), chat(**fields))
    if not wire.stream:
        found: list[JsonObject] = json.loads(wire.body)["choices"]
        return found
    made: dict[int, JsonObject] = {}
    for frame in wire.frames:
        for choice in (
            frame.data.startswith(b"data: {") and json.loads(frame.data[6:])["choices"]
        ) or ():
            one = made.setdefault(choice["index"], {"message": {"content": "", "tool_calls": []}})
            delta = choice["delta"]
            one["message"]["content"] += delta.get("content") or ""
            one["message"]["tool_calls"] += delta.get("tool_calls") or []
            one["finish_reason"] = choice["finish_reason"]
    return [made[index] for index in sorted(made)]


def test_parts_stand_in_the_choices_that_are_named() -> None:
    """Text in one and a call in the other, each with its own reason to end."""
    for stream in (False, True):
        first, second = choices(PLACED, stream=stream)

        assert ("Let me look.", "stop") == (first["message"]["content"], first["finish_reason"])
        assert "tool_calls" == second["finish_reason"]
        assert not first["message"].get("tool_calls")
        assert "get_weather" == second["message"]["tool_calls"][0]["function"]["name"]
        assert 0 == second["message"]["tool_calls"][0].get("index", 0)


def test_as_many_choices_as_are_written() -> None:
    """Whatever `n` asks for; without the key as many as are asked for and placed."""
    for stream in (False, True):
        three = "turns: [{say: [{text: Hi}], choices: 3}]"

        assert ["Hi"] * 3 == [c["message"]["content"] for c in choices(three, stream=stream)]
        assert 4 == len(choices(PLACED, stream=stream, n=4))


def test_the_journal_knows_the_calls_of_every_choice() -> None:
    """The id that it shows is the one that went out."""
    served = engine(PLACED)
    wire, exchange = ask(served, chat())
    (entry,) = entries([exchange])
    sent = json.loads(wire.body)["choices"][1]["message"]["tool_calls"][0]

    assert [sent["id"]] == [call.id for call in entry.calls]


def test_a_call_can_be_repeated() -> None:
    """Each has an id of its own, and arguments of its own where they are made up."""
    (choice,) = choices("turns: [{say: [{tool_call: any, repeat: 3}]}]")
    ids = {call["id"] for call in choice["message"]["tool_calls"]}

    assert 3 == len(ids)
