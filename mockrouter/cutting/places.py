"""
Named places in JSON text at which a fragment may end.

A client that decodes each fragment by itself, or closes open brackets to show a call early, goes
wrong at these places and not at others. The text is read leniently, so that arguments which are no
JSON have their places too.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias


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


_Find: TypeAlias = Callable[[Token], Iterable[int]]

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


def offsets(text: str, places: Iterable[str]) -> tuple[int, ...]:
    """
    Find every occurrence of *places*, which are names of ``PLACES``.

    Returns:
        Offsets in characters, ascending, each once, neither 0 nor the end.
    """
    finders = [PLACES[place] for place in places]
    found = {at for token in tokens(text) for find in finders for at in find(token)}
    return tuple(sorted(found - {0, len(text)}))


def _middle(kind: str) -> _Find:
    def find(token: Token) -> Iterable[int]:
        return [token.start + len(token.text) // 2] if token.kind == kind else ()

    return find


def _after(kind: str) -> _Find:
    def find(token: Token) -> Iterable[int]:
        return [token.end] if token.kind == kind else ()

    return find


def _before(kind: str, back: int = 0) -> _Find:
    def find(token: Token) -> Iterable[int]:
        if token.kind != kind:
            return ()
        return [token.end - back if back else token.start]

    return find


def _within(pattern: str, ahead: int) -> _Find:
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


PLACES: Final[dict[str, _Find]] = {
    "after_open": _after("open"),  # behind each { and [
    "before_close": _before("close"),  # before each } and ]
    "in_key": _middle("key"),  # in the middle of each key
    "after_key": _after("key"),  # between each key's closing quote and its colon
    "after_colon": _after("colon"),
    "after_comma": _after("comma"),
    "in_string": _middle("string"),  # in the middle of each string value
    "before_quote": _before("string", 1),  # before each string value's closing quote
    "in_escape": _escapes,  # between each backslash and what it escapes
    "in_unicode_escape": _within(_UNICODE, 4),  # inside each \uXXXX, after two digits
    "in_surrogate_pair": _within(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..", 6),  # between halves
    "in_number": _middle("number"),  # between two digits of each number that has two
    "in_literal": _middle("literal"),  # inside each true, false and null
    "between_tokens": lambda token: [token.start],  # between any two of the above
}
"""How each place is found in a token."""


def checked(name: str) -> str:
    """
    Check the name of a place.

    Raises:
        ValueError: There is none of this name; says which is near.
    """
    if name not in PLACES:
        near = difflib.get_close_matches(name, PLACES, 1)
        remedy = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(PLACES)}"
        message = f"'{name}' is no place to cut at; {remedy}"
        raise ValueError(message)
    return name
