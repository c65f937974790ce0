"""
Writing YAML that reads back as the very values that went in.

A text stands plain only where no reader could take it for anything else; a general dumper follows
the older YAML 1.1, in which other words need quotes than in the 1.2 that scenarios are read as.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from mockrouter.values import Json

_WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_ ./()-]*[A-Za-z0-9_.)])?")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BASIC = 0xFFFF


def yaml_text(value: Json, spread: Collection[str] = ()) -> str:
    """
    Write a mapping or a list as YAML.

    Args:
        value: Mappings with keys that are texts, lists, texts, finite numbers, booleans, None.

        spread: Keys whose values always take a line for each item; others do so where they are too
            long for one line.
    """
    return "".join(f"{line}\n" for line in _block(value, "", spread))


def _block(value: Json, indent: str, spread: Collection[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            head = f"{indent}{_scalar(key)}:"
            if _is_short(inner, head, is_spread=key in spread):
                yield f"{head} {_flow(inner)}"
            else:
                yield head
                yield from _block(inner, f"{indent}  ", spread)
        return
    for inner in value:
        is_spread = isinstance(inner, dict) and any(key in spread for key in inner)
        if _is_short(inner, f"{indent}-", is_spread=is_spread):
            yield f"{indent}- {_flow(inner)}"
        else:
            first, *rest = _block(inner, f"{indent}  ", spread)
            yield f"{indent}- {first.lstrip(' ')}"
            yield from rest


def _is_short(value: Json, head: str, *, is_spread: bool) -> bool:
    # Only what holds something can be spread over lines.
    if not isinstance(value, dict | list) or not value:
        return True
    return not is_spread and len(head) + 1 + len(_flow(value)) <= _WIDTH


def _flow(value: Json) -> str:
    if isinstance(value, dict):
        pairs = (f"{_scalar(key)}: {_flow(inner)}" for key, inner in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return repr(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    if value.isprintable() and '"' in value and "'" not in value:
        return f"'{value}'"
    return '"' + "".join(map(_character, value)) + '"'


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code <= _BASIC else f"\\U{code:08X}"
