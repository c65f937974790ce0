"""
Secrets are blanked before anything is written down, by the names under which they stand.

In headers, in the bodies of requests, and in what is shown of replies. What is said in plain words
is not looked through.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from mockrouter.engine.blanking import REDACTED, Names, blanked, cut, secrets, spellings
from mockrouter.reply import Refusal, Reply, Text, ToolCall
from mockrouter.values import Json, compact
from mockrouter.verbatim import Said
from mockrouter.wire import Frame, Label, Wire

SECRET_NAMES: Final = (
    "authorization",
    "proxy-authorization",
    "api_key",
    "api-key",
    "x-api-key",
    "apikey",
)
"""Keys whose values are credentials wherever they stand."""

_HEADER = re.compile("auth|key|token|secret|cookie")
_HEADERS = "headers"
_ESCAPES = r"\\u00(?:2[de]|3[0-9]|[46][1-9a-f]|5[0-9af]|7[0-9a])"
"""Escapes that nobody needs, of the characters that names are made of."""
_EVENT_FIELDS = (b"event:", b"id:", b"retry:")
_SHORTEST = 4
"""Characters of a secret that is looked for by itself; a shorter one is part of other words."""


class Redactor:
    """
    Blanks what stands under secret names, in whichever case they are written.

    Under ``headers`` in a body, such as that of an MCP tool, names are read as those of headers.

    Attributes:
        names: Those beside the built-in ones, in lower case.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Blank what is named in *names* as well."""
        self.names = tuple(dict.fromkeys(name.lower() for name in names if name))
        self._secret = frozenset((*SECRET_NAMES, *self.names))
        marks = _marks(self._secret)
        self._in_bytes = [re.compile(mark.encode()).search for mark in marks]
        self._in_text = re.compile("|".join(marks), re.IGNORECASE).search
        words = "|".join(map(re.escape, sorted(self._secret)))
        self._word = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE).search
        self._in = Names(self._is_secret, self._is_header, self._first)
        self._in_complaints = self._in._replace(prose=self._end)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Blank every header that may hold a secret."""
        return {n: REDACTED if self._is_header(n) else text for n, text in headers.items()}

    def body(self, raw: bytes) -> bytes:
        """
        Blank the secrets in a request's body, and change nothing else of it.

        Of a body that is no JSON nothing is left from the first secret name on.
        """
        # Nearly every body ends here, so it is written for speed.
        lower = raw.lower()
        for search in self._in_bytes:
            if search(lower):
                return self._read(raw, self._in)
        return self._read(raw, self._in) if b"\0" in raw[:4] else raw

    def text(self, text: str) -> str:
        """Blank the secrets in a text that should be JSON, such as a call's arguments."""
        return blanked(text, self._in)

    def said(self, text: str) -> str:
        """Blank the secrets in what a model said, if that is JSON and not prose."""
        return self.text(text) if text.lstrip()[:1] in {"{", "["} else text

    def line(self, text: str) -> str:
        """Blank what comes behind a secret name in words of the mock's own."""
        return cut(text, self._end(text))

    def shown(self, wire: Wire, said: Said | None = None) -> Wire:
        """
        Blank the secrets in a response.

        Frames of a call whose arguments hold one are blanked whole, and those of a text that is
        JSON and holds one, as its pieces may stand in any of them. In all others it is looked for
        by name, as in a request, and by itself.

        Args:
            wire: Of the response.

            said: What it was made from; None for the mock's own complaints, which repeat what the
                request holds.
        """
        parts = said.parts if isinstance(said, Reply) else ()
        arguments = [_text(part.arguments) for part in parts if isinstance(part, ToolCall)]
        calls = {number for number, text in enumerate(arguments) if self.text(text) != text}
        texts = [part.text for part in parts if isinstance(part, Text | Refusal)]
        texts = [text for text in texts if self.said(text) != text]
        labels = {Label.TEXT} if texts else set[Label]()
        telling = [*texts, *(arguments[number] for number in calls)]
        words = (word for text in telling for word in secrets(text, self._in))
        found = {form for word in words for form in spellings(word) if len(form) >= _SHORTEST}
        hidden = [form.encode("utf-8", "surrogatepass") for form in sorted(found, key=len)[::-1]]
        names = self._in_complaints if said is None else self._in
        frames = tuple(
            self._frame(frame, frame.call in calls or frame.label in labels, hidden, names)
            for frame in wire.frames
        )
        return wire if frames == wire.frames else replace(wire, frames=frames)

    def _frame(self, frame: Frame, telling: bool, hidden: list[bytes], names: Names) -> Frame:  # noqa: FBT001
        if telling:
            lines = frame.data.splitlines(keepends=True)
            return replace(frame, data=b"".join(map(_blank_line, lines)), event=None)
        data = frame.data
        if frame.call is None and self._place(data) >= 0:
            data = self._lines(data, names)
        for form in hidden:
            data = data.replace(form, REDACTED.encode())
        return frame if data == frame.data else replace(frame, data=data, event=None)

    def _lines(self, data: bytes, names: Names) -> bytes:
        """Blank the secrets in a JSON body or in events, of which each line is one."""
        made = b""
        for line in data.splitlines(keepends=True):
            text = line.rstrip(b"\r\n")
            field = b"data:" if text.startswith(b"data:") else b""
            before = text.removeprefix(field)
            after = self._read(before, names)
            made += field + after + line[len(text) :]
            if after != before and after.endswith(REDACTED.encode()):
                return made  # it was no JSON, so the secret may go on in the next line
        return made

    def _read(self, raw: bytes, names: Names) -> bytes:
        if raw[:4].count(0):  # UTF-16 or UTF-32, in which Python reads JSON as well
            return REDACTED.encode() if self._place(raw.replace(b"\0", b"")) >= 0 else raw
        place = self._place(raw)
        if place < 0:
            return raw
        try:
            text = raw.removeprefix(BOM_UTF8).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return raw[:place] + REDACTED.encode()
        return blanked(text, names).encode("utf-8", "surrogatepass")

    def _place(self, raw: bytes) -> int:
        """Find the first place where a secret name may stand; -1 for none."""
        # Bytes in lower case are searched ten times as fast as bytes in any case.
        lower = raw.lower()
        found = [hit.start() for search in self._in_bytes if (hit := search(lower))]
        return min(found, default=-1)

    def _first(self, text: str) -> int:
        found = self._in_text(text)
        return found.start() if found else -1

    def _end(self, text: str) -> int:
        found = self._word(text)
        return found.end() if found else -1

    def _is_secret(self, name: str) -> bool:
        return name.lower() in self._secret

    def _is_header(self, name: str) -> bool:
        lower = name.lower()
        return lower in self._secret or _is_secret_header(lower)


