"""Whatever is said is saved, however it is spelled and cut."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from mockrouter.entries.responses import literal
from mockrouter.entries.yaml_text import yaml_text
from mockrouter.scenario.reading.document import parse
from mockrouter.scenario.templates import fill
from mockrouter.values import Json, JsonObject
from saving import PATHS, check

# Any text whatever

CHARACTERS = st.text(st.sampled_from("{{{{%%##}}'\"\\\r\n\t -+:,[]&*!|>?~ab1é東😀\u2028\ufeff\x7f"))


TEXTS = CHARACTERS | st.text(st.characters(codec="utf-8"), max_size=8)


KEYS = TEXTS | st.sampled_from(["no", "1", "null", "<<", "", "~", "0o17", "1e3", "="])


VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1))
def test_yaml_reads_back(value: JsonObject) -> None:
    """Whatever is written is what is read, by the reader of scenarios; types as well."""
    text = yaml_text(value, spread=["no"])

    assert json.dumps(value) == json.dumps(parse(text).value)


@given(VALUES)
def test_literals_are_no_templates(value: Json) -> None:
    """Filled in, they are what they were."""
    assert value == fill(literal(value), {})


WAYS = ["whole", "1 char", "2 words", {"random": [1, 5]}]


CUTS: st.SearchStrategy[JsonObject] = st.just({}) | st.sampled_from(WAYS).map(
    lambda way: {"cut": way}
)


SAID = st.sampled_from(["text", "refusal", "reasoning"])


ARGUMENTS = st.dictionaries(KEYS, VALUES, max_size=3) | TEXTS


PARTS: st.SearchStrategy[JsonObject] = st.builds(
    lambda key, text, cut: {key: literal(text), **cut}, SAID, TEXTS, CUTS
) | st.builds(
    lambda given, cut: {"tool_call": "get_weather", "arguments": literal(given), **cut},
    ARGUMENTS,
    CUTS,
)


@given(
    st.lists(PARTS, max_size=4),
    st.sampled_from(["sequential", "interleaved", [1, 0, 0], [0, 0, 1]]),
    st.sampled_from(PATHS),
    st.booleans(),
)
def test_any_reply_is_saved(parts: list[Json], order: Json, path: str, stream: bool) -> None:  # noqa: FBT001
    """Whatever a reply says and however it is cut, it is said in the same pieces again."""
    calls = sum("tool_call" in part for part in parts)
    order = order if calls > 1 else "sequential"
    text = json.dumps({"turns": [{"say": parts, "stream": {"order": order}}]})

    check(text, [1], path, stream=stream)
