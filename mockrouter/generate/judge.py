"""jsonschema behind one small class: what a schema refers to, and whether a value is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockrouter.generate.place import Path, Unsatisfiable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.protocols import Validator

    from mockrouter.values import Json, JsonObject

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
            Unsatisfiable: It is no JSON Schema, or has a pattern that ``re`` cannot read; its path
                is the place in the schema.
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
            raise Unsatisfiable(tuple(error.absolute_path), _no_schema(error.message)) from None
        # An empty registry, as the default one fetches what it does not know.
        self._validator: Validator = kind(
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
        except self._unresolvable as error:
            yield f"$ref {getattr(error, 'ref', '')!r} points to nothing in the schema"


def _is_draft_7(schema: Json) -> bool:
    if isinstance(schema, dict):
        return (
            isinstance(schema.get("items"), list)
            or any(isinstance(schema.get(key), dict | bool) for key in _DRAFT_7_ONLY)
            or any(map(_is_draft_7, schema.values()))
        )
    return isinstance(schema, list) and any(map(_is_draft_7, schema))


def _no_schema(message: str) -> str:
    return f"the schema itself is wrong: {_short(message)}"


def _short(message: str, limit: int = 200) -> str:
    return message if len(message) <= limit else message[: limit - 1] + "…"
