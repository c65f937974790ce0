"""What is known to go wrong with framing and transport can be written down, in both formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from asgi import Answer, Client
from event_stream import data_of
from loop import MANNERS, Manner
from mockrouter.wire import Ending

STREAMS = [manner for manner in MANNERS if manner.stream and manner.profile.name != "solrouter"]


@dataclass(frozen=True)
class Row:
    """
    One failure.

    Attributes:
        name: What it is called.

        faults: YAML, a list.

        shown: What is true of the answer, and of what it would have been.

        more: Other keys of the turn.
    """

    name: str
    faults: str
    shown: Callable[[Answer, Answer], bool]
    more: str = ""

    def __str__(self) -> str:
        """Give its name."""
        return self.name


def has(*there: bytes) -> Callable[[Answer, Answer], bool]:
    """Look for bytes that would not have been there."""
    return lambda bad, good: all(each in bad.body and each not in good.body for each in there)


def breaks(how: Ending) -> Callable[[Answer, Answer], bool]:
    """Look at how the connection ends, behind some of the body."""
    return lambda bad, good: bad.broken is how and good.body.startswith(bad.body)


def values(answer: Answer) -> list[str]:
    """Read the JSON of each event anew."""
    texts = data_of(answer.body)
    return [text if text == "[DONE]" else json.dumps(json.loads(text)) for text in texts]


def data_holds(text: str) -> Callable[[Answer, Answer], bool]:
    """Look for an event with this data."""
    return lambda bad, good: text in data_of(bad.body) and text not in data_of(good.body)


def undecodable(bad: Answer, good: Answer) -> bool:
    """Tell whether a write alone is no UTF-8, and all of them are what they were."""
    return bad.body == good.body and any(_broken(data) for _, data in bad.writes)


def _broken(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


def rows() -> Iterator[Row]:
    """List them in groups: framing, then transport."""
    yield Row(
        "comment keep-alive before and between",
        "[{fault: comment, text: BUSY, times: 17}]",
        has(b": BUSY\n\n" * 17),
    )
    yield Row(
        "comment keep-alive on a timer",
        "[{fault: comment, every: 2, text: BUSY}]",
        has(b": BUSY\n\n"),
        "pace: {ttft: 12}",
    )
    yield Row(
        "comment as data",
        '[{fault: bytes, nth: 2, before: event, text: "data: : keepalive\\n\\n"}]',
        data_holds(": keepalive"),
    )
    yield Row(
        "empty data", '[{fault: bytes, nth: 2, before: event, text: "data:\\n\\n"}]', data_holds("")
    )
    yield Row(
        "an event line alone",
        '[{fault: bytes, nth: 2, before: event, text: "event: ping\\n\\n"}]',
        has(b"event: ping\n\n"),
    )
    yield Row("no space", "[{fault: sse, space: false, event_line: x}]", has(b"event:x\ndata:{"))
    yield Row("CRLF", "[{fault: sse, line_end: crlf}]", has(b"}\r\n\r\n"))
    yield Row("bare CR", "[{fault: sse, line_end: cr}]", has(b"}\r\r"))
    yield Row("LF, then CRLF", "[{fault: sse, line_end: mixed}]", has(b"}\n\r\n"))
    yield Row(
        "several data lines",
        "[{fault: sse, data_lines: 2}]",
        lambda bad, good: values(bad) == values(good) and bad.body != good.body,
    )
    yield Row(
        "an empty data line first",
        "[{fault: sse, data_lines: empty_first}]",
        has(b"data:\ndata: {"),
    )
    yield Row(
        "no blank line", "[{fault: sse, blank_lines: 0}]", lambda bad, _: data_of(bad.body) == []
    )
    yield Row(
        "BOM", "[{fault: sse, bom: true}]", lambda bad, _: bad.body.startswith(b"\xef\xbb\xbf")
    )
    yield Row(
        "BOM, torn",
        "[{fault: sse, bom: true}, {fault: writes, at: 1}]",
        lambda bad, _: bad.writes[0][1] == b"\xef",
    )
    yield Row(
        "64 KiB in a line",
        "[{fault: bytes, nth: 1, after: data_prefix, text: ' ', repeat: 65537}]",
        has(b" " * 65537),
    )
    yield Row("a character torn", "[{fault: writes, inside: character}]", undecodable)
    yield Row(
        "one byte at a time",
        "[{fault: writes, every: 1 byte}]",
        lambda bad, good: {1} == {len(d) for _, d in bad.writes} and bad.body == good.body,
    )
    yield Row(
        "inside a line",
        "[{fault: writes, inside: line}]",
        lambda bad, good: len(bad.writes) > len(good.writes),
    )
    yield Row(
        "broken JSON amid good",
        "[{fault: bytes, nth: 2, replace: data, text: '{\"a\":'}]",
        data_holds('{"a":'),
    )
    yield Row(
        "JSON that stops short",
        "[{fault: bytes, nth: 2, replace: {find: '}'}, occurrence: last}]",
        lambda bad, good: len(bad.body) == len(good.body) - 1,
    )
    yield Row(
        "burst",
        "[{fault: writes, together: true}]",
        lambda bad, good: [(good.writes[-1][0], good.body)] == list(bad.writes),
        "pace: {itl: 1}",
    )
    yield Row(
        "no [DONE], and open for ever",
        "[{fault: sse, terminator: none}, {fault: stall, after: all}]",
        lambda bad, _: bad.broken is Ending.STALL and b"[DONE]" not in bad.body,
    )
    yield Row(
        "only [DONE]",
        "[{fault: sse, terminator: only}]",
        lambda bad, _: data_of(bad.body) == ["[DONE]"],
    )
    yield Row(
        "more after [DONE]",
        "[{fault: sse, terminator: early}]",
        lambda bad, _: data_of(bad.body)[-1] != "[DONE]",
    )
    yield Row("stall amid the stream", "[{fault: stall, after: 2}]", breaks(Ending.STALL))
    yield Row(
        "stall kept alive",
        "[{fault: stall, after: 2, keep_alive: 15}]",
        lambda bad, _: bad.body.count(b": keep-alive\n\n") > 200,
    )
    yield Row(
        "slow headers",
        "[{fault: stall, before: headers, seconds: 60}]",
        lambda bad, _: bad.writes[0][0] == 60,
    )
    yield Row(
        "slow first event",
        "[{fault: stall, after: 0, seconds: 60}]",
        lambda bad, _: bad.writes[-1][0] == 60,
    )
    yield Row(
        "chunks without the last",
        "[{fault: disconnect, after: all}]",
        lambda bad, good: bad.broken is Ending.DISCONNECT and bad.body == good.body,
    )
    yield Row("reset", "[{fault: reset, after: 2}]", breaks(Ending.RESET))
    yield Row(
        "reset before headers",
        "[{fault: reset, before: headers}]",
        lambda bad, _: (0, Ending.RESET) == (bad.status, bad.broken),
    )
    yield Row(
        "encoding that lies",
        "[{fault: encode, coding: identity, header: gzip}]",
        lambda bad, good: bad.body == good.body and bad.headers["content-encoding"] == "gzip",
    )
    yield Row(
        "each event compressed by itself",
        "[{fault: encode, per: event}]",
        lambda bad, good: (
            len(bad.writes) == len(good.writes) == bad.body.count(b"\x1f\x8b\x08\x00")
        ),
    )
    yield Row("half-close", "[{fault: half_close, after: 2}]", breaks(Ending.HALF_CLOSE))
    yield Row(
        "length too long",
        "[{fault: content_length, length: too_long}]",
        lambda bad, _: int(bad.headers["content-length"]) > len(bad.body),
    )
    yield Row(
        "length too short",
        "[{fault: content_length, length: too_short}]",
        lambda bad, _: int(bad.headers["content-length"]) < len(bad.body),
    )


ROWS = list(rows())


@pytest.mark.parametrize("manner", STREAMS, ids=str)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_can_be_written_down(row: Row, manner: Manner) -> None:
    """A few words of YAML make it, and nothing is said to be amiss."""
    say = f'say: [{{text: "Es sind 18° 🌤."}}]\n    {row.more}'
    bad, good = (
        Client.playing(f"turns:\n  - {say}\n    faults: {faults}\n")
        for faults in (row.faults, "[]")
    )
    body = manner.body([{"role": "user", "content": "Hi"}])
    answers = [client.post(manner.path(), body) for client in (bad, good)]

    assert row.shown(*answers), answers
    assert ((), "") == (bad.exchanges[0].warnings, bad.exchanges[0].error)
