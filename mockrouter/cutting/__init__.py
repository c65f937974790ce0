"""How a stream cuts what the model says into fragments, and whose fragment goes out next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from random import Random
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    RootModel,
    StrictInt,
    StrictStr,
    Tag,
    WithJsonSchema,
)

from mockrouter.cutting import interleaving
from mockrouter.cutting.places import PLACES, checked, offsets
from mockrouter.reply import Part
from mockrouter.values import Json

_UNITS: Final = re.compile(r"(?P<count>[0-9]{1,9}) (?P<unit>char|word|token)s?")
_UNITS_SCHEMA: Final = r"^(whole|[1-9][0-9]{0,8} (char|word|token)s?)$"
_WAYS: Final = "write 'whole', '3 chars', '1 word' or '1 token'"

_WORD: Final = re.compile(r"\s*\S+(?:\s+\Z)?|\s+")
_TOKEN: Final = re.compile(
    r"""
    [ _]?[A-Za-z]{1,8}          # an English word, its leading space with it
    | [0-9]{1,3}
    | [ ]?[^\W\d_A-Za-z]{1,4}   # letters of other scripts take more tokens
    | [ ]?[^\w\s]{1,3}          # punctuation and JSON's marks: {" and ":" and "}
    | \s+
    | .
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str) -> list[str]:
    """
    Cut *text* as a model's tokenizer might; joined, the pieces are the text.

    About 4 characters each. JSON comes out as OpenAI streams it: ``{"``, ``country``, ``":"``,
    ``UK``, ``"}``. Real tokenizers fetch their tables from the network, so none is used.
    """
    return _TOKEN.findall(text)


def _units(text: str) -> str:
    if text == "whole":
        return text
    match = _UNITS.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is no way to cut; {_WAYS}")
    if not int(match["count"]):
        raise ValueError(
            f"a piece of 0 {match['unit']}s is no piece; write 1 {match['unit']}s or more"
        )
    return text


def _size_range(sizes: tuple[int, int]) -> tuple[int, int]:
    if not 1 <= sizes[0] <= sizes[1]:
        raise ValueError(
            f"{list(sizes)} is no range of sizes; write the smallest, 1 or more, then the largest"
        )
    return sizes


_Place: TypeAlias = Annotated[
    StrictStr, AfterValidator(checked), Field(json_schema_extra={"enum": list(PLACES)})
]


class At(BaseModel):
    """Cut at these offsets. In YAML: ``{at: [2, -1]}``."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: Annotated[tuple[StrictInt, ...], Field(min_length=1)] = Field(
        description="Offsets in characters, inside the text; negative from the end."
    )


class Places(BaseModel):
    """Cut at named places of JSON text. In YAML: ``{places: [in_key, after_colon]}``."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    places: tuple[_Place, ...] = Field(
        description="Places in the JSON text, at each of their occurrences."
    )


