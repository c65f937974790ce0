"""
A YAML (or JSON) text as a plain value that remembers where each part of it stood.

Read by the core schema of YAML 1.2, so that what JSON says stays what it is: ``true``/``false``,
``null`` or ``~``, integers (also ``0x1f``, ``0o17``), floats (also ``1e3``, ``.inf``, ``.nan``) are
values; everything else is text, ``NO``, ``2026-11-20`` and ``=`` included. Merge keys (``<<``) are
no part of 1.2: a plain ``<<`` key is refused with a sentence, a quoted one is a key like others.
Aliases are values used twice: they share one object, which must not be changed in place.

Source:
    YAML 1.2.2, section 10.3 (core schema), https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from mockrouter.errors import Mistake, ScenarioError
from mockrouter.scenario.reading.contents import MAX_BYTES, contents, too_large
from mockrouter.scenario.reading.nodes import Composer
from mockrouter.scenario.reading.source import Source

# Line breaks of YAML 1.1 only (NEL, LS, PS) are refused too: both scanners would silently fold
# them, and editors count the lines differently.
_UNREADABLE = re.compile(
    # What there is, not what there is not: a wide range takes a long time to compile.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
_LINE_BREAK = re.compile(r"\r\n?|\n")


def parse(text: str, path: str = "<inline>") -> Source:
    """
    Read one YAML or JSON document.

    Args:
        text: The document.

        path: The name that mistakes give the file.

    Raises:
        ScenarioError: With every mistake up to the first one that hides the rest.
    """
    text = text.removeprefix("\ufeff")
    _refuse_unreadable(text, path)
    composer = Composer(path)
    try:
        for event in _events(text):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        from mockrouter.scenario.reading.syntax import explain  # noqa: PLC0415 - few files need it

        index, what, remedy = explain(error, text)
        raise ScenarioError(
            {*composer.mistakes, _mistake(text, path, index, what, remedy)}
        ) from None
    root = composer.finish()
    return Source(path, root.value, root)


def read(path: Path) -> Source:
    """
    Read a file; see ``parse``.

    Raises:
        ScenarioError: Also when it cannot be opened, is too large, or is not UTF-8.
    """
    return decoded(contents(str(path)), str(path))


def decoded(data: bytes, path: str) -> Source:
    """
    Read the bytes of a file; see ``parse``.

    Raises:
        ScenarioError: Also when they are not UTF-8.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        good = data[: error.start].decode().removeprefix("\ufeff")
        what = f"byte 0x{data[error.start]:02x} is not UTF-8"
        mistake = _mistake(good, path, len(good), what, "save the file as UTF-8")
        raise ScenarioError([mistake]) from None
    return parse(text, path)


def _events(text: str) -> Iterator[yaml.Event]:
    """Scan *text* piece by piece, so that depth and count can be limited on the way."""
    # libyaml refuses the escaped surrogate pairs that every JSON library writes for emoji.
    plain = not hasattr(yaml, "CSafeLoader") or _SURROGATE_ESCAPE.search(text)
    if plain and text.lstrip().startswith(("{", "[")):
        # PyYAML's own scanner refuses the tabs that may indent JSON; spaces keep the columns.
        text = _INDENTATION.sub(lambda match: " " * len(match[0]), text)
    loader: Any = (yaml.SafeLoader if plain else yaml.CSafeLoader)(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    except (OverflowError, ValueError):
        # PyYAML's own scanner hands "\UFFFFFFFF" to chr().
        mark = loader.get_mark()
        raise yaml.MarkedYAMLError(problem="escape", problem_mark=mark) from None
    finally:
        loader.dispose()


def _refuse_unreadable(text: str, path: str) -> None:
    """Refuse characters that YAML does not allow: the first of each kind."""
    if len(text) > MAX_BYTES:
        raise ScenarioError([too_large(path)])
    first: dict[str, int] = {}
    for match in _UNREADABLE.finditer(text):
        first.setdefault(match[0], match.start())
    remedy = "write it as an escape inside double quotes, such as "
    mistakes = [
        _mistake(
            text,
            path,
            index,
            f"the character U+{ord(character):04X} cannot stand in YAML",
            f'{remedy}"\\u{ord(character):04X}"',
        )
        for character, index in islice(first.items(), 20)
    ]
    if mistakes:
        raise ScenarioError(mistakes)


def _mistake(text: str, path: str, index: int, what: str, remedy: str) -> Mistake:
    breaks = [match.end() for match in _LINE_BREAK.finditer(text, 0, index)]
    column = index - (breaks[-1] if breaks else 0) + 1
    return Mistake(path, len(breaks) + 1, column, what, remedy)