def _marks(names: Iterable[str]) -> list[str]:
    """
    List patterns, in lower case, one of which is found wherever a secret name may stand.

    Each begins with one certain character, which makes the search for it fast.
    """
    words = [*names, _HEADERS]
    words = [word for word in words if not any(o in word for o in words if o != word)]
    marks = [
        "|".join(re.escape(word) for word in words if word[0] == first)
        for first in sorted({word[0] for word in words})
    ]
    if all(map(str.isascii, words)):
        return [*marks, _ESCAPES]
    # Case means nothing in the bytes of other alphabets: whatever is written in them is suspect.
    return [*marks, r"\\u", r"[^\x00-\x7f]"]


def _text(arguments: Json) -> str:
    return arguments if isinstance(arguments, str) else compact(arguments)


def _blank_line(line: bytes) -> bytes:
    """Blank a line of an event, but for its end and for what says nothing of its data."""
    text = line.rstrip(b"\r\n")
    if not text or text.startswith(_EVENT_FIELDS):
        return line
    field = b"data: " if text.startswith(b"data:") else b""
    return field + REDACTED.encode() + line[len(text) :]


@lru_cache
def _is_secret_header(name: str) -> bool:
    return _HEADER.search(name) is not None


@lru_cache
def redactor(names: tuple[str, ...]) -> Redactor:
    """Find the redactor for *names* beside the built-in ones."""
    return Redactor(names)


BUILT_IN: Final = redactor(())
"""Blanks what stands under the built-in names alone."""
