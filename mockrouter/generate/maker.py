"""The walk through a schema that makes a value: one random source for each path."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING

from mockrouter.generate.arrays import make_array
from mockrouter.generate.flatten import Flattener, merge
from mockrouter.generate.numeric import integer, number
from mockrouter.generate.objects import make_object
from mockrouter.generate.place import OutOfSteps, Path, Place, Unsatisfiable
from mockrouter.generate.text import string
from mockrouter.generate.words import LONGEST, candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockrouter.generate.judge import Judge
    from mockrouter.values import Json, JsonObject

_ATTEMPTS = 24
_STEPS = 10_000
_DEEPEST = 40
_DEEP = 3
_MOST_BRANCHES = 8
_KINDS = ("string", "integer", "boolean", "object", "array", "null")
_TELLING = (
    ("object", ("properties", "required", "additionalProperties", "minProperties")),
    ("object", ("patternProperties", "propertyNames", "dependentRequired")),
    ("array", ("items", "prefixItems", "contains", "minItems", "uniqueItems")),
    ("string", ("pattern", "format", "minLength", "maxLength")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)


_SCALARS: dict[str, Callable[[JsonObject, str, Path, Random, int], Json]] = {
    "string": string,
    "integer": integer,
    "number": number,
    "null": lambda *_: None,
}


class _Choices:
    """Chooses branches: in an order of its own at each path, by chance once all had their turn."""

    def __init__(self, rng: Random, attempt: int, *, simplest: bool) -> None:
        self._rng, self._attempt, self._simplest = rng, attempt, simplest
        self.made = False

    def pick(self, branches: list[Json]) -> Json:
        self.made = self.made or len(branches) > 1
        order = self._rng.sample(branches, len(branches))
        if self._simplest:
            # Deep down, so that a schema which contains itself comes to an end.
            order.sort(key=lambda branch: "$ref" in json.dumps(branch))
        return order[self._attempt] if self._attempt < len(order) else self._rng.choice(order)


class Maker:
    """Makes values valid under one schema and its parts."""

    def __init__(self, judge: Judge, seed: str) -> None:
        """Draw all chance from *seed*."""
        self._judge = judge
        self._seed = seed
        self._left = _STEPS

    def make(self, schema: Json, place: Place, start: int = 0) -> Json:
        """
        Make a value.

        Args:
            schema: The whole schema or a part of it.

            place: Where the value will stand.

            start: Number of the first attempt; another one makes another value.

        Raises:
            Unsatisfiable: There is no such value, or it was not found.
        """
        if start == 0:
            for suggestion in self._suggestions(schema, place):
                if self._judge.accepts(suggestion, schema):
                    return suggestion
        failure = Unsatisfiable(place.path, "no value was found")
        for attempt in range(start, start + _ATTEMPTS):
            self._step(place, failure)
            choices = _Choices(self.rng(place, attempt), attempt, simplest=len(place.path) >= _DEEP)
            try:
                value = self._build(schema, place, attempt, choices)
            except OutOfSteps:
                raise
            except Unsatisfiable as error:
                failure = error
                if not choices.made:
                    raise
                continue
            problem = self._judge.why(value, schema)
            if not problem:
                return value
            failure = Unsatisfiable(place.path, f"no value was found; of the last, {problem}")
        raise failure

    def said(self, schema: Json, place: Place) -> Iterator[Json]:
        """Yield the values that the words say for this place, and that are valid there."""
        if not (place.name and place.words):
            return
        for flat in self._alternatives(schema, place.path):
            for value in candidates(place.name, flat, place.words[:LONGEST], lone=place.lone):
                if self._judge.accepts(value, schema):
                    yield value

    def _step(self, place: Place, failure: Unsatisfiable) -> None:
        """
        Count one step of the search, which is bounded in steps and in depth.

        Raises:
            OutOfSteps: It has gone on for too long; *failure* says what has stood in the way.
            Unsatisfiable: It is too deep.
        """
        self._left -= 1
        if self._left < 0:
            raise OutOfSteps(place.path, f"the search for a value was given up; {failure.why}")
        if len(place.path) > _DEEPEST:
            raise Unsatisfiable(place.path, "the schema contains itself and comes to no end")

    def rng(self, place: Place, attempt: int) -> Random:
        """Make the random source of a path and an attempt."""
        source = json.dumps([self._seed, place.path, attempt]).encode()
        return Random(int.from_bytes(blake2b(source, digest_size=16).digest(), "big"))  # noqa: S311

    def _suggestions(self, schema: Json, place: Place) -> Iterator[Json]:
        """Yield what the words say, what the schema itself suggests, and null where it may be."""
        yield from self.said(schema, place)
        flats = list(self._alternatives(schema, place.path))
        for flat in flats:
            yield from (flat[key] for key in ("default", "example") if key in flat)
            examples = flat.get("examples")
            yield from examples[:1] if isinstance(examples, list) else ()
        if place.name and any("null" in _kinds(flat) for flat in flats):
            yield None

    def _alternatives(self, schema: Json, path: Path) -> Iterator[JsonObject]:
        most = 1
        attempt = 0
        while attempt < min(most, _MOST_BRANCHES):
            counts: list[int] = []

            def pick(branches: list[Json], number: int = attempt, seen: list[int] = counts) -> Json:
                seen.append(len(branches))
                return branches[number % len(branches)]

            with suppress(Unsatisfiable):
                yield Flattener(self._judge, pick).flat(schema, path)
            most = max([most, *counts])
            attempt += 1

    def _build(self, schema: Json, place: Place, attempt: int, choices: _Choices) -> Json:
        flattener = Flattener(self._judge, choices.pick)
        flat = flattener.flat(schema, place.path)
        choices.made = choices.made or bool(flattener.conditions)
        for test, then, _ in tuple(flattener.conditions) if attempt % 3 == 1 else ():
            for part in (test, then):
                flat = merge(flat, flattener.flat(part, place.path))
        value = self._dispatch(flat, place, attempt, choices)
        for test, then, otherwise in tuple(flattener.conditions):
            branch = then if self._judge.accepts(value, test) else otherwise
            if branch is not True:
                flat = merge(flat, flattener.flat(branch, place.path))
                value = self._dispatch(flat, place, attempt, choices)
        return value

    def _dispatch(self, flat: JsonObject, place: Place, attempt: int, choices: _Choices) -> Json:
        # What is counted off from one start comes to every value there is, for unique items.
        start = self.rng(place, -1)
        if "const" in flat:
            return flat["const"]
        options, kinds = flat.get("enum"), _kinds(flat)
        if options == [] or not (options or kinds):
            raise Unsatisfiable(place.path, "no value is allowed by every part of the schema")
        choices.made = choices.made or len(options or kinds) > 1
        if options:
            return options[(start.randrange(len(options)) + attempt) % len(options)]
        kind = [*(kind for kind in kinds if kind != "null"), "null"][attempt % len(kinds)]
        match kind:
            case "object":
                return make_object(self, flat, place, attempt)
            case "array":
                return make_array(self, flat, place, attempt)
            case "boolean":
                return bool((start.randrange(2) + attempt) % 2)
        is_counted = kind == "integer" or "multipleOf" in flat
        rng = start if is_counted else self.rng(place, attempt)
        return _SCALARS[kind](flat, place.name, place.path, rng, attempt)


def _kinds(flat: JsonObject) -> list[str]:
    kinds = flat.get("type")
    if kinds is None:
        told = [kind for kind, keys in _TELLING if any(key in flat for key in keys)]
        return told[:1] or (list(_KINDS) if "const" not in flat and "enum" not in flat else [])
    return [kinds] if isinstance(kinds, str) else list(kinds)
