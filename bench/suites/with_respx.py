"""A patch inside the process, which knows httpx alone: respx's own fixture."""

from __future__ import annotations

import httpx
import pytest
import respx

from bench.suites.timing import ANSWER, ASKED, SAID, said


@pytest.mark.respx(base_url="https://api.openai.com/v1")
def test_starts_clean(respx_mock: respx.MockRouter, client: httpx.Client, number: int) -> None:
    """Script an answer, ask, and see that nobody else asked."""
    route = respx_mock.post("/chat/completions").mock(httpx.Response(200, json=ANSWER))

    answer = client.post("https://api.openai.com/v1/chat/completions", json=ASKED)

    assert SAID == said(answer), number
    assert 1 == route.call_count
