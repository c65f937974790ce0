"""How texts are cut into fragments, and whose fragment goes out next."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mockrouter.cutting import Cut, Stream, tokens
from mockrouter.cutting.places import PLACES, offsets
from mockrouter.cutting.places import tokens as json_tokens
from mockrouter.reply import Part, Reasoning, Reply, Text, ToolCall
from mockrouter.values import Json

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(), values, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(), ANY_JSON, max_size=5)
UNITS = st.builds("{} {}".format, st.integers(1, 9), st.sampled_from(["chars", "words", "tokens"]))
CUTS = st.one_of(
    st.just("whole"),
    UNITS,
    st.lists(st.integers(0, 9), min_size=1),
    st.fixed_dictionaries({"at": st.lists(st.integers(-30, 30), min_size=1)}),
    st.fixed_dictionaries({"places": st.lists(st.sampled_from(list(PLACES)), min_size=1)}),
    st.tuples(st.integers(1, 9), st.integers(0, 9)).map(lambda p: {"random": [p[0], sum(p)]}),
)


@given(CUTS.map(Cut), st.text() | ANY_JSON.map(json.dumps), st.integers())
def test_the_fragments_join_to_the_text(cut: Cut, text: str, seed: int) -> None:
    """However a text is cut, the client can put it back together, and an empty one sends none."""
    fragments = cut.cut(text, Random(seed))

    assert text == "".join(fragments)
    assert bool(text) == bool(fragments)
    assert fragments == cut.cut(text, Random(seed))


@given(st.lists(st.text()))
def test_explicit_pieces_are_sent_as_written(pieces: list[str]) -> None:
    """Pieces that join to the text are its fragments, empty ones too."""
    assert tuple(pieces) == Cut(tuple(pieces)).cut("".join(pieces), Random(0))


@pytest.mark.parametrize(
    ("written", "text", "fragments"),
    [
        ("whole", "one two", ["one two"]),
        ("3 chars", "abcdefgh", ["abc", "def", "gh"]),
        ("1 char", "ab", ["a", "b"]),
        ("1 word", " one two\nthree ", [" one", " two", "\nthree "]),
        ("2 words", "one two three", ["one two", " three"]),
        ("1 word", "  ", ["  "]),
        ("1 token", '{"country":"UK"}', ['{"', "country", '":"', "UK", '"}']),
        ("2 tokens", '{"country":"UK"}', ['{"country', '":"UK', '"}']),
        ("1 token", "{}", ["{}"]),
        ("1 token", "Let me look.", ["Let", " me", " look", "."]),
        ([2, 0, 3], "abcdefgh", ["ab", "", "cde", "fgh"]),
        ([5, 5], "abc", ["abc"]),
        ({"at": [-1, 2]}, "abcdef", ["ab", "cde", "f"]),
        ({"at": [0, 6, 99, -99]}, "abcdef", ["abcdef"]),
    ],
)
def test_cuts_where_it_says(written: Json, text: str, fragments: list[str]) -> None:
    """Each way of writing a cut has its one meaning."""
    assert tuple(fragments) == Cut(written).cut(text, Random(0))


def test_random_sizes_keep_their_bounds() -> None:
    """Every piece but the last has a size in the range, and the sizes differ."""
    sizes = [
        len(piece) for piece in Cut.model_validate({"random": [2, 5]}).cut("x" * 400, Random(7))
    ]

    assert {2, 3, 4, 5} == set(sizes[:-1])
    assert sizes[-1] <= 5


@given(OBJECTS.filter(bool), st.booleans())
def test_arguments_come_in_pieces_by_default(value: Json, ascii_only: bool) -> None:  # noqa: FBT001
    """Any arguments but {} need two fragments or more, so that clients must put them together."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only)

    assert len(Stream().arguments.cut(text, Random(0))) >= 2


def test_tokens_are_about_as_long_as_a_models() -> None:
    """English prose has about 4 characters to a token."""
    prose = (
        "The weather service answered after two attempts, and the forecast for tomorrow says "
        "that temperatures will stay below twenty degrees with some rain in the afternoon."
    )

    assert 4 <= len(prose) / len(tokens(prose)) <= 6


@pytest.mark.parametrize(
    ("place", "text", "fragments"),
    [
        ("after_open", '{"a":[1]}', ["{", '"a":[', "1]}"]),
        ("before_close", '{"a":[1]}', ['{"a":[1', "]", "}"]),
        ("in_key", '{"city":"Rome"}', ['{"ci', 'ty":"Rome"}']),
        ("after_key", '{"city":1}', ['{"city"', ":1}"]),
        ("after_colon", '{"a":1,"b":2}', ['{"a":', '1,"b":', "2}"]),
        ("after_comma", '{"a":1,"b":2}', ['{"a":1,', '"b":2}']),
        ("in_string", '{"city":"Rome"}', ['{"city":"Ro', 'me"}']),
        ("before_quote", '{"a":"b"}', ['{"a":"b', '"}']),
        ("in_escape", r'{"a":"\n\\"}', ['{"a":"\\', "n\\", '\\"}']),
        ("in_unicode_escape", r'{"a":"\u00e9"}', [r'{"a":"\u00', 'e9"}']),
        ("in_unicode_escape", r'{"a":"\\u00e9"}', [r'{"a":"\\u00e9"}']),
        ("in_surrogate_pair", r'{"a":"\ud83d\ude00"}', [r'{"a":"\ud83d', r'\ude00"}']),
        ("in_number", '{"a":-12.5}', ['{"a":-1', "2.5}"]),
        ("in_number", '{"a":"12"}', ['{"a":"12"}']),
        ("in_literal", '{"a":true}', ['{"a":tr', "ue}"]),
        ("between_tokens", '{"a": 1}', ["{", '"a"', ":", " ", "1", "}"]),
        ("in_string", '{"city":"Ro', ['{"city":"', "Ro"]),
    ],
)
def test_cuts_at_named_places(place: str, text: str, fragments: list[str]) -> None:
    """A named place cuts at its occurrences, also in arguments that are no whole JSON."""
    assert tuple(fragments) == Cut.model_validate({"places": [place]}).cut(text, Random(0))


