"""
What a proof gets: a scenario's answers off a socket, and what they were had nothing gone wrong.

A proof is a function from a ``Case`` that asserts what the scenario claims. Each test file of this
folder has a table of them, from the scenario's name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeAlias
from urllib.parse import urlsplit

import yaml

from asgi import BUILTIN, Answer, Client
from catalogue.reading import Read, read
from event_stream import data_of
from loop import MANNERS, Heard, Manner, talk
from mockrouter import catalogue
from mockrouter.entries import Entry
from mockrouter.harness.mock import MockRouter
from mockrouter.profiles import OPENAI
from mockrouter.scenario.library import Library, load_text
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Wire

FUNCTIONS: list[JsonObject] = [
    {
        "name": "book_table",
        "description": "Book a table in a restaurant.",
        "parameters": {
            "type": "object",
            "properties": {
                "restaurant": {"type": "string"},
                "guests": {"type": "integer", "minimum": 1},
            },
            "required": ["restaurant", "guests"],
        },
    }
]
NAMES = [function["name"] for function in FUNCTIONS]
USER: JsonObject = {"role": "user", "content": "Hi"}
SECOND: list[JsonObject] = [USER, {"role": "assistant", "content": "Let me look."}, USER]
"""What the second turn answers."""

OPENAI_MANNERS = [manner for manner in MANNERS if manner.profile is OPENAI]


@dataclass(frozen=True)
class Case:
    """
    A scenario, asked in one manner.

    Attributes:
        name: Of the scenario.

        manner: How it is asked.

        mock: Serves it to this case alone, with no waits.
    """

    name: str
    manner: Manner
    mock: MockRouter

    def ask(self, history: Iterable[JsonObject] = (USER,), **more: Json) -> Read:
        """Ask over a socket, offering ``FUNCTIONS``; a further key of None is left out."""
        return self.post(self.manner.path(self.name), _body(self.manner, history, more))

    def post(self, path: str, body: Json, **headers: str) -> Read:
        """Send a body over a socket."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        number = len(self.mock.requests)
        silent = partial(self._answered, number) if _stalls(self.name) else None
        return read(f"{self.mock.root_url}{path}", body, named, silent=silent)

    def _answered(self, number: int) -> Wire | None:
        asked = self.mock.requests
        return asked[number].wire if len(asked) > number else None

    def talk(self, **settings: Json) -> Iterator[Heard]:
        """Run a simple client's loop over sockets; see ``loop.talk``."""
        return talk(self, self.manner, FUNCTIONS, scenario=self.name, **settings)

    @cached_property
    def faulty(self) -> Read:
        """The first answer."""
        return self.ask()

    @cached_property
    def clean(self) -> Answer:
        """The same, had the file no ``faults``, no ``malformed`` and no error beside a reply."""
        return self.clean_of((USER,))

    def clean_of(self, history: Iterable[JsonObject]) -> Answer:
        """Answer another history, had the file none of these."""
        library = Library((), {self.name: load_text(_clean(self.name), name=self.name)})
        return self._in_process(Client(library), history)

    @cached_property
    def timed(self) -> Answer:
        """The first answer as it comes in process, by a clock that jumps: when each write was."""
        return self._in_process(Client(), (USER,))

    def _in_process(self, client: Client, history: Iterable[JsonObject]) -> Answer:
        # Ids are made from the namespace too.
        place = urlsplit(self.mock.root_url).path
        path = f"{place}{self.manner.path(self.name)}"
        return client.post(path, _body(self.manner, history, {}))

    def turns(self) -> list[tuple[Answer, Read]]:
        """List what would have come and what came, in the first turn and in the second."""
        return [(self.clean, self.faulty), (self.clean_of(SECOND), self.ask(SECOND))]

    @property
    def heard(self) -> Heard:
        """What a simple client understands of the first answer."""
        return self.manner.hear(self.faulty)

    @property
    def data(self) -> list[str]:
        """The data of each event of the first answer, as the standard reads it."""
        return data_of(self.faulty.body)

    @property
    def events(self) -> list[Json]:
        """The same as JSON, without [DONE]; a plain body is the only event."""
        if not self.manner.stream:
            return [self.faulty.json]
        return [json.loads(text) for text in self.data if text != "[DONE]"]

    @property
    def entries(self) -> list[Entry]:
        """What the journal has of it."""
        return self.mock.requests


Proof: TypeAlias = Callable[[Case], None]


def cases(names: Iterable[str]) -> list[tuple[str, Manner]]:
    """List each scenario with each manner that its tags claim."""
    return [(name, manner) for name in names for manner in OPENAI_MANNERS if claims(name, manner)]


def claims(name: str, manner: Manner) -> bool:
    """Say whether the tags name this format and mode; without ``stream`` and ``plain`` both."""
    tags = BUILTIN.named[name].model.tags
    modes = {"stream", "plain"} & {*tags} or {"stream", "plain"}
    return manner.dialect in tags and ("stream" if manner.stream else "plain") in modes


def _body(manner: Manner, history: Iterable[JsonObject], more: Mapping[str, Json]) -> JsonObject:
    body = manner.body([*history], **{"tools": manner.tools(FUNCTIONS), **more})
    return {key: value for key, value in body.items() if value is not None}


def _stalls(name: str) -> bool:
    said = BUILTIN.named[name].model.model_dump_json()
    return any(f'"{fault}"' in said for fault in ("stall", "keep_open"))


def _clean(name: str) -> str:
    text = (catalogue.folder() / f"{name}.yaml").read_text("utf-8")
    return json.dumps(_without_faults(yaml.safe_load(text)), ensure_ascii=False)


def _without_faults(value: Json) -> Json:
    if isinstance(value, dict):
        left_out = {"faults", "malformed"} | ({"error"} if "say" in value else set())
        return {key: _without_faults(v) for key, v in value.items() if key not in left_out}
    return [_without_faults(each) for each in value] if isinstance(value, list) else value
