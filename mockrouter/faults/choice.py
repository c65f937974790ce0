"""A model that is told from others by one of its keys, and imported once it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Final, Union

from pydantic import BaseModel, Field, GetJsonSchemaHandler, TypeAdapter, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from mockrouter.values import Json

ALL: Final = "all_choices"
"""Key in a core schema's metadata of what gives the core schema of all that may stand there."""


class Choice:
    """
    What ``Field(discriminator=…)`` says of a union, for models that are costly to import.

    Only the model that is named is there, until something is wrong, or a schema is asked for.
    """

    def __init__(self, key: str, models: Mapping[str, type[BaseModel]]) -> None:
        """Choose by *key* one of *models*, which has each under its name."""
        self._key = key
        self._models = models

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        """Read a mapping; the schema holds nothing of the models."""
        metadata = {ALL: lambda: self._all.core_schema}
        return core_schema.no_info_plain_validator_function(self._read, metadata=metadata)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe all of them."""
        return handler(self._all.core_schema)

    @cached_property
    def _all(self) -> TypeAdapter[Any]:
        every: Any = Union[tuple(self._models.values())]  # noqa: UP007 - of as many as there are
        return TypeAdapter(Annotated[every, Field(discriminator=self._key)])

    def _read(self, value: Json) -> object:
        name = value.get(self._key) if isinstance(value, dict) else None
        if isinstance(name, str) and name in self._models:
            try:
                return self._models[name].model_validate(value)
            except ValidationError:
                pass
        # Says what is wrong, and where, as a union does.
        return self._all.validate_python(value)
