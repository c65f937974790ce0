"""What a YAML scalar means: its tag's say, or the core schema of YAML 1.2 if it is plain."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from mockrouter.values import Json

if TYPE_CHECKING:
    import yaml

CORE: Final = "tag:yaml.org,2002:"
"""What ``!!`` stands for."""

_LONGEST: Final = 60
"""Characters of the author's that a message repeats."""

_NUMERIC: Final = frozenset("+-.0123456789")
"""What a number can begin with."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Refused(Exception):
    """A node that means nothing here; caught where its place is known."""

    def __init__(self, what: str, remedy: str) -> None:
        """Say what is wrong and what to do."""
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def scalar(event: yaml.ScalarEvent) -> Json:
    """
    Give a scalar its meaning by its tag, or by the core schema if it is plain.

    Raises:
        Refused: For any other tag, and for a value that is not what its tag says.
    """
    if event.tag is None:
        return _joined(event.value) if event.style else _core(event.value)
    if event.tag in ("!", CORE + "str"):
        return _joined(event.value)
    if (test := _TAGGED.get(event.tag)) is None:
        raise refused_tag(event.tag)
    value = _core(event.value)
    if not test(value):
        tag = event.tag.replace(CORE, "!!")
        raise Refused(f"{quoted(event.value)} is not what {tag} says", "remove the tag")
    return float(value) if event.tag == CORE + "float" else value


def shown(text: str) -> str:
    """Make any text fit for one line of a message: printable and short."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def quoted(value: Json) -> str:
    """Write a scalar as it would stand in a file, text in quotes; fit for a message."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"'{shown(value)}'"
        case _:
            return shown(str(value))


def _core(text: str) -> Json:
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _NUMERIC else text


def _number(text: str) -> Json:
    """Read a number; what is none stays a text."""
    if _INTEGER.fullmatch(text):
        try:
            return int(text)
        except ValueError:
            # Python reads no more than 4,300 digits at once.
            raise Refused("the number has too many digits", "put it in quotes") from None
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def _joined(text: str) -> str:
    """Join escaped surrogate pairs; a lone surrogate stays, as in ``json.loads``."""
    if not re.search("[\ud800-\udbff][\udc00-\udfff]", text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _is_integer(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def refused_tag(tag: str) -> Refused:
    """Refuse a tag that is none of the core schema's."""
    name = tag.replace(CORE, "!!")
    return Refused(
        f"the tag '{shown(name)}' is not allowed", "remove it, or put the text in quotes"
    )


_TAGGED: dict[str, Callable[[Json], bool]] = {
    CORE + "null": lambda value: value is None,
    CORE + "bool": lambda value: isinstance(value, bool),
    CORE + "int": _is_integer,
    CORE + "float": lambda value: _is_integer(value) or isinstance(value, float),
}
