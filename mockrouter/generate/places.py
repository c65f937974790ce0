"""Places that a text names, and the runs of words with a capital that they are found in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mockrouter.generate.lexicon import NO_PLACES, REGIONS, WEATHER_WORDS, tokens, word_set

_TOKEN = re.compile(r"[^\W_][\w'\u2019.-]*|[^\w\s]")
_LINKS = word_set("de da di do del la le las los the of von van y")
_AT = word_set("in at for near around of to from")
_IN = word_set("in at near around into à em в во")
_ABROAD = word_set("à á a en au aux em de di bei nach für pour para aus в во на")
_ENGLISH = word_set("the and not want is are what for of my with i you how please get")
_LONGEST_PLACE = 2
_STATE_CODE = 2
_NEAR = 40
# Not compiled before a text needs them, as ranges so wide take a long time.
_EAST = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_HEAD_IN_EAST = (
    rf"(?<![{_EAST}])"
    r"(?:(?:今天|明天|今日|明日|现在|오늘|내일|请问|告诉我|我想知道|在)[のは的\s]?)*+"
    rf"([{_EAST}]{{1,12}}?)\s?(?:の|は|的|で|에서|의|天气|天気|天氣|날씨)"
)
_PHRASE_IN_EAST = rf"[\u3040-\u309f]|[{_EAST}]{{9}}"


def places(words: str) -> list[str]:
    """Find what follows a preposition and has a capital, and what is joined to it by commas."""
    return (
        _following(words, _AT)
        or _small_places(words, _IN)
        or _abroad(words, _ABROAD)
        or _heads_in_east(words)
        or _bare_place(words)
    )


def origins(words: str) -> list[str]:
    """Find the place that somebody leaves."""
    return _following(words, frozenset({"from"})) or _abroad(words, word_set("de da aus из"))


def destinations(words: str) -> list[str]:
    """Find the place that somebody goes to."""
    return (
        _following(words, word_set("to in into"))
        or _small_places(words, word_set("in into"))
        or _abroad(words, word_set("à a nach para в"))
    )


def _following(words: str, after: frozenset[str]) -> list[str]:
    found: list[str] = []
    open_list = False
    previous_end = -1
    for run, start, end in runs(words):
        between = words[previous_end:start].strip() if previous_end >= 0 else ""
        before = tokens(words[max(0, start - _NEAR) : start])
        joined = open_list and between in (",", "and", "or", "&", ", and", ", or")
        region = open_list and between == "," and _is_region(run)
        if region:
            found[-1] += f", {' '.join(run)}"
        elif joined or (before and before[-1] in after and not _is_no_place(run)):
            found.append(" ".join(run))
        open_list = region or joined or (bool(found) and found[-1] == " ".join(run))
        previous_end = end
    return found


def _abroad(words: str, after: frozenset[str]) -> list[str]:
    """Find what follows a preposition of another language; ``a`` is none in English."""
    return [] if _ENGLISH & set(tokens(words)) else _following(words, after)


def _heads_in_east(words: str) -> list[str]:
    """Find the place in ``東京の天気は`` and ``北京天气``, where no blank ends it."""
    found = None if words.isascii() else re.search(_HEAD_IN_EAST, words)
    is_place = found and not any(known in found[1] for known in ("天气", "天気", "天氣", "날씨"))
    return [found[1]] if found and is_place else []


def runs(words: str) -> Iterator[tuple[list[str], int, int]]:
    """Yield runs of words with a capital, and where each starts and ends."""
    pieces = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(words)]
    pieces.append(("", len(words), len(words)))
    run: list[str] = []
    start = end = 0
    for (text, begin, stop), (following, _, _) in pairwise(pieces):
        clean = (
            text.rstrip(".'\u2019-") if text.removesuffix(".").lower() not in ("st", "mt") else text
        )
        clean = re.sub(r"['\u2019]s$", "", clean)
        if _is_capital(clean):
            start = start if run else begin
            run.append(clean)
            end = begin + len(clean)
        elif not (run and text.lower() in _LINKS and _is_capital(following)):
            yield from [(run, start, end)] if run else []
            run = []
            continue
        else:
            run.append(text)
            end = stop
        if end != stop:
            yield run, start, end
            run = []
    if run:
        yield run, start, end


def _is_capital(word: str) -> bool:
    # Not "is upper": most scripts have no capitals, and their words are as good.
    return bool(word) and word[0].isalpha() and not word[0].islower()


def _is_no_place(run: list[str]) -> bool:
    return all(word.lower() in NO_PLACES for word in run)


def _is_region(run: list[str]) -> bool:
    word = run[0]
    return len(run) == 1 and (
        (len(word) == _STATE_CODE and word.isupper()) or word.lower() in REGIONS
    )


def _small_places(words: str, after: frozenset[str]) -> list[str]:
    """Find what follows ``in`` without a capital, as hurried people type."""
    pieces = _TOKEN.findall(words)
    for number, piece in enumerate(pieces):
        if piece.lower() not in after:
            continue
        run: list[str] = []
        for text in pieces[number + 1 : number + 1 + _LONGEST_PLACE]:
            if text.rstrip(".").lower() in NO_PLACES or not text[0].isalpha():
                break
            run.append(text.rstrip("."))
        if run:
            return [" ".join(run)]
    return []


def _bare_place(words: str) -> list[str]:
    """Find the place in ``Paris``, ``Tokyo weather`` and ``Wetter Berlin``."""
    named = [run for run, _, _ in runs(words) if not _is_no_place(run)]
    trimmed = [[word for word in run if word.lower() not in WEATHER_WORDS] for run in named]
    trimmed = [run[1:] if run and run[0].lower() in _LINKS else run for run in trimmed]
    found = [" ".join(run) for run in trimmed if run and not any(c.isupper() for c in run[0][1:])]
    rest = {word for word in tokens(words) if word not in NO_PLACES}
    is_all = len(found) == 1 and rest - set(tokens(found[0])) <= WEATHER_WORDS | _LINKS
    if not is_all or (not found[0].isascii() and re.search(_PHRASE_IN_EAST, found[0])):
        return []
    return found
