"""Every mistake in a file, in its author's words, at its line and column."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from mockrouter.errors import ScenarioError
from mockrouter.scenario.library import load_value
from mockrouter.scenario.reading.building import build
from mockrouter.scenario.reading.document import parse, read
from mockrouter.scenario.reading.source import of_value
from mockrouter.values import Json

FILES = sorted((Path(__file__).parent / "mistakes").glob("*.yaml"))


class Strict(BaseModel):
    """A mapping with known keys only."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TextPart(Strict):
    """A part told apart by its keys."""

    text: str
    bold: bool = False


class CallPart(Strict):
    """A part with a union of shapes inside, and itself inside itself."""

    tool_call: str
    arguments: Literal["generated"] | dict[str, Any] | list[int] = "generated"
    nested: list[CallPart] | None = None


class Drop(Strict):
    """A branch whose tag is also one of its keys."""

    fault: Literal["drop"]
    drop: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    after: int = 0


class Disconnect(Strict):
    """Another branch."""

    fault: Literal["disconnect"]
    after: int = 0


class Stall(Strict):
    """A third."""

    fault: Literal["stall"]
    seconds: Annotated[float, Field(allow_inf_nan=False)]


class Robust(Strict):
    """A branch of a union that a function tells apart."""

    runs: int = 0


class Order(Enum):
    """Words of an enumeration."""

    SEQUENTIAL = "sequential"
    INTERLEAVED = "interleaved"


def _known(name: str) -> str:
    if name not in ("truncated", "doubled"):
        message = f"'{name}' is no malformation; write 'truncated' or 'doubled'"
        raise ValueError(message)
    return name


def _ascending(pair: list[int]) -> list[int]:
    if len(pair) > 1 and pair[0] > pair[1]:
        kind, message = "order", "{first} is more than {second}; swap them"
        context = {"first": pair[0], "second": pair[1], "at": [1]}
        raise PydanticCustomError(kind, message, context)
    return pair


def _as_list(value: Any) -> Any:  # noqa: ANN401 - what a before-validator gets
    return [value] if isinstance(value, dict) else value


Part = Annotated[TextPart | CallPart, AfterValidator(lambda part: part)] | str


class Turn(Strict):
    """Everything that a scenario's turn may hold, in small."""

    say: Literal["auto"] | Annotated[list[Part], BeforeValidator(_as_list)] | None = None
    status: Annotated[int, Field(ge=400, le=599)] | None = None
    within: int | float | Literal["never"] = "never"
    order: Annotated[Order, Field(strict=False)] = Order.SEQUENTIAL
    faults: list[Annotated[Drop | Disconnect | Stall, Field(discriminator="fault")]] = Field(
        default_factory=list
    )
    client: (
        Annotated[
            Annotated[Robust, Tag("robust")] | Annotated[Turn, Tag("turn")],
            Discriminator(
                lambda value: "robust" if isinstance(value, dict) and "runs" in value else None
            ),
        ]
        | None
    ) = None
    malformed: Annotated[str, AfterValidator(_known)] | None = None
    pair: Annotated[list[int], AfterValidator(_ascending)] | None = None
    kinds: dict[str, Literal["chat", "responses"]] = Field(default_factory=dict)
    attempts: Annotated[list[Turn], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Turn:
        if self.say is None and self.status is None:
            message = "nothing is sent back"
            raise ValueError(message)
        return self


class Script(Strict):
    """A file."""

    name: Annotated[str, Field(pattern="^[a-z-]+[a-z]$", max_length=30)] = Field("x", alias="name")
    turns: list[Turn]


def mistakes(text: str, model: type[BaseModel] = Script) -> list[str]:
    """Give each mistake in *text* as ``line:column: what; remedy``."""
    with pytest.raises(ScenarioError) as caught:
        build(parse(text, "f"), model)
    return [str(mistake).removeprefix("f:") for mistake in caught.value.mistakes]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_files(path: Path) -> None:
    """Each file's mistakes are those listed beside it, all at once and in order."""
    with pytest.raises(ScenarioError) as caught:
        build(read(path), Script)

    expected = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    found = [str(mistake).removeprefix(f"{path}:") for mistake in caught.value.mistakes]
    assert expected == found


def test_a_file_without_mistakes() -> None:
    """A sound file gives its model."""
    script = build(parse("turns:\n  - say: {text: hi}\n  - {status: 429, within: 1.5}"), Script)

    assert [TextPart(text="hi")] == script.turns[0].say
    assert 1.5 == script.turns[1].within


ROWS = [
    ("status: 399", "1:9: 'status' is 399; write at least 400"),
    ("status: '429'", "1:9: 'status' is the text '429'; write a whole number"),
    ("status: 429.5", "1:9: 'status' is the number 429.5; write a whole number"),
    ("status: true", "1:9: 'status' is true; write a whole number"),
    ("status: []", "1:9: 'status' is a list; write a whole number"),
    ("{say: auto, within: }", "1:21: 'within' is empty; write a number or 'never'"),
    ("{say: auto, within: Never}", "1:21: 'within' is 'Never'; did you mean 'never'?"),
    ("{say: auto, order: interleavd}",
     "1:20: 'order' is 'interleavd'; did you mean 'interleaved'?"),
    ("{say: auto, faults: {}}", "1:21: 'faults' is a mapping; write a list"),
    ("{say: auto, faults: [drop]}", "1:22: item 1 of 'faults' is the text 'drop'; write a mapping"),
    ("{say: auto, attempts: []}", "1:23: 'attempts' is empty; write at least 1 item"),
    ("{say: auto, client: 3}", "1:21: 'client' is the number 3; write one of 'robust' or 'turn'"),
    ("{say: {txt: a}}", "1:8: unknown key 'txt'; did you mean 'text'?"),
    ("order: sequential", "1:1: nothing is sent back; change the file"),
    ("attempts:\n- order: sequential", "2:3: nothing is sent back; change item 1 of 'attempts'"),
    ("{say: auto, malformed: doubld}",
     "1:24: 'doubld' is no malformation; write 'truncated' or 'doubled'"),
    ("{say: auto, say_: 1}", "1:13: unknown key 'say_'; known here: " + ", ".join(
        f"'{key}'" for key in list(Turn.model_fields)[:-1]) + " and 'attempts'"),
    ("{say: [{tool_call: a, arguments: genrated}]}",
     "1:34: 'arguments' is 'genrated'; did you mean 'generated'?"),
    ("{say: [{tool_call: a, arguments: [1, x]}]}",
     "1:38: item 2 of 'arguments' is the text 'x'; write a whole number"),
    ("just text", "1:1: the file is the text 'just text'; write a mapping"),
    ('{"\\u001b[2J": 1, "say": "auto"}', "1:2: unknown key '\\x1b[2J'; known here: " + ", ".join(
        f"'{key}'" for key in list(Turn.model_fields)[:-1]) + " and 'attempts'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_wording(text: str, expected: str) -> None:
    """A single mistake is a single sentence that names the value, its place and what to write."""
    assert [expected] == mistakes(text, Turn)


class Aliased(Strict):
    """Keys that Python cannot spell, a text with limits, and a validator that validates further."""

    json_: int = Field(alias="json")
    name: Annotated[str, Field(min_length=1, max_length=3)] = "x"
    inner: Annotated[Any, AfterValidator(Robust.model_validate)] = None
    half: Annotated[int, Field(multiple_of=2)] = 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jsn: 1", "1:1: unknown key 'jsn'; did you mean 'json'?"),
        ("{}", "1:1: the key 'json' is missing; add it: a whole number"),
        ("{json: 1, name: ''}", "1:17: 'name' is empty; write at least 1 character"),
        ("{json: 1, name: four}", "1:17: 'name' has 4 characters; write at most 3 characters"),
        ("{json: 1, half: 3}", "1:17: 'half' is 3; write a multiple of 2"),
        ("{json: 1, inner: {runs: x}}", "1:25: 'runs' is the text 'x'; write another value"),
        ("{json: 1, inner: {walks: 1}}", "1:19: unknown key 'walks'; remove it"),
    ],
)
def test_where_the_model_says_less(text: str, expected: str) -> None:
    """The place is right even where only the value tells what a step is."""
    assert [expected] == mistakes(text, Aliased)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["auto", "drop", "é"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from([*Turn.model_fields, "turns", "text", "fault", "x"]), inner
        )
    ),
)


