"""What goes wrong in a scenario that comes with the product is really there, byte by byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest
import yaml

import proofs
import proofs_events
import proofs_wire
from asgi import BUILTIN, Answer, Client
from loop import MANNERS, Manner, talk
from mockrouter import catalogue
from mockrouter.scenario.library import Library, load_text
from mockrouter.values import Json
from mockrouter.wire import Ending
from proofs import FUNCTIONS, NAMES, Case

PROOFS: dict[str, Callable[[Case], None]] = {
    "arguments/corrected": proofs.no_json,
    "arguments/empty": proofs.no_json,
    "arguments/markdown-fence": proofs.no_json,
    "arguments/schema-mismatch": proofs.mismatch,
    "arguments/trailing-comma": proofs.no_json,
    "arguments/truncated": proofs.no_json,
    "arguments/truncated-by-length": proofs.cut_off,
    "calls/as-text": proofs.as_text,
    "calls/duplicate-ids": proofs.one_id_for_two,
    "calls/finish-in-same-chunk": proofs_events.one_chunk,
    "calls/finish-stop": partial(proofs.finish, 1, "stop"),
    "calls/finish-without-call": partial(proofs.finish, 0, "tool_calls"),
    "calls/index-all-zero": partial(proofs_events.indices, {0}),
    "calls/index-missing": partial(proofs_events.indices, set()),
    "calls/unknown-tool": proofs.unknown_tool,
    "errors/chat-shaped-event": proofs_events.bare_error,
    "errors/mid-stream": proofs.error_inside,
    "stream/chunk-after-done": proofs_events.behind_done,
    "stream/null-event": partial(proofs_events.put_in, None),
    "stream/unknown-event": partial(proofs_events.put_in, {"type": "keepalive"}),
    "wire/broken-event": proofs_wire.one_bad_event,
    "wire/burst": proofs_wire.one_write,
    "wire/byte-order-mark": partial(proofs_wire.with_bytes, b"\xef\xbb\xbf", b"\r"),
    "wire/comments": partial(proofs_wire.with_bytes, b": OPENROUTER PROCESSING\n\n" * 3, b"\r"),
    "wire/compressed": proofs_wire.compressed,
    "wire/crlf": partial(proofs_wire.with_bytes, b"}\r\n\r\n", b"}\n"),
    "wire/disconnect-before-headers": proofs.breaks_early,
    "wire/disconnect-mid-arguments": partial(proofs.breaks, Ending.DISCONNECT),
    "wire/done-early": proofs_wire.done_early,
    "wire/drip": partial(proofs_wire.takes, 3),
    "wire/dropped-done": proofs.lost,
    "wire/dropped-finish": proofs.lost,
    "wire/dropped-fragment": partial(proofs.wrong_arguments, proofs.lost),
    "wire/duplicated-finish": proofs.twice,
    "wire/duplicated-fragment": partial(proofs.wrong_arguments, proofs.twice),
    "wire/encoding-lie": proofs_wire.said_to_be_compressed,
    "wire/half-close": partial(proofs.breaks, Ending.HALF_CLOSE),
    "wire/huge-line": proofs_wire.long_line,
    "wire/keep-open": proofs_wire.same,
    "wire/last-chunk-missing": partial(
        proofs_wire.whole_but, Ending.DISCONNECT, proofs_wire.no_length
    ),
    "wire/length-too-long": partial(proofs_wire.whole_but, Ending.COMPLETE, proofs_wire.longer),
    "wire/length-too-short": partial(proofs_wire.whole_but, Ending.COMPLETE, proofs_wire.shorter),
    "wire/many-data-lines": partial(proofs_wire.with_bytes, b",\ndata: ", b"\r"),
    "wire/no-blank-lines": proofs_wire.run_together,
    "wire/no-space": partial(proofs_wire.with_bytes, b"data:{", b"data: "),
    "wire/reset": partial(proofs.breaks, Ending.RESET),
    "wire/split-characters": proofs_wire.torn_characters,
    "wire/split-lines": partial(proofs_wire.writes_of, 7),
    "wire/stall": partial(proofs.breaks, Ending.STALL),
    "wire/stall-with-comments": proofs_wire.kept_busy,
    "wire/truncated-event": proofs.ends_early,
    "wire/truncated-stream": proofs.ends_early,
}
"""What each first answer shows, in every manner that the scenario's tags name."""

