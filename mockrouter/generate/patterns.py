"""A string that matches a regular expression, made by walking through what ``re`` read of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockrouter.generate.place import Path, Unsatisfiable
from mockrouter.generate.search import found, read

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
_STEPS = 1_000_000
_SHOWN = 200


def matching(pattern: str, least: int, most: int | None, rng: Random, path: Path) -> str:
    """
    Make a string that *pattern* is found in, of *least* to *most* characters.

    Raises:
        Unsatisfiable: None was found, as chance does not meet a look-around, say; or the pattern
            repeats too much. Names *path*.
    """
    tree = read(pattern)
    writer = _Writer(rng, pattern, path)
    for attempt in range(_TRIES):
        writer.spare = attempt % 6 if attempt < _TRIES // 2 else max(least, 6)
        text = writer.sequence(tree)
        if len(text) < least:
            missing = "".join(rng.choices(_VISIBLE[:26], k=least - len(text)))
            longer = (text + missing, missing + text)
            text = next((long for long in longer if found(pattern, long, path)), text)
        if least <= len(text) <= (len(text) if most is None else most) and found(
            pattern, text, path
        ):
            return text
    raise Unsatisfiable(path, f"no string was found that matches {pattern!r} in that length")


@dataclass
class _Writer:
    """
    Writes strings.

    Attributes:
        rng: Chooses branches and characters.

        pattern: What is written for.

        path: Where the string will stand.

        spare: How often more than it must be a part is repeated, at most.

        left: How many parts may still be written.

        groups: What each numbered group wrote.
    """

    rng: Random
    pattern: str
    path: Path
    spare: int = 0
    left: int = _STEPS
    groups: dict[int, str] = field(default_factory=dict)

    def sequence(self, items: Any) -> str:  # noqa: ANN401  (re's own tree has no types)
        """
        Write one item after the other.

        Raises:
            Unsatisfiable: It goes on for too long.
        """
        self.left -= 1 + len(items)
        if self.left < 0:
            why = f"the pattern {self.pattern[:_SHOWN]!r} repeats too much to be written"
            raise Unsatisfiable(self.path, why)
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
