"""From a drawn answer to its stream: authored as a scenario, and played by the engine itself."""

from __future__ import annotations

import json
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from mockrouter.dialects import DIALECTS
from mockrouter.engine.engine import Engine
from mockrouter.engine.exchange import Exchange
from mockrouter.engine.fields import fields_of
from mockrouter.engine.targets import target_of
from mockrouter.entries.yaml_text import yaml_text
from mockrouter.profiles import PROFILES
from mockrouter.scenario.library import Library, load_value
from mockrouter.strategies.values import Reply, Stream
from mockrouter.values import Json, JsonObject, compact

_HEADERS: Final = {"content-type": "application/json"}
_ADDRESS: Final = "http://127.0.0.1:4099"
_SPREAD: Final = ("turns", "say", "faults")


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A request.

    Attributes:
        dialect: The format's name.

        profile: The provider's.

        usage: Whether token counts are asked for, where a provider sends none unasked.
    """

    dialect: str
    profile: str
    usage: bool = False

    @property
    def path(self) -> str:
        """Where it is sent."""
        return PROFILES[self.profile].base + DIALECTS[self.dialect].path

    @property
    def body(self) -> JsonObject:
        """What is sent."""
        body: JsonObject = {"model": "gpt-4o", "stream": True}
        if self.dialect == "responses":
            return body | {"input": "Hi"}
        body["messages"] = [{"role": "user", "content": "Hi"}]
        return body | ({"stream_options": {"include_usage": True}} if self.usage else {})


@dataclass(frozen=True, slots=True)
class Played:
    """
    An answer as it went out.

    Attributes:
        asked: What it answers.

        document: The scenario, as a value; each of its faults has found something to do.

        exchange: What the engine made of it.
    """

    asked: Asked
    document: JsonObject
    exchange: Exchange

    @property
    def body(self) -> bytes:
        """All bytes that it sends."""
        return self.exchange.wire.body if self.exchange.wire else b""


def play(asked: Asked, turn: JsonObject, name: str = "") -> Played:
    """
    Play a turn, without those of its faults that find nothing to do.

    Args:
        asked: The request.

        turn: In the words of a scenario file.

        name: Of the scenario; else one made of what is asked and said, so that ids, which come of
            it, are the same again.

    Raises:
        ScenarioError: The turn is no turn.
    """
    name = name or _name(asked, turn)
    while True:
        document: JsonObject = {"name": name, "turns": [turn]}
        exchange = _exchange(asked, document)
        idle = exchange.compiled.idle if exchange.compiled else {}
        if not idle:
            return Played(asked, document, exchange)
        turn = with_faults(
            turn, [fault for at, fault in enumerate(turn["faults"]) if at not in idle]
        )


def with_faults(turn: JsonObject, faults: Sequence[Json]) -> JsonObject:
    """Give a turn these faults, and no others."""
    rest = {key: value for key, value in turn.items() if key != "faults"}
    return rest | ({"faults": list(faults)} if faults else {})


def stream_of(played: Played, reply: Reply) -> Stream:
    """Make the stream of what was played, which was to send *reply*."""
    asked, wire = played.asked, played.exchange.wire
    assert wire is not None  # noqa: S101 - the engine always answers
    return Stream(
        writes=tuple(frame.data for frame in wire.frames if frame.data),
        reply=reply,
        scenario=_text(asked, played.document),
        request=asked.body,
        path=asked.path,
        dialect=asked.dialect,
        profile=asked.profile,
        status=wire.status if wire.headers_sent else 0,
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in wire.headers},
        ending=wire.ending,
    )


def _name(asked: Asked, turn: JsonObject) -> str:
    made = blake2b(compact([asked.path, asked.body, turn]).encode("utf-8", "surrogatepass"))
    return f"stream-{made.hexdigest()[:8]}"


def _text(asked: Asked, document: JsonObject) -> str:
    body = compact(asked.body)
    return (
        f"# mockrouter serve {document['name']}.yaml\n"
        f"# curl -N {_ADDRESS}{asked.path} -d '{body}'\n"
        f"{yaml_text(document, _SPREAD)}"
    )


def _exchange(asked: Asked, document: JsonObject) -> Exchange:
    scenario = load_value(document)
    engine = Engine(Library((scenario,), {scenario.name: scenario}))
    target = target_of(asked.path)
    assert target is not None  # noqa: S101 - every profile's path leads to it
    raw = json.dumps(asked.body, separators=(",", ":")).encode()
    fields = fields_of(_HEADERS)
    exchange = engine.open(target, "POST", asked.path, fields)
    _run(engine.answer(exchange, target, DIALECTS[asked.dialect], raw, fields))
    if exchange.error:
        message = f"the mock does not answer its own scenario: {exchange.error}; please report it"
        raise RuntimeError(message)
    return exchange


def _run(answering: Coroutine[None, None, None]) -> None:
    """Let the engine answer; with nothing to wait for it needs no event loop."""
    try:
        answering.send(None)
    except StopIteration:
        return
    answering.close()
    raise RuntimeError("the engine waits for something; streams are drawn without an event loop")
