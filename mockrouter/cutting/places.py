"""
Named places in JSON text at which a fragment may end.

A client that decodes each fragment by itself, or closes open brackets to show a call early, goes
wrong at these places and not at others. The text is read leniently, so that arguments which are no
JSON have their places too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Place(StrEnum):
    """Where a cut may be asked for; what each one means stands in ``PLACES``."""

    AFTER_OPEN = "after_open"
    BEFORE_CLOSE = "before_close"
    IN_KEY = "in_key"
    AFTER_KEY = "after_key"
    AFTER_COLON = "after_colon"
    AFTER_COMMA = "after_comma"
    IN_STRING = "in_string"
    BEFORE_QUOTE = "before_quote"
    IN_ESCAPE = "in_escape"
    IN_UNICODE_ESCAPE = "in_unicode_escape"
    IN_SURROGATE_PAIR = "in_surrogate_pair"
    IN_NUMBER = "in_number"
    IN_LITERAL = "in_literal"
    BETWEEN_TOKENS = "between_tokens"


@dataclass(frozen=True, slots=True)
class Token:
    """
    A run of characters of JSON text.

    Attributes:
        kind: ``key``, ``string``, ``number``, ``literal``, ``open``, ``close``, ``colon``,
            ``comma``, ``space`` or ``junk``.

        start: Offset in the text, in characters.

        text: The characters; a key and a string have their quotes.
    """

    kind: str
    start: int
    text: str

    @property
    def end(self) -> int:
        """Offset behind the last character."""
        return self.start + len(self.text)


_TOKEN: Final = re.compile(
    r"""
    (?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))
    | (?P<string>"(?:[^"\\]|\\.)*(?:"|\\?\Z))
    | (?P<number>-?\d[\d.eE+-]*)
    | (?P<literal>[A-Za-z]+)
    | (?P<open>[{\[]) | (?P<close>[}\]]) | (?P<colon>:) | (?P<comma>,)
    | (?P<space>\s+)
    | (?P<junk>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_UNICODE = r"\\u[0-9a-fA-F]{4}"


def tokens(text: str) -> Iterator[Token]:
    """Read *text*, JSON or not, as tokens that join to it."""
    for match in _TOKEN.finditer(text):
        yield Token(match.lastgroup or "junk", match.start(), match.group())


def offsets(text: str, places: Iterable[Place]) -> tuple[int, ...]:
    """
    Find every occurrence of *places*.

    Returns:
        Offsets in characters, ascending, each once, neither 0 nor the end.
    """
    finders = [PLACES[place] for place in places]
    found = {at for token in tokens(text) for find in finders for at in find(token)}
    return tuple(sorted(found - {0, len(text)}))


def _middle(kind: str) -> Callable[[Token], Iterable[int]]:
    def find(token: Token) -> Iterable[int]:
        return [token.start + len(token.text) // 2] if token.kind == kind else ()

    return find


def _after(kind: str) -> Callable[[Token], Iterable[int]]:
    def find(token: Token) -> Iterable[int]:
        return [token.end] if token.kind == kind else ()

    return find


def _before(kind: str, back: int = 0) -> Callable[[Token], Iterable[int]]:
    def find(token: Token) -> Iterable[int]:
        if token.kind != kind:
            return ()
        return [token.end - back if back else token.start]

    return find


def _within(pattern: str, ahead: int) -> Callable[[Token], Iterable[int]]:
    # An escaped backslash is read first, so that \\u0041 is no unicode escape.
    compiled = re.compile(rf"\\\\|({pattern})")

    def find(token: Token) -> Iterable[int]:
        if token.kind not in {"key", "string"}:
            return ()
        hits = (hit for hit in compiled.finditer(token.text) if hit[1])
        return [token.start + hit.start() + ahead for hit in hits]

    return find


def _escapes(token: Token) -> Iterable[int]:
    if token.kind not in {"key", "string"}:
        return ()
    return [token.start + hit.start() + 1 for hit in re.finditer(r"\\.", token.text, re.DOTALL)]


PLACES: Final[dict[Place, Callable[[Token], Iterable[int]]]] = {
    Place.AFTER_OPEN: _after("open"),  # behind each { and [
    Place.BEFORE_CLOSE: _before("close"),  # before each } and ]
    Place.IN_KEY: _middle("key"),  # in the middle of each key
    Place.AFTER_KEY: _after("key"),  # between each key's closing quote and its colon
    Place.AFTER_COLON: _after("colon"),
    Place.AFTER_COMMA: _after("comma"),
    Place.IN_STRING: _middle("string"),  # in the middle of each string value
    Place.BEFORE_QUOTE: _before("string", 1),  # before each string value's closing quote
    Place.IN_ESCAPE: _escapes,  # between each backslash and what it escapes
    Place.IN_UNICODE_ESCAPE: _within(_UNICODE, 4),  # inside each \uXXXX, after two digits
    Place.IN_SURROGATE_PAIR: _within(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..", 6),  # between halves
    Place.IN_NUMBER: _middle("number"),  # between two digits of each number that has two
    Place.IN_LITERAL: _middle("literal"),  # inside each true, false and null
    Place.BETWEEN_TOKENS: lambda token: [token.start],  # between any two of the above
}
"""How each place is found in a token."""
