"""mockrouter's own fixture: a namespace for each test, on a server for the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from bench.suites.timing import ASKED, SAID, said

if TYPE_CHECKING:
    # What the fixture imports is part of what a session's start costs.
    from mockrouter.harness.mock import MockRouter


def test_starts_clean(mockrouter: MockRouter, client: httpx.Client, number: int) -> None:
    """Script an answer, ask, and see that nobody else asked."""
    mockrouter.script(SAID)

    answer = client.post(f"{mockrouter.base_url}/chat/completions", json=ASKED)

    assert SAID == said(answer), number
    assert 1 == len(mockrouter.requests)
