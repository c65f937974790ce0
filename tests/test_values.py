"""Parsed JSON, and text that may be none."""

from __future__ import annotations

import pytest

from mockrouter.values import Json, parsed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": [1, null]}', {"a": [1, None]}),
        ("18", 18),
        ("sunny", "sunny"),
        ("", ""),
        ('{"cut off": ', '{"cut off": '),
        ("[" * 100_000, "[" * 100_000),
        ("9" * 10_000, "9" * 10_000),
    ],
)
def test_a_text_is_its_json_value_or_itself(text: str, expected: Json) -> None:
    """Whatever a client sends is read without an error: nested too deeply, it stays a text."""
    assert expected == parsed(text)
