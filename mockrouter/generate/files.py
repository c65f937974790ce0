"""What a coding agent's tools are told: paths, what is in a file, commands, patterns."""

from __future__ import annotations

import re

from mockrouter.generate.finders import codes, queries, quotes, texts
from mockrouter.generate.lexicon import STOP_WORDS

_ELSEWHERE = re.compile(r"\w+://\S+|\S+@\S+")
_ENDING = re.compile(
    r"(?!(?:\w\.)+\w$)\.?[\w+@~-][\w.+@~-]*\.[A-Za-z][A-Za-z0-9]{0,9}|\.[A-Za-z][\w.-]+"
)
_ROOTED = re.compile(r"(?:~|\.{1,2}|[A-Za-z]:)?[/\\]\S*|\.\.")
_NESTED = re.compile(r"[\w.+@~-]+(?:[/\\][\w.+@~*-]+)*[/\\][\w.+@~*-]*")
_WELL_KNOWN = re.compile(r"(?:Make|Docker|Gem|Proc|Vagrant|Jenkins)file|LICENSE|README|CHANGELOG")
_HERE = re.compile(
    r"\b(?:current|working|this)\s+(?:directory|folder)\b"
    r"|\b(?:in|of)\s+(?:the|this|my)\s+(?:project|repo|repository|codebase|workspace)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:file|directory|folder|dir)\s+(?:named|called)\s+([\w.-]+)"
    r"|(?<![\w.-])([\w.-]+)\s+(?:directory|folder|dir)\b"
    r"|\bfiles\s+(?:in|under|inside|of)\s+(?:the\s+)?([\w.-]+)"
    r"|\b(?:in|under|inside)\s+(src|lib|tests?|docs|app|dist|build|scripts|config|examples)\b",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"\s*(?:(?:please|can|could|you)\s+)*(?:write|save|put|append|add)\s+(.{1,400}?)\s+(?:to|into|in)\s",
    re.IGNORECASE,
)
_HOLDING = re.compile(r"\b(?:content|contents|text|containing|saying)\b:?\s+(\S.*)", re.IGNORECASE)
_RUN = re.compile(
    r"\b(?:run|execute)\s+(?:the\s+command\s+|command\s+)?:?\s*([^\n]+)", re.IGNORECASE
)
_REPLACED = re.compile(
    r"\b(?:replace|change|rename)\s+(\S+)\s+(?:with|to|by|into)\s+(\S+)", re.IGNORECASE
)
_WHERE = re.compile(r"\s+(?:in|under|inside|within)\s.*")
_CUT_SHORT = re.compile(r",\s.*|\s(?:and|then)\s.*")
_AROUND = "\"'`“”\u2018\u2019()[]<>,;:!?"


def paths(words: str) -> list[str]:
    """Find paths of files and folders: ``README.md``, ``src/main.py``, ``/etc/hosts``."""
    plain = _ELSEWHERE.sub(" ", words)
    quoted = [text for text in quotes(plain) if " " in text and _is_path(text.split()[-1])]
    pieces = (piece.strip(_AROUND) for piece in plain.split())
    # The full stop ends the sentence and not the path; ``..`` is a path.
    found = [piece.rstrip(".") or piece for piece in pieces]
    clear = [piece for piece in found if _is_path(piece)]
    nested = [piece for piece in found if _NESTED.fullmatch(piece) and not _is_fraction(piece)]
    return quoted or clear or nested or (["."] if _HERE.search(plain) else _named(plain))


def contents(words: str) -> list[str]:
    """Find what is to stand in a file, where one is named, else any text to work on."""
    found = paths(words)
    if not found:
        return texts(words)
    said = [text for text in codes(words) if text not in found]
    matches = (_HOLDING.search(words), _WRITTEN.match(words))
    return said or [match[1].rstrip(".") for match in matches if match] or texts(words)


def snippets(words: str) -> list[str]:
    """Find the two texts of a replacement: ``'a' with 'b'``, ``replace a with b``."""
    found = paths(words)
    quoted = [text for text in quotes(words) if text not in found]
    pair = _REPLACED.search(words)
    if len(quoted) > 1 or not pair:
        return quoted if len(quoted) > 1 else []
    return [text.strip(_AROUND).rstrip(".") for text in pair.groups()]


def commands(words: str) -> list[str]:
    """Find what is to be run in a shell."""
    match = _RUN.search(words)
    line = _CUT_SHORT.sub("", match[1]).strip().rstrip(" .?!") if match else ""
    if "`" in words or line[:1] in _AROUND:
        return codes(words)
    return [line] if line.split()[0].lower() not in STOP_WORDS else []


def globs(words: str) -> list[str]:
    """Find ``*.py``, else what is quoted or searched for."""
    starred = [piece.strip(_AROUND) for piece in words.split() if "*" in piece]
    asked = [text for text in queries(words) if text != words.strip().rstrip("?!. ")]
    return starred or quotes(words) or [_WHERE.sub("", text) for text in asked]


def _is_path(piece: str) -> bool:
    last = re.split(r"[/\\]", piece)[-1]
    return any(kind.fullmatch(last) for kind in (_ENDING, _WELL_KNOWN)) or bool(
        _ROOTED.fullmatch(piece)
    )


def _is_fraction(piece: str) -> bool:
    return not re.search(r"[A-Za-z]", piece) or piece.lower() in ("and/or", "he/she", "km/h")


def _named(words: str) -> list[str]:
    said = ("".join(groups).rstrip(".") for groups in _NAMED.findall(words))
    return [name for name in said if name and name.lower() not in STOP_WORDS]