@example({"turns": [{"faults": [{"fault": None}]}]})
@given(st.dictionaries(st.sampled_from(["name", "turns", "x"]), JSON_VALUES) | JSON_VALUES)
def test_no_value_is_told_in_pydantics_words(value: Json) -> None:
    """Whatever is wrong, the author reads nothing about Python."""
    try:
        build(of_value(value), Script)
    except ScenarioError as error:
        foreign = re.search(
            r"Input|valid|permitted|instance|\b(dict|str|int|None|NoneType)\b", str(error)
        )
        lines = str(error).splitlines()
        found = (foreign, sorted(set(lines)) == sorted(lines), all("; " in line for line in lines))
    else:
        found = (None, True, True)

    assert (None, True, True) == found


INLINE = [
    ([["Hi"], "a"], "turns[0][0]: this is no part of a reply; *; for text, write {text: …}"),
    (["a", [{"text": "b"}, {"txt": "c"}]], "turns[1][1]: this is no part of a reply; *"),
    ([{"text": "Hi"}], "turns[0]: 'text' stands in a part of a reply; *list: [{text: …}]"),
    ([{"attempts": [429, {"sya": "auto"}]}], "turns[0].attempts[1]: unknown key 'sya'; *'say'?"),
    (
        [{"say": [{"tool_call": "a", "argument": {}}]}],
        "turns[0].say[0]: unknown key 'argument'; did you mean 'arguments'?",
    ),
    ([[{"tool_call": "a", "argument": {}}]], "turns[0][0]: unknown key 'argument'; *"),
    ([{"error": {"status": "x"}}], "turns[0].error.status: 'status' is the text 'x'; *"),
]


@pytest.mark.parametrize(("turns", "said"), INLINE)
def test_which_part_of_a_value_is_wrong(turns: list[Json], said: str) -> None:
    """A script in Python has one line for all, so the message names the part."""
    with pytest.raises(ScenarioError) as caught:
        load_value({"turns": turns}, path="test_it.py", line=6)

    (mistake,) = caught.value.mistakes
    pattern = ".*".join(map(re.escape, f"test_it.py:6:1: {said}".split("*")))
    assert re.fullmatch(pattern, str(mistake)), mistake
