"""What is asked of the journal: filters over its entries, and which page of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, NamedTuple
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from mockrouter.dialects import DIALECTS
from mockrouter.entries import Entry
from mockrouter.profiles import PROFILES

NAMESPACE: Final = "namespace"
ANY: Final = "any"

_DIGITS = 18
_SHOWN = 40
_STATUS = re.compile(r"[1-5](\d\d|xx)|none")
_METHOD = re.compile(r"[A-Za-z]+")


class _Filter(NamedTuple):
    """
    One way to choose entries.

    Attributes:
        holds: Takes what is asked for, and an entry.

        remedy: What may be asked for; empty where any text may.

        takes: Whether something may.
    """

    holds: Callable[[str, Entry], bool]
    remedy: str = ""
    takes: Callable[[str], object] = lambda _: True


def _status(wanted: str, entry: Entry) -> bool:
    if entry.status is None:
        return wanted == "none"
    return str(entry.status) == wanted or f"{entry.status // 100}xx" == wanted


def _error(wanted: str, entry: Entry) -> bool:
    return bool(entry.error) and (wanted == ANY or fnmatchcase(entry.error, wanted))


def _tool(wanted: str, entry: Entry) -> bool:
    names = (*entry.tools, *(call.name for call in entry.calls))
    return any(fnmatchcase(name, wanted) for name in names)


def _one_of(names: Collection[str]) -> str:
    return f"write one of {', '.join(names)}"


FILTERS: Final[Mapping[str, _Filter]] = {
    NAMESPACE: _Filter(lambda wanted, entry: entry.namespace == wanted),
    "scenario": _Filter(lambda wanted, entry: fnmatchcase(entry.scenario, wanted)),
    "path": _Filter(lambda wanted, entry: fnmatchcase(entry.path, wanted)),
    "model": _Filter(lambda wanted, entry: fnmatchcase(entry.model, wanted)),
    "tool": _Filter(_tool),
    "method": _Filter(
        lambda wanted, entry: entry.method == wanted.upper(),
        "write a method of HTTP, such as POST",
        _METHOD.fullmatch,
    ),
    "status": _Filter(
        _status,
        "write a status such as 429, a class of them such as 4xx, or none",
        _STATUS.fullmatch,
    ),
    "error": _Filter(_error, "write the code of an error of the mock's own, or any", bool),
    "dialect": _Filter(
        lambda wanted, entry: entry.dialect == wanted, _one_of(DIALECTS), DIALECTS.__contains__
    ),
    "profile": _Filter(
        lambda wanted, entry: entry.profile == wanted, _one_of(PROFILES), PROFILES.__contains__
    ),
}
"""All ways to choose entries. A name that is given twice asks for either."""


@dataclass(frozen=True, slots=True)
class Query:
    """
    What is asked for.

    Attributes:
        wanted: Names of filters, each with what is asked for, any of which will do.

        after: Sequence of an entry; those that came later are meant.

        before: Sequence of an entry; those that came earlier are meant. None for no bound.

        limit: How many at the most; None for all.
    """

    wanted: tuple[tuple[str, tuple[str, ...]], ...] = ()
    after: int = 0
    before: int | None = None
    limit: int | None = None

    @property
    def namespace(self) -> str | None:
        """The only namespace that is asked for; None where there are several."""
        asked = dict(self.wanted).get(NAMESPACE, ())
        return asked[0] if len(asked) == 1 else None

    def holds(self, entry: Entry) -> bool:
        """Tell whether an entry is one of those that are asked for, on whichever page."""
        return all(
            any(FILTERS[name].holds(value, entry) for value in values)
            for name, values in self.wanted
        )

    def chosen(self, entries: Iterable[Entry]) -> list[Entry]:
        """Choose those that are asked for, on whichever page."""
        return [entry for entry in entries if self.holds(entry)]

    def page(self, chosen: list[Entry]) -> list[Entry]:
        """
        Cut the page out of those that are asked for.

        It begins behind *after*; without that, it ends before *before*, or with the newest.
        """
        end = float("inf") if self.before is None else self.before
        inside = [entry for entry in chosen if self.after < entry.sequence < end]
        if self.limit is None:
            return inside
        return inside[: self.limit] if self.after else inside[max(0, len(inside) - self.limit) :]

    def link(self, path: str, **cursor: int) -> str:
        """Write the URL of the page that begins or ends at a cursor."""
        asked = [(name, value) for name, values in self.wanted for value in values]
        limit = [] if self.limit is None else [("limit", str(self.limit))]
        return f"{path}?{urlencode([*asked, *limit, *cursor.items()])}"


def read_query(params: QueryParams, others: Collection[str] = ()) -> Query:
    """
    Read a query, which may also have the *others* of these names.

    Raises:
        HTTPException: 400, with a remedy.
    """
    check_names(params, (*FILTERS, "after", *others))
    wanted: dict[str, tuple[str, ...]] = {}
    for name, value in params.multi_items():
        if name in FILTERS:
            _check(name, value)
            wanted[name] = (*wanted.get(name, ()), value)
    return Query(
        tuple(wanted.items()),
        number(params, "after") or 0,
        number(params, "before"),
        number(params, "limit"),
    )


def check_names(params: QueryParams, known: Collection[str]) -> None:
    """
    Refuse a parameter that is not known, as a filter that is misspelled would filter nothing.

    Raises:
        HTTPException: 400, with a remedy.
    """
    for name in params:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            remedy = f"did you mean '{near[0]}'?" if near else f"there is {', '.join(known)}"
            raise HTTPException(400, f"'{short(name)}' is no parameter here; {remedy}")


def number(params: Mapping[str, str], name: str) -> int | None:
    """
    Read a whole number.

    Raises:
        HTTPException: 400, with a remedy.
    """
    text = params.get(name)
    if text is None:
        return None
    if not is_number(text):
        detail = f"'{name}' is {short(text)!r}; write a whole number of {_DIGITS} digits at most."
        raise HTTPException(400, detail)
    return int(text)


def is_number(text: str) -> bool:
    """Tell whether a text is a number that a journal could reach."""
    return text.isdecimal() and len(text) <= _DIGITS


def short(text: str) -> str:
    """Shorten what somebody sent, to repeat it."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _check(name: str, value: str) -> None:
    if not FILTERS[name].takes(value):
        detail = f"'{name}' is {short(value)!r}; {FILTERS[name].remedy}."
        raise HTTPException(400, detail)
