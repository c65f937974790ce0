"""Ids: the same on every run, told apart, and readable back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockrouter.ids import BASE36, HOLE_MARK, NONCE_LENGTH, Ids, IdShape, nonce_of, turn_of
from mockrouter.profiles import PROFILES, Profile

CALL = IdShape("call_", 24)
SHAPES = {shape.prefix: shape for p in PROFILES.values() for shape in p.id_shapes}
LONG = [shape for shape in SHAPES.values() if shape.length > NONCE_LENGTH + 1]


@pytest.mark.parametrize("shape", LONG, ids=lambda shape: shape.prefix)
@given(
    turn=st.integers(0, 3000),
    attempt=st.integers(0, 9),
    index=st.integers(0, 5000),
    key=st.text(max_size=20),
)
def test_an_id_says_which_turn_made_it(
    shape: IdShape, turn: int, attempt: int, index: int, key: str
) -> None:
    """Whatever the scenario, turn, attempt and place, the turn is read back."""
    made = Ids(key, turn, attempt, nonce_of(b"x"), 1_767_225_600).make(shape, index)

    assert turn == turn_of(made, key, (shape,))


def test_another_scenario_does_not_read_it() -> None:
    """An id signed by one scenario says nothing to another, nor with another seed."""
    made = Ids("0|weather", 2).make(CALL)

    assert turn_of(made, "0|other", (CALL,)) is None
    assert turn_of(made, "1|weather", (CALL,)) is None


@pytest.mark.parametrize(
    "foreign", ["", "call_", "call_abc123", "call_" + "é" * 24, "fc_1", "x" * 99]
)
def test_foreign_ids_say_nothing(foreign: str) -> None:
    """An id that mockrouter never gave is no evidence, whatever its shape."""
    assert turn_of(foreign, "0|weather", (CALL,)) is None


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_ids_of_one_exchange_differ(profile: Profile) -> None:
    """No two items of a reply share an id, short as the provider's ids may be."""
    ids = Ids("0|weather", created=1)
    made = [ids.make(shape, index) for shape in profile.id_shapes for index in range(30)]
    shapes = {(s.prefix, s.length) for s in profile.id_shapes}

    assert len(shapes) * 30 == len(set(made))


def test_two_conversations_never_share_an_id() -> None:
    """The request's own bytes are in every id."""
    first = Ids("0|weather", nonce=nonce_of(b"one")).make(CALL)
    second = Ids("0|weather", nonce=nonce_of(b"two")).make(CALL)

    assert first != second
    assert first[:-NONCE_LENGTH] == second[:-NONCE_LENGTH]


def test_a_kept_id_is_filled() -> None:
    """An id made with the stand-in becomes the exchange's own by replacing it."""
    kept = Ids("0|weather", 1).make(IdShape("msg_tmp_", 11, BASE36), 3)
    nonce = nonce_of(b"request")
    made = Ids("0|weather", 1, nonce=nonce).make(IdShape("msg_tmp_", 11, BASE36), 3)

    assert made == kept.replace(HOLE_MARK, nonce)
