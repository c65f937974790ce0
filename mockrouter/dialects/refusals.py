"""
What the real APIs say to a request of the wrong shape, in whichever format.

Source: https://platform.openai.com/docs/guides/error-codes
"""

from __future__ import annotations

from collections.abc import Iterable

from mockrouter.errors import BadRequest
from mockrouter.values import Json

KINDS: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}
"""JSON's types as the APIs name them."""


def missing(path: str) -> BadRequest:
    """Refuse a request that lacks a field."""
    message = f"Missing required parameter: '{path}'."
    return BadRequest(message, param=path, code="missing_required_parameter")


def wrong_type(path: str, expected: str, got: Json) -> BadRequest:
    """Refuse a field of the wrong JSON type; *expected* has its article."""
    kind = KINDS[type(got)]
    message = f"Invalid type for '{path}': expected {expected}, but got {kind} instead."
    return BadRequest(message, param=path, code="invalid_type")


def wrong_value(path: str, got: str, supported: Iterable[str]) -> BadRequest:
    """Refuse a word that is none of the *supported* ones (two or more)."""
    *most, last = (f"'{word}'" for word in supported)
    message = (
        f"Invalid value: '{got}'. Supported values are: {', '.join(most)}"
        f"{',' if len(most) > 1 else ''} and {last}."
    )
    return BadRequest(message, param=path, code="invalid_value")


def below_minimum(path: str, minimum: int, got: int) -> BadRequest:
    """Refuse an integer that is too small."""
    message = (
        f"Invalid '{path}': integer below minimum value. "
        f"Expected a value >= {minimum}, but got {got} instead."
    )
    return BadRequest(message, param=path, code="integer_below_min_value")


def above_maximum(path: str, maximum: int, got: int) -> BadRequest:
    """Refuse an integer that is too large."""
    message = (
        f"Invalid '{path}': integer above maximum value. "
        f"Expected a value <= {maximum}, but got {got} instead."
    )
    return BadRequest(message, param=path, code="integer_above_max_value")


def unknown_previous(response_id: str) -> BadRequest:
    """Refuse a ``previous_response_id`` that nobody remembers."""
    message = f"Previous response with id '{response_id}' not found."
    return BadRequest(message, param="previous_response_id", code="previous_response_not_found")
