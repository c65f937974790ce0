"""Settings as people give them in Python, checked before anything goes by them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from mockrouter.profiles import PROFILES


def check_settings(**settings: object) -> None:
    """
    Check settings by their names; None stands for one that is not given.

    Raises:
        ValueError: Says which is wrong and what to write.
    """
    for name, value in settings.items():
        fits, remedy = _WANTED[name]
        if value is not None and not fits(value):
            message = f"{name} is {value!r}; write {remedy}"
            raise ValueError(message)


def check_paths(paths: Iterable[Path | str]) -> tuple[Path, ...]:
    """
    Check that folders are there.

    Raises:
        ValueError: Says which is not.
    """
    check_settings(paths=paths)
    found = tuple(Path(path) for path in paths)
    for path in found:
        if not path.exists():
            message = f"paths names {path}, which is not there; write folders that are"
            raise ValueError(message)
    return found


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_factor(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value < math.inf  # type: ignore[operator]


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _are_names(value: object) -> bool:
    return _are(value, (str,))


def _are_paths(value: object) -> bool:
    return _are(value, (str, Path))


def _are(value: object, kinds: tuple[type, ...]) -> bool:
    # One text alone is many texts of a letter each.
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    if not several or isinstance(value, Iterator):  # which could be looked through only once
        return several
    return all(isinstance(each, kinds) for each in value)  # type: ignore[attr-defined]


def _is_profile(value: object) -> bool:
    return isinstance(value, str) and value in PROFILES


_BOOL = (_is_bool, "True or False")
_WANTED: dict[str, tuple[Callable[[object], bool], str]] = {
    "env": _BOOL,
    "leftovers": _BOOL,
    "paths": (_are_paths, 'a list of folders such as ["tests/scenarios"]'),
    "profile": (_is_profile, f"one of {', '.join(PROFILES)}"),
    "redact": (_are_names, 'a list of names such as ["password"]'),
    "seed": (_is_whole, "a whole number such as 7"),
    "strict": _BOOL,
    "time_scale": (_is_factor, "a factor such as 0.1, or 0 for no waits"),
}
