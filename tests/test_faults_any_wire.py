"""What no fault ever does, whatever the wire and whatever other faults strike it."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import get_args

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from faulty import ADAPTER
from mockrouter.errors import FaultError
from mockrouter.faults import FAULTS, Fault, Layer
from mockrouter.strategies.fault_settings import settings as fault_settings
from mockrouter.values import JsonObject
from mockrouter.wire import Frame, Label, Wire

EVENTS = st.sampled_from([None, 5, {}, {"type": "say", "a": 1}, {"b": [{"index": 0, "c": "x"}]}])


FRAMES = st.builds(
    Frame,
    st.binary(max_size=9),
    st.sampled_from(Label),
    st.sampled_from([0.0, 0.5]),
    st.none() | st.integers(0, 1),
    EVENTS,
)


WIRES = st.builds(
    lambda frames, stream: Wire(
        200,
        (),
        tuple(frames) if stream else (Frame(b"".join(f.data for f in frames)),),
        stream=stream,
    ),
    st.lists(FRAMES, max_size=8),
    st.booleans(),
)


COMMON = {"dialect": st.just("chat"), "stream": st.booleans(), "chance": st.just(0.5)}


def _fault(written: JsonObject) -> Fault:
    return ADAPTER.validate_python(written)


DRAWN: dict[str, st.SearchStrategy[Fault]] = {
    name: st.tuples(st.fixed_dictionaries({}, optional=COMMON), settings)
    .map(lambda drawn: drawn[0] | drawn[1])
    .map(_fault)
    for name, settings in fault_settings(
        paths=st.sampled_from(["a", "b[0]", "b[*].c", "type"]),
        types=st.sampled_from(["say", "s*"]) | st.just(["say", "done"]),
        sizes=st.integers(1, 9),
    ).items()
}


CUTTING = ("disconnect", "drop", "half_close", "reset", "truncate")


def test_the_table_names_every_fault() -> None:
    """Each fault is in the table and is drawn by the tests below."""
    assert set(DRAWN) == set(FAULTS)
    assert {*get_args(Layer)} == {fault.layer for fault in FAULTS.values()}


@given(WIRES, st.lists(st.one_of(*DRAWN.values()), max_size=4), st.integers())
def test_any_faults_go_together(wire: Wire, faults: list[Fault], seed: int) -> None:
    """Faults in any number and order give a wire or say why not, and give it again."""

    def strike() -> Wire | str:
        rng, struck = Random(seed), wire
        try:
            for fault in faults:
                struck = fault.apply(struck, rng)
        except FaultError as error:
            return str(error)
        return struck

    assert strike() == strike()


@given(WIRES, st.one_of(*(DRAWN[name] for name in CUTTING)))
def test_what_is_cut_is_only_left_out(wire: Wire, fault: Fault) -> None:
    """A fault that cuts sends nothing that was not there, nor in another order."""
    try:
        after = fault.apply(wire, Random(0))
    except FaultError:
        return
    rest = iter(wire.body)

    assert all(byte in rest for byte in after.body)
    if fault.fault != "drop":
        assert wire.body.startswith(after.body)


def _is_silent_for_a_while(stall: Fault) -> bool:
    set_to = stall.model_dump()
    return set_to["seconds"] != "forever" and set_to["keep_alive"] is None


@given(WIRES, DRAWN["stall"].filter(_is_silent_for_a_while))
def test_a_bounded_stall_only_delays(wire: Wire, stall: Fault) -> None:
    """Silence that ends loses no byte and adds just its own time."""
    try:
        after = stall.apply(wire, Random(0))
    except FaultError:
        return

    assert wire.body == after.body
    assert (wire.ending, wire.headers) == (after.ending, after.headers)
    seconds = stall.model_dump()["seconds"]
    assert _time(wire) + seconds == _time(after)


def _time(wire: Wire) -> float:
    return wire.delay + sum(frame.delay for frame in wire.frames)


@given(st.one_of(*DRAWN.values()))
def test_the_json_schema_knows_every_setting(fault: Fault) -> None:
    """An editor that has the schema accepts what the loader accepts, and wants the name."""
    written = fault.model_dump(mode="json", exclude_unset=True) | {"fault": fault.fault}

    assert _validator().is_valid(written), written
    del written["fault"]
    assert not _validator().is_valid(written), written


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(ADAPTER.json_schema())
