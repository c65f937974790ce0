"""Calls whose identity is in doubt, and fragments that are too few or too many."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs
from catalogue.conftest import Prove
from catalogue.proofs_calls import (
    FIRST,
    REST,
    all_of,
    beside_text,
    changed,
    having,
    id_again,
    ids,
    in_front,
    late,
    one_piece,
    resent,
    tail_lost,
    while_thinking,
    without,
)
from catalogue.proving import Proof, cases
from loop import Manner
from mockrouter.values import JsonObject


def swapped(pieces: list[JsonObject]) -> None:
    """The first call is the fourth, and comes before the other."""
    for piece in pieces:
        piece["index"] = {0: 4, 1: 1}[piece["index"]]


def drifting(pieces: list[JsonObject]) -> None:
    """Each piece seems to belong to another call."""
    for number, piece in enumerate(pieces):
        piece["index"] = number


def opened_again(pieces: list[JsonObject]) -> None:
    """Each piece has the id and the type."""
    for piece in pieces[REST]:
        piece |= {key: pieces[0][key] for key in ("id", "type")}


def named_again(pieces: list[JsonObject]) -> None:
    """Each piece has the whole name."""
    for piece in pieces[REST]:
        piece["function"]["name"] = pieces[0]["function"]["name"]


def named_in_two(pieces: list[JsonObject]) -> None:
    """The name's last two letters come in the second piece."""
    first, second = (piece["function"] for piece in pieces[:2])
    first["name"], second["name"] = first["name"][:-2], first["name"][-2:]


def speaks(delta: JsonObject) -> bool:
    """There is text in it."""
    return bool(delta.get("content"))


def is_any(_: JsonObject) -> bool:
    """Whatever is in it."""
    return True


NULLS = all_of(*(having(key, None, REST) for key in ("id", "type", "function.name")))
BLANKS = all_of(*(having(key, "", REST) for key in ("id", "function.name")))

PROOFS: dict[str, Proof] = {
    "calls/arguments-missing-at-first": partial(changed, without("function.arguments", FIRST)),
    "calls/arguments-never-sent": partial(changed, without("function.arguments")),
    "calls/arguments-null-at-first": partial(changed, having("function.arguments", None, FIRST)),
    "calls/arguments-resent": resent,
    "calls/arguments-tail-lost": tail_lost,
    "calls/duplicate-ids": partial(ids, ["call_duplicate"] * 2),
    "calls/fragment-lost": partial(proofs.wrong_arguments, proofs.lost),
    "calls/fragment-twice": partial(proofs.wrong_arguments, proofs.twice),
    "calls/function-missing": partial(in_front, without("function")),
    "calls/function-null": partial(in_front, having("function", None)),
    "calls/id-empty": partial(ids, [""]),
    "calls/id-empty-later": partial(changed, BLANKS),
    "calls/id-missing": partial(changed, without("id")),
    "calls/id-null-later": partial(changed, NULLS),
    "calls/id-repeated": partial(changed, opened_again),
    "calls/ids-empty": partial(ids, ["", ""]),
    "calls/ids-reused": id_again,
    "calls/index-all-zero": partial(changed, having("index", 0)),
    "calls/index-all-zero-no-ids": partial(one_piece, all_of(without("id"), having("index", 0))),
    "calls/index-drifts": partial(changed, drifting),
    "calls/index-from-one": partial(changed, having("index", 1)),
    "calls/index-missing": partial(changed, without("index")),
    "calls/index-missing-parallel": partial(one_piece, without("index")),
    "calls/index-out-of-order": partial(changed, swapped),
    "calls/late-whole-call": partial(late, []),
    "calls/late-whole-call-with-comments": partial(late, [5.0, 10.0, 15.0, 20.0, 25.0, 30.0]),
    "calls/list-empty": partial(beside_text, [], is_any),
    "calls/list-empty-in-reasoning": while_thinking,
    "calls/list-null": partial(beside_text, None, speaks),
    "calls/name-in-pieces": partial(changed, named_in_two),
    "calls/name-repeated": partial(changed, named_again),
    "calls/type-empty": partial(changed, having("type", "", FIRST)),
    "calls/type-missing": partial(changed, without("type", FIRST)),
    "calls/type-null": partial(changed, having("type", None, FIRST)),
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """What tells the calls of a reply apart is as the scenario says."""
    prove(name, manner, PROOFS[name])
