"""
Values made up from a JSON Schema: always valid, the same for the same seed.

What the user's words obviously supply is taken from them, the rest is made up. Chance comes from a
source for each path, so adding a property to a schema does not change the values of the others. A
seed holds for one version of Faker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockrouter.generate.place import InvalidSchema, Place, Unsatisfiable

if TYPE_CHECKING:
    from mockrouter.values import Json, JsonObject

__all__ = ["InvalidSchema", "Unsatisfiable", "generate"]


def generate(schema: JsonObject | None, *, seed: str, words: str = "") -> Json:
    """
    Make a value that is valid under a JSON Schema of draft 7 or 2020-12.

    Required properties are there; an optional one only where *words* supply it, as a model leaves
    out what it was not told, and a default says what the tool then does. A tool that requires
    nothing and is told nothing gets its first property that has no default.

    Args:
        schema: None or an empty one makes ``{}``, as a tool without parameters wants.

        seed: The same seed makes the same value.

        words: What the user said.

    Raises:
        InvalidSchema: The schema is no JSON Schema.

        Unsatisfiable: It contradicts itself, or is too much to search through.
    """
    if not schema:
        return {}
    # What reads the user's words are many regular expressions, which a start-up need not wait for.
    from mockrouter.generate.judge import judge_of  # noqa: PLC0415
    from mockrouter.generate.maker import Maker  # noqa: PLC0415

    try:
        return Maker(judge_of(schema), seed).make(schema, Place(words=words))
    except RecursionError:
        # A schema nested thousands deep, or one whose ``not`` refers to itself.
        raise Unsatisfiable((), "the schema is nested too deeply, or contains itself") from None
