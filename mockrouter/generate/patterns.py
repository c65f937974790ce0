"""A string that matches a regular expression, made by walking through what ``re`` read of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

_VISIBLE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.!@#$%&*+=/"
_CATEGORIES = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_NOT_DIGIT": "abcdefghijklmnopqrstuvwxyz",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": "abcdefghijklmnopqrstuvwxyz",
    "CATEGORY_WORD": "abcdefghijklmnopqrstuvwxyz0123456789_",
    "CATEGORY_NOT_WORD": "-.! ",
}
_LARGE_RANGE = 128
_TRIES = 60
_ENDLESS = 100


def matching(pattern: str, least: int, most: int | None, rng: Random) -> str | None:
    """
    Make a string that *pattern* is found in, of *least* to *most* characters.

    Returns:
        None where none was found: a look-around, say, that chance does not meet.

    Raises:
        re.error: ``re`` cannot read the pattern.
    """
    compiled = re.compile(pattern)
    # Private, but the only reader of exactly this syntax, and the same for decades.
    tree = import_module("re._parser").parse(pattern)
    for attempt in range(_TRIES):
        spare = attempt % 6 if attempt < _TRIES // 2 else max(least, 6)
        text = _Writer(rng, spare).sequence(tree)
        if len(text) < least:
            text = _padded(text, least, compiled, rng)
        if least <= len(text) <= (len(text) if most is None else most) and compiled.search(text):
            return text
    return None


def is_quick(pattern: str) -> bool:
    """
    Say whether a search that fails is sure to end soon.

    It is not where a repetition without end is inside of another, as in ``(a+ ?)*$``: such a
    pattern is only tried on strings that were made from it.
    """
    return not _has_nested(import_module("re._parser").parse(pattern), within=False)


def _has_nested(items: Any, *, within: bool) -> bool:  # noqa: ANN401
    for item in items:
        inner, is_endless = item, False
        if isinstance(item, tuple) and item and str(item[0]).endswith("_REPEAT"):
            _, most, inner = item[1]
            is_endless = int(most) > _ENDLESS
        is_sequence = isinstance(inner, tuple | list) or hasattr(inner, "data")
        if (within and is_endless) or (
            is_sequence and _has_nested(inner, within=within or is_endless)
        ):
            return True
    return False


def _padded(text: str, least: int, compiled: re.Pattern[str], rng: Random) -> str:
    missing = "".join(rng.choices(_VISIBLE[:26], k=least - len(text)))
    return next((long for long in (text + missing, missing + text) if compiled.search(long)), text)


@dataclass
class _Writer:
    """
    Writes one string.

    Attributes:
        rng: Chooses branches and characters.

        spare: How often more than it must be a part is repeated, at most.

        groups: What each numbered group wrote.
    """

    rng: Random
    spare: int
    groups: dict[int, str] = field(default_factory=dict)

    def sequence(self, items: Any) -> str:  # noqa: ANN401  (re's own tree has no types)
        """Write one item after the other."""
        return "".join(self._item(str(code), argument) for code, argument in items)

    def _item(self, code: str, argument: Any) -> str:  # noqa: ANN401, PLR0911, C901  (a case each)
        match code:
            case "LITERAL":
                return chr(argument)
            case "ANY":
                return self.rng.choice(_VISIBLE)
            case "NOT_LITERAL":
                return self.rng.choice(_VISIBLE.replace(chr(argument), ""))
            case "IN":
                return self._one_of(argument)
            case "BRANCH":
                return self.sequence(self.rng.choice(argument[1]))
            case "SUBPATTERN":
                self.groups[argument[0]] = self.sequence(argument[3])
                return self.groups[argument[0]]
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self._repeated(*argument)
            case "ATOMIC_GROUP":
                return self.sequence(argument)
            case "GROUPREF":
                return self.groups.get(argument, "")
            case "GROUPREF_EXISTS":
                group, there, missing = argument
                return self.sequence(there if group in self.groups else missing or ())
        # Anchors and look-arounds write nothing; whether they hold is seen at the end.
        return ""

    def _repeated(self, least: int, most: Any, items: Any) -> str:  # noqa: ANN401
        highest = min(int(most), least + self.spare)
        return "".join(self.sequence(items) for _ in range(self.rng.randint(least, highest)))

    def _one_of(self, options: Any) -> str:  # noqa: ANN401
        negated = str(options[0][0]) == "NEGATE"
        if negated:
            allowed = [c for c in _VISIBLE + " ~" if not any(_holds(o, c) for o in options[1:])]
            return self.rng.choice(allowed or ["é"])
        code, argument = self.rng.choice(options)
        if str(code) == "LITERAL":
            return chr(argument)
        if str(code) == "RANGE":
            first, last = argument
            return chr(self.rng.randint(first, min(last, first + _LARGE_RANGE)))
        return self.rng.choice(_CATEGORIES[str(argument)])


def _holds(option: Any, character: str) -> bool:  # noqa: ANN401
    code, argument = option
    if str(code) == "LITERAL":
        return ord(character) == int(argument)
    if str(code) == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    short = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(argument).rsplit("_", 1)[1]]
    return bool(re.match(short, character)) != ("NOT" in str(argument))
