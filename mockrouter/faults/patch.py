"""Patch: fields of events are another, missing, or named otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Literal, Self

from pydantic import Field, model_validator

from mockrouter.errors import FaultError
from mockrouter.faults.base import Fill, FrameFault, Loc
from mockrouter.faults.events import Templated, about, writer
from mockrouter.faults.limits import Room
from mockrouter.patterns import Path
from mockrouter.values import Json
from mockrouter.wire import Wire


class Patch(FrameFault, Templated):
    """
    Change fields of events.

    In YAML: ``{fault: patch, label: tool_call, set: {"choices[0].delta.tool_calls[0].index": 0}}``.
    A field that an event has no place for is left out there; one for which none of them has a place
    is a mistake. Indices that are missing, null or always 0 (openai-python#2806, smolagents#1569),
    ids that are empty (opencode#40969) or repeated (koog#2002), and most of what else providers do
    to events.
    """

    names = (*Templated.names, "value")

    fault: Literal["patch"] = Field(default="patch", description="Change fields of events.")
    delete: tuple[Path, ...] = Field(
        default=(), description="Paths of fields that are left out; done first."
    )
    rename: dict[Path, str] = Field(
        default_factory=dict, description="Paths of fields, with the key that each gets instead."
    )
    set: dict[Path, Json] = Field(
        default_factory=dict,
        description="Paths of fields, new or not, with their values; texts may be templates.",
    )

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not (self.delete or self.rename or self.set):
            message = "the patch changes nothing; add 'set', 'delete' or 'rename'"
            raise ValueError(message)
        return self

    def values(self) -> Iterator[tuple[Loc, Json]]:
        """List the new values."""
        return ((("set", path), value) for path, value in self.set.items())

    def strike(self, wire: Wire, rng: Random, fill: Fill) -> Wire:
        """Change each event that has a place for one of the fields, and write it anew."""
        frames, write = list(wire.frames), writer(wire)
        room = Room.beside(self.fault, wire)
        missing = dict.fromkeys((*self.delete, *self.rename, *self.set))
        groups = self.chosen(wire, rng)
        for group in groups:
            for place, names in about(wire, group):
                event = deepcopy(names["event"])
                found = self._change(event, fill, names)
                if found:
                    frames[place] = replace(frames[place], data=write(event), event=event)
                    room.grow(frames[place])
                for path in found:
                    missing.pop(path, None)
        if missing:
            path = next(iter(missing))
            stop = path.stops_in(wire.frames[groups[0].chosen[0]].event)
            message = f"patch finds no {path} in the events that it selects; in the first, {stop}"
            raise FaultError(message)
        return replace(wire, frames=tuple(frames))

    def _change(self, event: Json, fill: Fill, names: Mapping[str, Json]) -> list[Path]:
        """Change an event in its place; gives the paths that were found."""
        found: list[Path] = []
        for path in self.delete:
            for outer, key in reversed(path.places_in(event)):
                del outer[key]
                found.append(path)
        for path, new in self.rename.items():
            for outer, key in path.places_in(event):
                if isinstance(outer, dict):
                    _rename(outer, key, new)
                    found.append(path)
        for path, value in self.set.items():
            for outer, key in path.places_in(event, new=True):
                old = outer.get(key) if isinstance(outer, dict) else outer[key]
                own = {**names, "value": old, "joined": _at(path, names["joined"])}
                outer[key] = deepcopy(fill(value, own))
                found.append(path)
        return found


def _rename(outer: dict[str, Json], key: str | int, new: str) -> None:
    """Give a member another key, in its place."""
    members = [(new if name == key else name, value) for name, value in outer.items()]
    outer.clear()
    outer.update(members)


def _at(path: Path, joined: Json) -> Json:
    """Let ``joined()`` without a path mean the one at hand."""
    return lambda other=path: joined(other)
