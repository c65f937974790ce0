"""
A parser of event streams that does what the standard says and nothing else: the tests' judge.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """An event that a page would get."""

    type: str
    data: str
    last_id: str


@dataclass(slots=True)
class Parser:
    """
    Reads a stream as it arrives, in pieces cut anywhere.

    Attributes:
        messages: The events so far.

        retry: Milliseconds until the client would connect anew.
    """

    messages: list[Message] = field(default_factory=list)
    retry: int | None = None
    _text: str = ""
    _data: list[str] = field(default_factory=list)
    _type: str = ""
    _id: str = ""
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8-sig")("replace")
    )

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Read a piece; what follows the last whole line waits for more, or is lost at the end."""
        self._text += self._decoder.decode(piece, last)
        start = 0
        for match in re.finditer(r"\r\n|\n|\r", self._text):
            if match[0] == "\r" and match.end() == len(self._text) and not last:
                break
            self._line(self._text[start : match.start()])
            start = match.end()
        self._text = self._text[start:]

    def _line(self, line: str) -> None:
        if not line:
            self._dispatch()
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._type = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and re.fullmatch("[0-9]+", value):
            self.retry = int(value)

    def _dispatch(self) -> None:
        if self._data:
            data = "\n".join(self._data)
            self.messages.append(Message(self._type or "message", data, self._id))
        self._data, self._type = [], ""


def parsed(*pieces: bytes) -> list[Message]:
    """Read a whole stream, given in pieces."""
    parser = Parser()
    for piece in pieces:
        parser.feed(piece)
    parser.feed(b"", last=True)
    return parser.messages


def data_of(*pieces: bytes) -> list[str]:
    """Read the data of each event of a stream."""
    return [message.data for message in parsed(*pieces)]
