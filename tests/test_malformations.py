"""Each malformation makes of any good arguments what its name promises."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from good_arguments import tools
from mockrouter.cutting.places import tokens
from mockrouter.malformations import MALFORMATIONS, NotApplicable
from mockrouter.values import Json, JsonObject, compact


@dataclass(frozen=True)
class Case:
    """Good arguments, the tool's schema, and what is sent."""

    good: JsonObject
    schema: JsonObject | None
    sent: Any


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    return True


def _is_valid(value: Json, schema: JsonObject | None) -> bool:
    valid: bool = Draft202012Validator({"type": "object", **(schema or {})}).is_valid(value)
    return valid


def _changed(good: JsonObject, sent: str) -> dict[str, Json]:
    """Properties of what was sent that are not as they were, compared as JSON."""
    items = json.loads(sent).items()
    return {n: v for n, v in items if n not in good or compact(v) != compact(good[n])}


def _strings(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _loose(sent: str) -> Json:
    return json.loads(sent, strict=False)


def _truncated(case: Case) -> None:
    text = compact(case.good)
    assert case.sent
    assert case.sent != text
    assert text.startswith(case.sent)
    assert not _is_json(case.sent)
    assert "string" == list(tokens(case.sent))[-1].kind or not case.good


def _trailing_text(case: Case) -> None:
    value, end = json.JSONDecoder().raw_decode(case.sent)
    assert case.good == value
    assert not _is_json(case.sent[end:])


def _raw_control_chars(case: Case) -> None:
    assert not _is_json(case.sent)
    assert isinstance(_loose(case.sent), dict)
    assert not case.good or case.good == _loose(case.sent.replace("\n\t", ""))


def _duplicate_keys(case: Case) -> None:
    (key, first), (again, second), *_ = json.loads(case.sent, object_pairs_hook=list)
    assert key == again
    assert compact(first) != compact(second)
    assert type(first) is type(second) or {type(first), type(second)} <= {int, float, type(None)}
    assert not case.good or case.good == json.loads(case.sent)


def _nested_stringified(case: Case) -> None:
    changed = _changed(case.good, case.sent)
    assert changed
    for name, text in changed.items():
        assert isinstance(json.loads(text), list | dict)
        assert name not in case.good or compact(case.good[name]) == text


def _scalars_as_strings(case: Case) -> None:
    assert _changed(case.good, case.sent)
    numbers = [t for t in tokens(case.sent) if t.kind == "number"]
    literals = {t.text for t in tokens(case.sent) if t.kind == "literal"}
    assert [] == numbers
    assert literals <= {"null"}


def _string_as_number(case: Case) -> None:
    ((name, number),) = _changed(case.good, case.sent).items()
    assert isinstance(number, int)
    assert isinstance(case.good.get(name, ""), str)
    assert not (case.schema or {}).get("properties") or not _is_valid(
        json.loads(case.sent), case.schema
    )


def _double_escaped_newlines(case: Case) -> None:
    assert case.good != json.loads(case.sent)
    assert any(r"\n" in text or r"\t" in text for text in _strings(json.loads(case.sent)))
    assert not any("\n" in text for text in _strings(json.loads(case.sent)))


def _unknown_property(case: Case) -> None:
    value = json.loads(case.sent)
    (new,) = value.keys() - case.good.keys()
    assert new not in (case.schema or {}).get("properties", {})
    assert not case.good or compact(list(case.good.values())) == compact(list(value.values()))


def _missing_required(case: Case) -> None:
    (missing,) = case.good.keys() - json.loads(case.sent).keys()
    assert missing in (case.schema or {})["required"]
    assert not _is_valid(json.loads(case.sent), case.schema)


def _explicit_null(case: Case) -> None:
    assert None in json.loads(case.sent).values()
    if (case.schema or {}).get("properties"):
        assert not _is_valid(json.loads(case.sent), case.schema)


def _invalid(case: Case) -> None:
    assert not _is_valid(json.loads(case.sent), case.schema)


PROMISES: dict[str, Callable[[Case], bool | None]] = {
    "empty": lambda case: case.sent == "",
    "json_null": lambda case: case.sent is None,
    "object": lambda case: case.sent == case.good,
    "truncated": _truncated,
    "missing_brace": lambda case: (
        not _is_json(case.sent) and json.loads(case.sent + "}") == case.good
    ),
    "whitespace_runaway": lambda case: (
        not _is_json(case.sent) and len(case.sent) - len(case.sent.rstrip("\n")) >= 4096
    ),
    "whitespace_padded": lambda case: (
        json.loads(case.sent) == case.good and case.sent.endswith("}" + "\n" * 4096)
    ),
    "concatenated": lambda case: (
        not _is_json(case.sent)
        and json.loads(f"[{case.sent[: len(case.sent) // 2]}]") == [case.good]
    ),
    "double_encoded": lambda case: json.loads(json.loads(case.sent)) == case.good,
    "markdown_fence": lambda case: (
        not _is_json(case.sent)
        and json.loads(case.sent.removeprefix("```json\n").removesuffix("\n```")) == case.good
    ),
    "markdown_fence_inline": lambda case: (
        not _is_json(case.sent)
        and json.loads(case.sent.removeprefix("```json").removesuffix("```")) == case.good
        and "\n" not in case.sent
    ),
    "trailing_text": _trailing_text,
    "not_json": lambda case: not _is_json(case.sent) and "{" not in case.sent,
    "raw_control_chars": _raw_control_chars,
    "invalid_escape": lambda case: (
        not _is_json(case.sent) and _is_json(case.sent.replace(r"C:\Users\x", ""))
    ),
    "backslash_n_outside_string": lambda case: (
        not _is_json(case.sent)
        and json.loads(f"{case.sent[0]}\n{case.sent[3:-3]}\n{case.sent[-1]}") == case.good
    ),
    "python_literal": lambda case: (
        not _is_json(case.sent) and ast.literal_eval(case.sent) == (case.good or {"value": None})
    ),
    "trailing_comma": lambda case: (
        not _is_json(case.sent) and json.loads(case.sent[:-2] + case.sent[-1]) == case.good
    ),
    "unquoted_keys": lambda case: not _is_json(case.sent) and not case.sent.startswith('{"'),
    "duplicate_keys": _duplicate_keys,
    "nested_stringified": _nested_stringified,
    "scalars_as_strings": _scalars_as_strings,
    "string_as_number": _string_as_number,
    "double_escaped_newlines": _double_escaped_newlines,
    "unknown_property": _unknown_property,
    "missing_required": _missing_required,
    "explicit_null": _explicit_null,
    "wrong_type": _invalid,
    "enum_violation": _invalid,
}
"""What each promises; False or an assertion where it does not keep it."""


CHOOSY = {
    "nested_stringified",
    "scalars_as_strings",
    "string_as_number",
    "double_escaped_newlines",
    "missing_required",
    "explicit_null",
    "enum_violation",
}
"""Those that may find nothing to break; every other one applies always."""


@pytest.mark.parametrize("name", MALFORMATIONS)
@given(tool=tools(), seed=st.integers())
def test_keeps_its_promise(name: str, tool: tuple[JsonObject, JsonObject], seed: int) -> None:
    """Whatever the tool and its arguments, what is sent is wrong in the way that the name says."""
    good, schema = tool
    before = compact([good, schema])
    try:
        sent = MALFORMATIONS[name].apply(good, schema, Random(seed))
    except NotApplicable:
        assert name in CHOOSY
        return

    assert PROMISES[name](Case(good, schema, sent)) is not False
    assert sent == MALFORMATIONS[name].apply(good, schema, Random(seed))
    assert before == compact([good, schema])


def test_each_has_a_promise_and_a_summary() -> None:
    """The table, the promises and the words for lists name the same malformations."""
    assert list(MALFORMATIONS) == list(PROMISES)
    for malformation in MALFORMATIONS.values():
        assert malformation.summary.endswith(".")
