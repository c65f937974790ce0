"""JSON that is read without complaint and says something else than the tool's schema wants."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from random import Random
from typing import Final

from mockrouter.malformations.base import NotApplicable
from mockrouter.malformations.parameters import ALL, Parameters, type_of
from mockrouter.values import Json, JsonObject, compact

_NUMBER: Final = 12345
_LONGEST_NUMBER: Final = 15
_ANY_TYPE: Final[tuple[Json, ...]] = ("text", _NUMBER, True, [], {}, 0.5, None)


def nested_stringified(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """Arrays and objects inside the arguments are given as JSON strings."""
    texts = {name: compact(v) for name, v in arguments.items() if isinstance(v, list | dict)}
    if not texts:
        name, types = _absent(arguments, schema, {"array", "object"}, "an array or an object")
        texts = {name: "[]" if "array" in types else "{}"}
    return compact({**arguments, **texts})


def scalars_as_strings(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """Numbers and booleans, at any depth, are given as strings."""
    changed = _stringified(arguments)
    if changed == arguments:
        kinds = {"integer", "number", "boolean"}
        name, types = _absent(arguments, schema, kinds, "a number or a boolean")
        changed = {**arguments, name: "true" if "boolean" in types else "1"}
    return compact(changed)


def string_as_number(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """A string is given as a number, of its own digits where it has nothing else."""
    parameters = Parameters(schema)
    texts = {
        name: value
        for name, value in arguments.items()
        if isinstance(value, str)
        and (name not in parameters.properties or "integer" not in parameters.types(name))
    }
    if not texts:
        name, _ = _absent(arguments, schema, {"string"}, "a string")
        return compact({**arguments, name: _NUMBER})
    name = next((name for name, text in texts.items() if _is_number(text)), next(iter(texts)))
    number = int(texts[name]) if _is_number(texts[name]) else _NUMBER
    return compact({**arguments, name: number})


def double_escaped_newlines(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    r"""
    Strings hold a backslash and an ``n`` where they should hold a line break.

    Where no string has a line break, the longest gets one of these in its middle.
    """
    changed = _escaped(arguments)
    if changed == arguments:
        texts = [name for name, value in arguments.items() if isinstance(value, str)]
        if not texts:
            raise NotApplicable("no argument is a string")
        name = max(texts, key=lambda name: len(arguments[name]))
        half = len(arguments[name]) // 2
        changed = {**arguments, name: rf"{arguments[name][:half]}\n{arguments[name][half:]}"}
    return compact(changed)


def unknown_property(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """A property, a required one where there is one, has a name that the schema does not know."""
    parameters = Parameters(schema)
    known = {*parameters.properties, *parameters.required, *arguments}
    if not arguments:
        return compact({_unused("value", known): None})
    old = next((name for name in parameters.required if name in arguments), next(iter(arguments)))
    shorter = old.partition("_")[2]
    new = shorter if shorter and shorter not in known else _unused(f"{old}_value", known)
    return compact({new if name == old else name: value for name, value in arguments.items()})


def missing_required(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """A required property is not there."""
    required = Parameters(schema).required
    if not required:
        raise NotApplicable("the tool's schema requires no property")
    if not arguments.keys() >= set(required):
        return compact(arguments)
    missing = rng.choice(required)
    return compact({name: value for name, value in arguments.items() if name != missing})


def explicit_null(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """Every optional property, or where there is none a required one, is null and may not be."""
    parameters = Parameters(schema)
    if not parameters.properties and arguments:
        return compact({**arguments, next(iter(arguments)): None})
    strict = [n for n in parameters.names(arguments) if "null" not in parameters.types(n)]
    if not strict:
        raise NotApplicable("the tool's schema forbids null nowhere")
    optional = [name for name in strict if name not in parameters.required]
    return compact({**arguments, **dict.fromkeys(optional or strict[:1])})


def wrong_type(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """A property has a value of another type; without typed properties, an array for the object."""
    parameters = Parameters(schema)
    for name in parameters.names(arguments):
        types = parameters.types(name)
        wrong = [value for value in _ANY_TYPE if type_of(value) not in types]
        if wrong:
            return compact({**arguments, name: wrong[0]})
    root = parameters.types_under(parameters.root)
    if "array" in root and root != ALL:
        raise NotApplicable("the tool's schema allows every type")
    return "[]"


def enum_violation(arguments: JsonObject, schema: JsonObject | None, rng: Random) -> Json:
    """A property has a value that its schema does not list."""
    parameters = Parameters(schema)
    for name in parameters.names(arguments):
        if (values := parameters.values(name)) is not None:
            return compact({**arguments, name: _unused("other", values)})
        if (values := parameters.item_values(name)) is not None:
            return compact({**arguments, name: [_unused("other", values)]})
    raise NotApplicable("the tool's schema lists the values of no property")


def _absent(
    arguments: JsonObject, schema: JsonObject | None, wanted: set[str], what: str
) -> tuple[str, frozenset[str]]:
    """Find a property that is not in *arguments* and surely of a *wanted* type, or null."""
    parameters = Parameters(schema)
    for name in parameters.properties:
        types = parameters.types(name) - {"null"}
        if name not in arguments and types and types <= wanted:
            return name, types
    raise NotApplicable(f"no argument is {what}, and the tool's schema has no place for one")


def _unused(name: str, taken: Iterable[Json]) -> str:
    used = list(taken)
    names = (name if not number else f"{name}_{number}" for number in count())
    return next(name for name in names if name not in used)


def _stringified(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _stringified(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_stringified(item) for item in value]
    return compact(value) if isinstance(value, int | float) else value


def _escaped(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _escaped(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    return value.replace("\n", r"\n").replace("\t", r"\t") if isinstance(value, str) else value


def _is_number(text: str) -> bool:
    # More digits than a double holds would come back as another number.
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
