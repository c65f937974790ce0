"""jsonschema behind one small class: what a schema refers to, and whether a value is valid."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from mockrouter.generate.keywords import careful, check_names
from mockrouter.generate.place import InvalidSchema, Path, Unsatisfiable
from mockrouter.values import compact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.protocols import Validator

    from mockrouter.values import Json, JsonObject

_LARGEST = 64_000
"""Characters of a schema that is kept; to check a usual one takes milliseconds."""
_DRAFT_7_ONLY = ("dependencies", "additionalItems")


class Judge:
    """
    Says what is valid under one schema and its parts. Never goes to the network.

    A schema without ``$schema`` is read as draft 2020-12, or as draft 7 where it uses what only
    that draft has (a list of ``items``, ``dependencies``, ``additionalItems``).
    """

    def __init__(self, schema: JsonObject) -> None:
        """
        Check the schema itself.

        Raises:
            InvalidSchema: It is no JSON Schema, or has a pattern that ``re`` cannot read.

            Unsatisfiable: There is no time for its patterns.
        """
        # Not at the top: importing it can take a second, and most runs never judge a schema.
        import jsonschema.validators  # noqa: PLC0415
        import referencing  # noqa: PLC0415
        import referencing.exceptions  # noqa: PLC0415

        default = (
            jsonschema.Draft7Validator if _is_draft_7(schema) else jsonschema.Draft202012Validator
        )
        kind = jsonschema.validators.validator_for(schema, default=default)
        try:
            kind.check_schema(schema)
        except jsonschema.SchemaError as error:
            raise InvalidSchema(tuple(error.absolute_path), _short(error.message)) from None
        except OverflowError as error:
            # Of a pattern that repeats more often than ``re`` can count.
            raise InvalidSchema((), str(error)) from None
        check_names(schema)
        # An empty registry, as the default one fetches what it does not know.
        self._validator: Validator = careful(kind)(
            schema,
            registry=referencing.Registry(),
            format_checker=kind.FORMAT_CHECKER,
        )
        specification = referencing.jsonschema.specification_with(kind.META_SCHEMA["$schema"])
        resource = specification.create_resource(schema)
        self._resolver = referencing.Registry().resolver_with_root(resource)
        self._unresolvable = referencing.exceptions.Unresolvable

    def resolve(self, reference: str, path: Path) -> Json:
        """
        Look up what ``$ref`` points to.

        Raises:
            Unsatisfiable: Nothing is there, or it is in another document.
        """
        try:
            return self._resolver.lookup(reference).contents
        except self._unresolvable:
            raise Unsatisfiable(
                path, f"$ref {reference!r} points to nothing in the schema"
            ) from None

    def accepts(self, value: Json, schema: Json) -> bool:
        """Say whether *value* is valid under *schema*, a part of the whole schema."""
        return next(self._errors(value, schema), None) is None

    def why(self, value: Json, schema: Json) -> str:
        """Say what is wrong with *value*; empty where nothing is."""
        return next(self._errors(value, schema), "")

    def _errors(self, value: Json, schema: Json) -> Iterator[str]:
        try:
            for error in self._validator.evolve(schema=schema).iter_errors(value):
                yield _short(error.message)
        except Unsatisfiable as error:
            yield error.why
        except self._unresolvable as error:
            yield f"$ref {getattr(error, 'ref', '')!r} points to nothing in the schema"


def judge_of(schema: JsonObject) -> Judge:
    """
    Make the judge of a schema, or find it: clients send the same ones with each request.

    Raises:
        InvalidSchema: As ``Judge``.

        Unsatisfiable: Likewise.
    """
    text = compact(schema)
    return _kept(text) if len(text) <= _LARGEST else Judge(schema)


@lru_cache(maxsize=256)
def _kept(text: str) -> Judge:
    return Judge(json.loads(text))


def _is_draft_7(schema: Json) -> bool:
    if isinstance(schema, dict):
        return (
            isinstance(schema.get("items"), list)
            or any(isinstance(schema.get(key), dict | bool) for key in _DRAFT_7_ONLY)
            or any(map(_is_draft_7, schema.values()))
        )
    return isinstance(schema, list) and any(map(_is_draft_7, schema))


def _short(message: str, limit: int = 200) -> str:
    return message if len(message) <= limit else message[: limit - 1] + "…"