class RandomSizes(BaseModel):
    """Cut into pieces of random size, the same on every run. In YAML: ``{random: [1, 6]}``."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    random: Annotated[tuple[StrictInt, StrictInt], AfterValidator(_size_range)] = Field(
        description="Smallest and largest size of a piece, in characters."
    )


def _form(value: Json) -> str | None:
    """Tell which way of writing a cut *value* is; None where it is none."""
    if isinstance(value, str):
        return "cut:units"
    if isinstance(value, list | tuple):
        if all(isinstance(item, str) for item in value):
            return "cut:pieces"
        numbers = all(isinstance(item, int) and not isinstance(item, bool) for item in value)
        return "cut:sizes" if numbers else None
    keys = type(value).model_fields if isinstance(value, BaseModel) else value
    words = ("at", "places", "random") if isinstance(keys, dict) else ()
    return next((f"cut:{word}" for word in words if word in keys), None)


_Size = Annotated[StrictInt, Field(ge=0)]
_Form: TypeAlias = Annotated[
    Annotated[
        StrictStr,
        AfterValidator(_units),
        WithJsonSchema({"type": "string", "pattern": _UNITS_SCHEMA, "examples": ["1 token"]}),
        Tag("cut:units"),
    ]
    | Annotated[tuple[StrictStr, ...], Tag("cut:pieces")]
    | Annotated[tuple[_Size, ...], Field(min_length=1), Tag("cut:sizes")]
    | Annotated[At, Tag("cut:at")]
    | Annotated[Places, Tag("cut:places")]
    | Annotated[RandomSizes, Tag("cut:random")],
    Discriminator(
        _form,
        custom_error_type="cut",
        custom_error_message=(
            f"this is no way to cut; {_WAYS}, a list of pieces or of sizes, "
            "or a mapping with 'at', 'places' or 'random'"
        ),
    ),
]


class Cut(RootModel[Any]):
    """
    How a text is cut into fragments.

    In YAML: ``3 chars``, ``1 word``, ``1 token``, ``whole``; the pieces themselves, where empty
    ones are allowed (``["", '{"a', '":1}']``); their sizes, the rest being one piece (``[1, 5]``);
    ``{at: [2, -1]}``; ``{places: [in_string]}``; ``{random: [1, 6]}``. All sizes are in characters.
    """

    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        title="Cut",
        json_schema_extra={"description": "How a text is cut into the fragments of a stream."},
    )

    # Said here, as ``RootModel[_Form]`` would be compiled on its own at every start.
    root: _Form

    def cut(self, text: str, rng: Random) -> tuple[str, ...]:
        """
        Cut *text*.

        Args:
            text: Any string.

            rng: Drawn from by ``random`` alone.

        Returns:
            Fragments that join to *text*; none for an empty text, unless the pieces are given.

        Raises:
            ValueError: The given pieces do not join to *text*.
        """
        match self.root:
            case "whole":
                return (text,) if text else ()
            case str() as units:
                return _by_units(text, units)
            case At(at=at):
                size = len(text)
                return _at(text, (size + each if each < 0 else each for each in at))
            case Places(places=places):
                return _at(text, offsets(text, places))
            case RandomSizes(random=(least, most)):
                return _at(text, accumulate(rng.randint(least, most) for _ in text))
            case listed:
                return _listed(text, listed)


def _by_units(text: str, units: str) -> tuple[str, ...]:
    count, unit = units.rstrip("s").split()
    size = int(count)
    if unit == "char":
        return _at(text, range(size, len(text), size))
    pieces = _WORD.findall(text) if unit == "word" else tokens(text)
    return tuple("".join(pieces[start : start + size]) for start in range(0, len(pieces), size))


def _at(text: str, edges: Iterable[int]) -> tuple[str, ...]:
    inner = {edge for edge in edges if 0 < edge < len(text)}
    return tuple(text[start:end] for start, end in pairwise(sorted({0, len(text)} | inner)))


def _listed(text: str, listed: tuple[str | int, ...]) -> tuple[str, ...]:
    pieces = [item for item in listed if isinstance(item, str)]
    if len(pieces) == len(listed):
        return _checked(text, tuple(pieces))
    fragments = []
    for size in [*(item for item in listed if isinstance(item, int)), len(text)]:
        if text:
            fragments.append(text[:size])
            text = text[size:]
    return tuple(fragments)


def _checked(text: str, pieces: tuple[str, ...]) -> tuple[str, ...]:
    joined = "".join(pieces)
    if joined == text:
        return pieces
    pairs = enumerate(zip(joined, text, strict=False))
    place = next((at for at, (one, other) in pairs if one != other), min(len(joined), len(text)))
    raise ValueError(
        f"the pieces do not join to the text: at character {place} they have "
        f"{_glimpse(joined, place)} where the text has {_glimpse(text, place)}; "
        "write pieces that join to it, or name another way to cut"
    )


def _glimpse(text: str, place: int, length: int = 12) -> str:
    return repr(text[place : place + length]) if place < len(text) else "nothing more"


TOKENS: Final = Cut.model_construct("1 token")
"""How a model sends its output, and so the default of everything."""


def _order_form(value: Json) -> str:
    return "order:calls" if isinstance(value, list | tuple) else "order:word"


_Order: TypeAlias = Annotated[
    Annotated[Literal["sequential", "interleaved"], Tag("order:word")]
    | Annotated[tuple[_Size, ...], Tag("order:calls")],
    Discriminator(_order_form),
]


class Stream(BaseModel):
    """How the reply is cut and interleaved when it is streamed; a plain reply is not affected."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    text: Cut = Field(default=TOKENS, description="How text is cut.")
    reasoning: Cut = Field(default=TOKENS, description="How reasoning is cut.")
    arguments: Cut = Field(default=TOKENS, description="How the arguments of tool calls are cut.")
    order: _Order = Field(
        default="sequential",
        description=(
            "sequential: one call after the other. interleaved: calls that stand side by side take "
            "turns, fragment by fragment. A list: number of the call, from 0, that sends each next "
            "fragment; a call that has none left is passed over, and what is left comes at the end."
        ),
    )

    def schedule(self, parts: Sequence[Part]) -> tuple[int, ...]:
        """
        Work out ``Reply.order``: places in *parts*, one for each fragment.

        Calls change places among themselves alone; text and reasoning stay where they are.

        Raises:
            ValueError: The list names a call that is not there.
        """
        if self.order == "sequential":
            return ()
        if self.order == "interleaved":
            return interleaving.taking_turns(parts)
        return interleaving.by_number(parts, self.order)


UNCHANGED: Final = Stream.model_construct()
"""A stream of which nothing is said, as a model sends it."""
