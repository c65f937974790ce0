"""The regular expressions of a file: which are taken, and how they are searched for."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from mockrouter.generate.place import Unsatisfiable
from mockrouter.generate.search import found, is_quick

_LONGEST_REGEX = 1000
_LONGEST_SUBJECT = 100_000


def _regex(text: str) -> str:
    if len(text) > _LONGEST_REGEX:
        message = f"the regular expression has {len(text)} characters; {_LONGEST_REGEX} is the most"
        raise ValueError(message)
    try:
        re.compile(text)
    except (re.error, OverflowError) as error:
        message = f"the regular expression cannot be read: {error}; write it as for Python's re"
        raise ValueError(message) from error
    if not is_quick(text):
        message = (
            "the regular expression could search for ever; repeat no part that holds a repetition "
            "or alternatives, as in (a+)+ and (a|ab)*"
        )
        raise ValueError(message)
    return text


def searched(pattern: str, text: str) -> bool:
    """Say whether a regular expression is found in the first 100,000 characters of a text."""
    text = text[:_LONGEST_SUBJECT]
    try:
        return found(pattern, text)
    except Unsatisfiable:
        # With a group that is referred to, say. It is quick, so this may be slow, but ends.
        return re.search(pattern, text) is not None


Regex = Annotated[str, AfterValidator(_regex)]
"""A regular expression that ends soon, whatever it is searched for in."""