ERRORS: dict[str, list[tuple[int, str | None]]] = {
    "errors/context-length": [(400, None)] * 2,
    "errors/no-credits": [(402, None)] * 2,
    "errors/rate-limit-then-success": [(429, "1"), (429, "2"), (200, None)],
    "errors/server-error-forever": [(500, None)] * 4,
    "errors/unavailable-then-success": [(503, None), (200, None)],
}
"""Status and ``Retry-After`` of each try."""

LATER = {"calls/empty-after-result", "loops/endless"}
"""Those whose first answer is good; each has a test of its own."""


def applies(name: str, manner: Manner) -> bool:
    """Say whether the tags name this format and mode."""
    tags = BUILTIN.named[name].model.tags
    return manner.dialect in tags and (manner.stream or "stream" not in tags)


CASES = [(name, manner) for name in PROOFS for manner in MANNERS if applies(name, manner)]


def without_faults(value: Json) -> Json:
    """Take out of a file what goes wrong in it."""
    if isinstance(value, dict):
        left_out = {"faults", "malformed"} | ({"error"} if "say" in value else set())
        return {key: without_faults(v) for key, v in value.items() if key not in left_out}
    return [without_faults(each) for each in value] if isinstance(value, list) else value


def clean(name: str) -> Client:
    """Serve the scenario as it were with nothing wrong."""
    text = (catalogue.folder() / f"{name}.yaml").read_text("utf-8")
    scenario = load_text(
        json.dumps(without_faults(yaml.safe_load(text)), ensure_ascii=False), name=name
    )
    return Client(Library((), {name: scenario}))


def first(client: Client, name: str, manner: Manner) -> Answer:
    """Ask for the first turn."""
    body = manner.body([{"role": "user", "content": "Hi"}], tools=manner.tools(FUNCTIONS))
    return client.post(manner.path(name), body)


@pytest.mark.parametrize(("name", "manner"), CASES, ids=str)
def test_the_fault_is_on_the_wire(name: str, manner: Manner) -> None:
    """The first answer goes wrong in the way in which the scenario says, and no warning comes."""
    client = Client()
    case = Case(manner, first(client, name, manner), first(clean(name), name, manner))

    PROOFS[name](case)
    assert ((), "") == (client.exchanges[0].warnings, client.exchanges[0].error)


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize("name", ERRORS)
def test_each_try_meets_its_status(name: str, manner: Manner) -> None:
    """Errors come with their status and wait, for as many tries as the scenario says."""
    client = Client()
    tries = [first(client, name, manner) for _ in ERRORS[name]]

    assert ERRORS[name] == [(each.status, each.headers.get("retry-after")) for each in tries]
    assert all("error" in each.json for each in tries if each.status > 200)


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize(
    "name", [name for name in PROOFS if BUILTIN.named[name].model.turns[0].attempts]
)
def test_who_tries_again_is_answered_well(name: str, manner: Manner) -> None:
    """The second try of the same request gets what the first one should have got."""
    client, good = Client(), clean(name)
    tries = [[first(each, name, manner) for _ in range(2)] for each in (client, good)]

    assert tries[1][1] == tries[0][1]
    assert "book_table" == manner.hear(tries[0][1]).calls[0].name


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_endless_calls_end_by_the_client_alone(manner: Manner) -> None:
    """However many rounds a client allows, the model calls again, each time with a new id."""
    heard = list(talk(Client(), manner, FUNCTIONS, scenario="loops/endless", most=12))

    assert [1] * 12 == [len(each.calls) for each in heard]
    assert 12 == len({call.id for each in heard for call in each.calls})


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_nothing_comes_after_the_result(manner: Manner) -> None:
    """After a good call, the model ends its turn well and has said nothing."""
    name = "calls/empty-after-result"
    call, silence = talk(Client(), manner, FUNCTIONS, scenario=name)

    assert NAMES == [each.name for each in call.calls]
    assert ("", ()) == (silence.text, silence.calls)
    assert {"chat": "stop", "responses": "completed"}[manner.dialect] == silence.end


def test_no_scenario_is_forgotten() -> None:
    """Each scenario is fault-free, built in, or proved faulty here."""
    faulty = {
        name
        for name, scenario in BUILTIN.named.items()
        if not {"fault-free", "builtin"} & set(scenario.model.tags)
    }

    assert faulty == {*PROOFS, *ERRORS, *LATER}
