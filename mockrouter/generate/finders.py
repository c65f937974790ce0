"""What kinds of values a text says: addresses, dates, sums, places, people and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mockrouter.generate.lexicon import (
    COMPANY_SUFFIXES,
    CURRENCIES,
    LANGUAGES,
    NO_PLACES,
    REGIONS,
    STOP_WORDS,
    stem,
    tokens,
    word_set,
)

_QUOTED = re.compile(
    r"\"([^\"\n]+)\"|“([^”\n]+)”|`([^`\n]+)`|(?<!\w)['\u2018]([^'\u2019\n]+)['\u2019](?!\w)"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
_DATE_TIME = re.compile(
    r"(?<!\d)\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?"
)
_TIME = re.compile(r"(?<![\d:T])\d{1,2}:\d\d(?::\d\d)?(?![\d:])")
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w.])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)|(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)"
)
_OPERAND = (
    r"[(\s]{0,8}(?:(?:sqrt|sin|cos|tan|log|ln|exp|abs)\s*\(\s*)*-?(?:\d[\d,]*(?:\.\d+)?|pi)%?[)\s]*"
)
_SUM = re.compile(
    rf"{_OPERAND}(?:(?:\*\*|[-+*/^%\u00d7\u00f7]|\bof\b|\bx\b){_OPERAND})+", re.IGNORECASE
)
_CALLED = re.compile(r"(?:sqrt|sin|cos|tan|log|ln|exp|abs)\s*\([^()]*\)", re.IGNORECASE)
_TICKER = re.compile(r"(?<![\w.])\$?([A-Z]{3,5}(?:\.[A-Z])?|(?<!, )[A-Z]{2})(?![\w])")
_CODE = re.compile(r"```(?:\w*\n)?(.*?)```", re.DOTALL)
_TOKEN = re.compile(r"[^\W_][\w'\u2019.-]*|[^\w\s]")
_ASKED = re.compile(
    r"^(?:(?:please|can|could|would|you|hey|hi|i|want|need|to|me|let's|and|also|then)[\s,]+)*"
    r"(?:search|look|find|google|browse|research|query|check|tell)(?:\s+(?:up|out|me))?"
    r"(?:\s+(?:the|my|our|your))?(?:\s+(?:web|internet|online|database|docs|documentation|papers))?"
    r"(?:\s+(?:for|about|on|information|info|some|any))*\s+",
    re.IGNORECASE,
)
_NO_TICKERS = CURRENCIES | {
    "USA",
    "UK",
    "US",
    "EU",
    "API",
    "JSON",
    "URL",
    "HTTP",
    "SQL",
    "ISO",
    "OK",
}
_LINKS = word_set("de da di do del la le las los the of von van y")
_AT = word_set("in at for near around of to from")
_IN = word_set("in at near around")
_LONGEST_PLACE = 2
_STATE_CODE = 2
_NAME_LENGTHS = (2, 3)


def quotes(words: str) -> list[str]:
    """Find what stands in quotation marks."""
    return ["".join(groups) for groups in _QUOTED.findall(words)]


def emails(words: str) -> list[str]:
    """Find e-mail addresses."""
    return _EMAIL.findall(words)


def urls(words: str) -> list[str]:
    """Find HTTP addresses."""
    return [url.rstrip(".,;:!?)]") for url in _URL.findall(words)]


def dates(words: str) -> list[str]:
    """Find ISO dates."""
    return _DATE.findall(words)


def date_times(words: str) -> list[str]:
    """Find ISO times with their date; a date alone counts from its midnight."""
    found = [text.replace(" ", "T") for text in _DATE_TIME.findall(words)]
    return [_zoned(text) for text in found or [f"{date}T00:00:00" for date in dates(words)]]


def times(words: str) -> list[str]:
    """Find times of the day."""
    return _TIME.findall(words)


def uuids(words: str) -> list[str]:
    """Find UUIDs."""
    return _UUID.findall(words)


def numbers(words: str) -> list[int | float]:
    """Find numbers that are not part of a date or a word."""
    text = _DATE.sub(" ", words)
    return [read_number(number) for number in _NUMBER.findall(text)]


def read_number(text: str) -> int | float:
    """Read ``1,000`` or ``2.5``."""
    plain = text.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def sums(words: str) -> list[str]:
    """Find arithmetic: ``42 * 17 + 3``."""
    text = _DATE.sub(lambda date: " " * len(date[0]), words)
    found = [_balanced(match[0].strip(" ,\n\t")) for match in _SUM.finditer(text)]
    return [text for text in found if text] or _CALLED.findall(text)


def tickers(words: str) -> list[str]:
    """Find stock symbols, in capitals."""
    return [text for text in _TICKER.findall(words) if text not in _NO_TICKERS]


def currencies(words: str) -> list[str]:
    """Find currency codes."""
    return [text for text in re.findall(r"\b[A-Z]{3}\b", words) if text in CURRENCIES]


def languages(words: str) -> list[str]:
    """Find names of languages."""
    return [text for text in re.findall(r"[A-Za-z]+", words) if text.lower() in LANGUAGES]


def codes(words: str) -> list[str]:
    """Find fenced code, else what stands in quotation marks."""
    return [code.strip() for code in _CODE.findall(words)] or quotes(words)


def names(words: str) -> list[str]:
    """Find runs of two or three words in capitals that are no company: people."""
    runs = [run for run, _, _ in _runs(words)]
    people = [_without_verb(run) for run in runs if run[-1].lower() not in COMPANY_SUFFIXES]
    return [" ".join(run) for run in people if len(run) in _NAME_LENGTHS]


def companies(words: str) -> list[str]:
    """Find runs of words in capitals that end as companies do."""
    runs = [run for run, _, _ in _runs(words)]
    return [" ".join(run) for run in runs if len(run) > 1 and run[-1].lower() in COMPANY_SUFFIXES]


def places(words: str, after: frozenset[str] = _AT) -> list[str]:
    """Find what follows a preposition and has a capital, and what is joined to it by commas."""
    found: list[str] = []
    open_list = False
    previous_end = -1
    for run, start, end in _runs(words):
        between = words[previous_end:start].strip() if previous_end >= 0 else ""
        before = tokens(words[:start])
        joined = open_list and between in (",", "and", "or", "&", ", and", ", or")
        region = open_list and between == "," and _is_region(run)
        if region:
            found[-1] += f", {' '.join(run)}"
        elif joined or (before and before[-1] in after and not _is_no_place(run)):
            found.append(" ".join(run))
        open_list = region or joined or (bool(found) and found[-1] == " ".join(run))
        previous_end = end
    return (
        found or _small_places(words, after & _IN) or (_bare_place(words) if after is _AT else [])
    )


def queries(words: str) -> list[str]:
    """Find what is searched for: what is quoted, else the text without its request."""
    text = _ASKED.sub("", words.strip(), count=1).strip().rstrip("?!. ")
    return quotes(words) or ([text] if text else [])


def search_terms(words: str) -> list[str]:
    """Find words to search for: those with a capital, else all that say something."""
    content = [text for text in re.findall(r"[^\W_][\w'-]*", words) if _says(text)]
    first = tokens(words)[:1]
    proper = [text for text in content if text[0].isupper() and (text.lower(),) != tuple(first)]
    return list(dict.fromkeys(quotes(words) or proper or content))[:5]


def texts(words: str) -> list[str]:
    """Find what is to be worked on: what is quoted, what follows a colon, else all."""
    _, colon, rest = words.partition(":")
    whole = rest.strip() if colon and not rest.startswith("//") and rest.strip() else words.strip()
    return quotes(words) or ([whole] if whole else [])


def _says(word: str) -> bool:
    return word.lower() not in STOP_WORDS and stem(word.lower()) not in {"titl", "book", "tell"}


def _zoned(text: str) -> str:
    timed = text if text.count(":") > 1 or not re.search(r"T\d\d:\d\d$", text) else f"{text}:00"
    return timed if re.search(r"(?:Z|[+-]\d\d:\d\d)$", timed) else f"{timed}Z"


def _balanced(text: str) -> str:
    while text.count("(") > text.count(")") and text.startswith("("):
        text = text[1:].lstrip()
    while text.count(")") > text.count("(") and text.endswith(")"):
        text = text[:-1].rstrip()
    return text if text.count("(") == text.count(")") else ""


def _runs(words: str) -> Iterator[tuple[list[str], int, int]]:
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


def _without_verb(run: list[str]) -> list[str]:
    return run[1:] if run[0].lower() in STOP_WORDS or len(run) > max(_NAME_LENGTHS) else run


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
    """Find the place in ``Paris`` and ``Tokyo weather``."""
    runs = [run for run, _, _ in _runs(words) if not _is_no_place(run)]
    rest = [word for word in tokens(words) if word not in NO_PLACES]
    found = [" ".join(run) for run in runs if not any(c.isupper() for c in run[0][1:])]
    known = {"weather", "forecast", "temperature", "time", "now"}
    if len(found) == 1 and set(rest) - set(tokens(found[0])) <= known:
        return found
    return []
