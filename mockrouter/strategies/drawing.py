"""
Drawing several things as one.

Where ``builds``, ``tuples`` and ``fixed_dictionaries`` would do, Hypothesis tries hundreds of other
values of each argument once a test has failed, so as to say in its report which of them matter. A
stream is printed as a scenario, which has no place for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from mockrouter.values import Json, JsonObject


@st.composite
def together(draw: st.DrawFn, *parts: st.SearchStrategy[Any]) -> tuple[Any, ...]:
    """Draw one of each."""
    return tuple(draw(part) for part in parts)


@st.composite
def mapping(
    draw: st.DrawFn,
    required: Mapping[str, st.SearchStrategy[Json]],
    optional: Mapping[str, st.SearchStrategy[Json]] | None = None,
) -> JsonObject:
    """Draw a mapping with all keys that are required, and some of the others."""
    made = {key: draw(value) for key, value in required.items()}
    for key, value in (optional or {}).items():
        if draw(st.booleans()):
            made[key] = draw(value)
    return made
