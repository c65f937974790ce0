"""What kinds of values a text says: addresses, dates, sums, places, people and so on."""

from __future__ import annotations

import re

from mockrouter.generate.lexicon import (
    COMPANY_SUFFIXES,
    CURRENCIES,
    LANGUAGES,
    STOP_WORDS,
    stem,
    tokens,
)
from mockrouter.generate.places import runs

_QUOTED = re.compile(
    r"\"([^\"\n]+)\"|“([^”\n]+)”|`([^`\n]+)`|(?<!\w)['\u2018]([^'\u2019\n]+)['\u2019](?!\w)"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"https?://[^\s<>\"'`]+", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
_DATE_TIME = re.compile(
    r"(?<!\d)\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?"
)
_TIME = re.compile(
    r"(?<![\w:.])(?:(\d{1,2})(?::(\d\d)(:\d\d)?)?\s?([ap])\.?m\b|(\d{1,2}:\d\d(?::\d\d)?)(?![\d:])"
    r"|(\d{1,2})\s?(?:h(?=\d)|uhr)\s?(\d\d)?\b|(noon|midnight)\b)",
    re.IGNORECASE,
)
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
_ASKED = re.compile(
    r"^(?:(?:please|can|could|would|you|hey|hi|i|want|need|to|me|let's|and|also|then)[\s,]+)*"
    r"(?:search|grep|look|find|google|browse|research|query|check|tell)(?:\s+(?:up|out|me))?"
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
_NAME_LENGTHS = (2, 3)
_NOON = 12


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
    """Find times of the day, on the clock of 24 hours."""
    return [time for time in map(_clock, _TIME.finditer(words)) if time]


def zoned_times(words: str) -> list[str]:
    """Find times of the day as RFC 3339 writes them, with a zone."""
    return [f"{time if time.count(':') > 1 else f'{time}:00'}Z" for time in times(words)]


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
    found = [run for run, _, _ in runs(words) if run[-1].lower() not in COMPANY_SUFFIXES]
    people = [" ".join(run) for run in map(_without_verb, found) if len(run) in _NAME_LENGTHS]
    return [person for person in people if not re.search(r"\d", person)]


def companies(words: str) -> list[str]:
    """Find runs of words in capitals that end as companies do."""
    found = [run for run, _, _ in runs(words)]
    return [" ".join(run) for run in found if len(run) > 1 and run[-1].lower() in COMPANY_SUFFIXES]


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


def _clock(match: re.Match[str]) -> str:
    hour, minute, second, half, written, whole, rest, word = match.groups()
    if written:
        return written
    if word:
        return "12:00" if word.lower() == "noon" else "00:00"
    if whole:
        return f"{int(whole):02}:{rest or '00'}"
    if not 1 <= int(hour) <= _NOON:
        return ""
    hours = int(hour) % _NOON + (_NOON if half.lower() == "p" else 0)
    return f"{hours:02}:{minute or '00'}{second or ''}"


def _zoned(text: str) -> str:
    timed = text if text.count(":") > 1 or not re.search(r"T\d\d:\d\d$", text) else f"{text}:00"
    return timed if re.search(r"(?:Z|[+-]\d\d:\d\d)$", timed) else f"{timed}Z"


def _balanced(text: str) -> str:
    while text.count("(") > text.count(")") and text.startswith("("):
        text = text[1:].lstrip()
    while text.count(")") > text.count("(") and text.endswith(")"):
        text = text[:-1].rstrip()
    return text if text.count("(") == text.count(")") else ""


def _without_verb(run: list[str]) -> list[str]:
    return run[1:] if run[0].lower() in STOP_WORDS or len(run) > max(_NAME_LENGTHS) else run