@given(st.text() | ANY_JSON.map(json.dumps), st.sampled_from(list(PLACES)))
def test_every_place_lies_inside_the_text(text: str, place: str) -> None:
    """No place is at either end, whatever the text, and the tokens it is found in join to it."""
    found = offsets(text, [place])

    assert all(0 < at < len(text) for at in found)
    assert sorted(set(found)) == list(found)
    assert text == "".join(token.text for token in json_tokens(text))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("0 chars", "a piece of 0 chars is no piece; write 1 chars or more"),
        ("3 characters", "'3 characters' is no way to cut; write 'whole', '3 chars'"),
        ([1, "a"], "this is no way to cut; "),
        ([True], "this is no way to cut; "),
        (3, "this is no way to cut; "),
        ({"att": [1]}, "this is no way to cut; "),
        ({"random": [3, 2]}, r"\[3, 2\] is no range of sizes; write the smallest"),
        ({"random": [0, 2]}, r"\[0, 2\] is no range of sizes; "),
        ([2, -1], "greater than or equal to 0"),
        ({"places": ["in_kye"]}, "in_key"),
        ({"at": [1], "random": [1, 2]}, "Extra inputs"),
    ],
)
def test_says_what_is_wrong_with_a_cut(written: Json, message: str) -> None:
    """A mistake is told once, in the words of the file."""
    with pytest.raises(ValidationError, match=message) as caught:
        Cut(written)

    assert 1 == caught.value.error_count()


@pytest.mark.parametrize(
    ("pieces", "text", "message"),
    [
        (["ab", "x"], "abc", "at character 2 they have 'x' where the text has 'c'; write"),
        (["ab"], "abc", "at character 2 they have nothing more where the text has 'c'"),
        ([], "abc", "at character 0 they have nothing more where the text has 'abc'"),
        (["a"], "", "at character 0 they have 'a' where the text has nothing more"),
    ],
)
def test_pieces_must_join_to_the_text(pieces: list[str], text: str, message: str) -> None:
    """Pieces of another text are refused, with the first difference."""
    with pytest.raises(ValueError, match=message):
        Cut(tuple(pieces)).cut(text, Random(0))


VALIDATOR = jsonschema.Draft202012Validator(Stream.model_json_schema())


@given(CUTS)
def test_the_json_schema_knows_every_way(written: Json) -> None:
    """An editor that has the schema accepts what the loader accepts."""
    VALIDATOR.validate({"text": written})


@pytest.mark.parametrize("written", ["0 chars", "3 characters", [1, "a"], {"at": 1}, 3])
def test_the_json_schema_knows_mistakes(written: Json) -> None:
    """An editor that has the schema underlines what the loader refuses."""
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({"text": written})


def _parts(*counts: int | str) -> tuple[Part, ...]:
    return tuple(
        Text(tuple(count)) if isinstance(count, str) else ToolCall("f", ("x",) * count)
        for count in counts
    )


@pytest.mark.parametrize(
    ("order", "parts", "plan"),
    [
        ("sequential", _parts(2, 2), ()),
        ("interleaved", _parts("ab", 2, 3, "c", 1, 2), (0, 0, 1, 2, 1, 2, 2, 3, 4, 5, 5)),
        ("interleaved", _parts(0, 2), (0, 1, 1)),
        ("interleaved", _parts(), ()),
        ([1, 0, 1], _parts("a", 2, 2), (0, 2, 1, 2, 1)),
        ([1, 1, 0], _parts(2, "a", 2), (2, 2, 1, 0, 0)),
        ([0, 0, 0, 1], _parts(1, 2), (0, 1, 1)),
        ([], _parts(1, 1), (0, 1)),
    ],
)
def test_orders_the_fragments(order: Json, parts: tuple[Part, ...], plan: tuple[int, ...]) -> None:
    """Calls take turns among themselves; all else stays where it is."""
    assert plan == Stream(order=order).schedule(parts)


@given(
    st.lists(st.tuples(st.sampled_from([Text, Reasoning, ToolCall]), st.integers(0, 4))),
    st.data(),
)
def test_no_fragment_is_lost_by_interleaving(kinds: list[Json], data: st.DataObject) -> None:
    """In any order each part opens once, sends its fragments in turn and closes once."""
    parts: tuple[Part, ...] = tuple(
        ToolCall("f", tuple(map(str, range(count))))
        if kind is ToolCall
        else kind(tuple(map(str, range(count))))
        for kind, count in kinds
    )
    calls = sum(isinstance(part, ToolCall) for part in parts)
    listed = st.lists(st.integers(0, calls - 1)) if calls else st.just([])
    order = data.draw(st.sampled_from(["sequential", "interleaved"]) | listed)

    reply = Reply(parts, order=Stream.model_validate({"order": order}).schedule(parts))

    steps = list(reply.steps())
    counted = Counter((step.kind, step.index) for step in steps)
    for index, part in enumerate(parts):
        assert 1 == counted["open", index] == counted["close", index]
        sent = tuple(s.fragment for s in steps if s.kind == "delta" and s.index == index)
        assert part.fragments == sent


def test_an_order_names_calls_that_are_there() -> None:
    """A call that the reply does not have is a mistake, whatever else it has."""
    with pytest.raises(ValueError, match="names call 2, but this reply has 2; count from 0"):
        Stream(order=(0, 2)).schedule(_parts("a", 1, 1))
