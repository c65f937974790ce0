"""
What the YAML scanner trips over, said in the words of whoever wrote the file.

libyaml and PyYAML's own scanner word and place the same trouble differently; here both end in the
same sentence at the same character.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from yaml import MarkedYAMLError

from mockrouter.scenario.reading.scalars import shown

Sentence: TypeAlias = tuple[int, str, str]
"""Index into the text, what is wrong, what to do."""

_QUOTE_IT = "put the text in quotes"


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Where the scanner stopped (*at*) and where what it was reading began (*start*)."""

    text: str
    start: int
    at: int

    @property
    def character(self) -> str:
        """The character at which it stopped; empty at the end of the file."""
        return self.text[self.at : self.at + 1]

    @property
    def line_start(self) -> int:
        """Index of the first character of its line."""
        return max(self.text.rfind("\n", 0, self.at), self.text.rfind("\r", 0, self.at)) + 1

    @property
    def ended(self) -> bool:
        """Whether nothing but blanks is left."""
        return not self.text[self.at :].strip()


def explain(error: MarkedYAMLError, text: str) -> Sentence:
    """Say in one sentence, and at the most useful place, why *text* is no YAML."""
    end = len(text.rstrip())
    at = min(error.problem_mark.index, end) if error.problem_mark else end
    start = min(error.context_mark.index, end) if error.context_mark else at
    trouble = _Trouble(text, start, at)
    message = f"{error.context}: {error.problem}"
    for pattern, rule in _RULES:
        if re.search(pattern, message):
            return rule(trouble)
    return _unreadable(trouble)


def _odd_character(trouble: _Trouble) -> Sentence:
    character = trouble.character
    if character == "\t":
        return trouble.at, "a tab is used for indentation", "indent with spaces"
    return trouble.at, f"text cannot begin with {character!r}", _QUOTE_IT


def _open_quote(trouble: _Trouble) -> Sentence:
    quote = trouble.text[trouble.start]
    return trouble.start, "the quote opened here is never closed", f"add the closing {quote}"


def _open_bracket(trouble: _Trouble) -> Sentence:
    opened = trouble.text[trouble.start]
    kind, closing = ("list", "]") if opened == "[" else ("mapping", "}")
    if trouble.ended:
        what = f"the {kind} opened here with '{opened}' is never closed"
        return trouble.start, what, f"add the closing '{closing}'"
    return trouble.at, f"',' or '{closing}' is missing before this", f"add it to the {kind}"


def _stray_colon(trouble: _Trouble) -> Sentence:
    start = trouble.line_start
    before = trouble.text[start : trouble.at]
    if re.search(r":\s", before):
        return trouble.at, "': ' stands inside plain text", _QUOTE_IT
    if re.match(r"\s*[\]})\"']", before):
        return trouble.at, "a key is spread over lines", "write the key and its ':' on one line"
    first = start + len(before) - len(before.lstrip(" -"))
    return (
        first,
        "this key is indented too deep",
        "align it with its mapping",
    )


def _no_colon(trouble: _Trouble) -> Sentence:
    line = re.split(r"[\r\n]", trouble.text[trouble.start :], maxsplit=1)[0].strip()
    if pair := re.match(r"([^\s:{}\[\],]+):([^\s:].*)", line):
        key, value = map(shown, pair.groups())
        return trouble.start, f"no space follows the colon of '{key}'", f"write '{key}: {value}'"
    return (
        trouble.start,
        "this line is neither 'key: value' nor '- item'",
        "add the ':' or indent it",
    )


def _bad_escape(trouble: _Trouble) -> Sentence:
    slash = trouble.text.rfind("\\", 0, trouble.at + 1)
    if slash < 0:
        percent = max(trouble.text.rfind("%", 0, trouble.at + 1), 0)
        return percent, "this is no escape of a tag", _QUOTE_IT
    escape = trouble.text[slash : slash + 2]
    what = f"'{shown(escape)}' is no escape that double quotes know, or is cut short"
    return slash, what, "double the backslash, or use single quotes"


def _lone_sign(trouble: _Trouble) -> Sentence:
    return trouble.start, f"text cannot begin with {trouble.text[trouble.start]!r}", _QUOTE_IT


def _item_on_key_line(trouble: _Trouble) -> Sentence:
    return trouble.at, "a list item cannot start here", "put each '- item' on a line of its own"


def _block_text(trouble: _Trouble) -> Sentence:
    sign = trouble.text[trouble.start]
    return trouble.at, f"text follows '{sign}' on its line", "start the text on the next line"


def _tag(trouble: _Trouble) -> Sentence:
    return trouble.start, "a tag ('!…') is not read here", f"remove it, or {_QUOTE_IT}"


def _after_the_end(trouble: _Trouble) -> Sentence:
    if trouble.text[trouble.line_start :].startswith("%"):
        return _directive(trouble)
    return (
        trouble.at,
        "this stands after the end of the value",
        "remove it, or quote the whole value",
    )


def _directive(trouble: _Trouble) -> Sentence:
    return (
        trouble.at,
        "a line that begins with '%' is not read here",
        "remove the line, or quote the text",
    )


def _no_value(trouble: _Trouble) -> Sentence:
    if trouble.ended:
        return trouble.at, "the file ends inside a list or mapping", "add the closing ']' or '}'"
    return (
        trouble.at,
        f"{trouble.character!r} stands where a value is due",
        "add the value, or remove it",
    )


def _misfit(trouble: _Trouble) -> Sentence:
    before = trouble.text[trouble.line_start : trouble.at].rstrip()
    if before.endswith(('"', "'")):
        return (
            trouble.at,
            "text follows the closing quote",
            "quote the whole text once",
        )
    if before.endswith(("]", "}")):
        return _after_the_end(trouble)
    if trouble.character == "-" and trouble.text[trouble.at + 1 : trouble.at + 2].isspace():
        return trouble.at, "a list item stands among keys", "indent it below a key of its own"
    if trouble.text[trouble.start] == "-" and re.search(r"^[^\s-]", _line(trouble)):
        return trouble.at, "a key stands among list items", "indent it, or begin the line with '- '"
    if trouble.character in (":", "*", ","):
        return _no_value(trouble)
    return trouble.at, "the indentation fits no line above", "align it with the lines it belongs to"


def _line(trouble: _Trouble) -> str:
    return re.split(r"[\r\n]", trouble.text[trouble.line_start :], maxsplit=1)[0]


def _unreadable(trouble: _Trouble) -> Sentence:
    return (
        trouble.at,
        "this cannot be read as YAML",
        "check quotes, brackets and indentation up to here",
    )


_RULES: tuple[tuple[str, Callable[[_Trouble], Sentence]], ...] = (
    (r"cannot start any token|tab character", _odd_character),
    (r"quoted scalar: found unexpected", _open_quote),
    (r"flow (sequence|mapping): .*',' or", _open_bracket),
    (r"mapping values are not allowed", _stray_colon),
    (r"simple key", _no_colon),
    (r"escape|hexa?decimal", _bad_escape),
    (r"scanning an (alias|anchor)", _lone_sign),
    (r"entries are not allowed", _item_on_key_line),
    (r"scanning a block scalar", _block_text),
    (r"document start", _after_the_end),
    (r"directive|incompatible YAML", _directive),
    (r"\btag\b", _tag),
    (r"node content", _no_value),
    (r"parsing a block", _misfit),
)
