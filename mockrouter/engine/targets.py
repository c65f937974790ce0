"""
What a URL asks for.

``/~TOKEN/s/NAME/api/v1/chat/completions``: namespace and scenario are optional, and the base path
chooses the provider's manner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mockrouter.profiles import PROFILES, Profile

_BASES = {profile.base: profile for profile in PROFILES.values()}
_FRONT = (
    r"(?:/~(?P<namespace>[^/]+))?(?:/s/(?P<scenario>.+?))?"
    rf"(?P<base>{'|'.join(map(re.escape, sorted(_BASES, key=len, reverse=True)))})"
)
_KNOWN = re.compile(_FRONT + r"(?P<endpoint>/(?:chat/completions|responses|models)(?:/.*)?)")
_ANY = re.compile(_FRONT + r"(?P<endpoint>/.*)?")


@dataclass(frozen=True, slots=True)
class Target:
    """
    A URL's path, taken apart.

    Attributes:
        namespace: Token after ``/~``; empty for the server's own.

        scenario: Name after ``/s/``.

        profile: Chosen by the base path.

        endpoint: What follows the base path, such as ``/chat/completions``.
    """

    namespace: str
    scenario: str | None
    profile: Profile
    endpoint: str


def namespace_of(path: str) -> tuple[str, str]:
    """Split a path into the token of its namespace, empty for none, and the rest."""
    if path.startswith("/~"):
        token, slash, rest = path[2:].partition("/")
        if token and slash:
            return token, f"/{rest}"
    return "", path


def target_of(path: str) -> Target | None:
    """Take a path apart; None where it lies below no profile's base."""
    # An endpoint that exists comes first: a scenario's own name may hold `/ai/` or `/v1/`.
    found = _KNOWN.fullmatch(path) or _ANY.fullmatch(path)
    if not found:
        return None
    return Target(
        namespace=found["namespace"] or "",
        scenario=found["scenario"],
        profile=_BASES[found["base"]],
        endpoint=(found["endpoint"] or "/").rstrip("/") or "/",
    )
