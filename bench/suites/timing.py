"""What all suites share: a pytest plugin that takes the time of each test, and a plain client."""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from mockrouter.values import Json, JsonObject

ASKED: JsonObject = {
    "model": "gpt-4o",
    "messages": [{"role": "user", "content": "What is the weather in Tokyo?"}],
}
SAID = "It is 18 degrees."
ANSWER: JsonObject = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1_700_000_000,
    "model": "gpt-4o",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": SAID},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 8, "completion_tokens": 5, "total_tokens": 13},
}
"""What those send that have to be told all of it."""


def said(answer: httpx.Response) -> Json:
    """Read what the model said, as a client does."""
    return answer.raise_for_status().json()["choices"][0]["message"]["content"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take how many tests there are, and where their times go."""
    parser.addoption("--tests", type=int, default=1)
    parser.addoption("--times", type=Path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make many tests of one."""
    metafunc.parametrize("number", range(metafunc.config.getoption("--tests")))


_SECONDS = pytest.StashKey[list[float]]()
_CLIENT = pytest.StashKey[httpx.Client]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the one client ahead of all tests, as it is theirs and no part of any mock."""
    config.stash[_SECONDS] = []
    config.stash[_CLIENT] = made = httpx.Client(trust_env=False)
    config.add_cleanup(made.close)


@pytest.fixture(scope="session")
def client(pytestconfig: pytest.Config) -> httpx.Client:
    """Ask."""
    return pytestconfig.stash[_CLIENT]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Take a test's time, with what was set up and torn down for it."""
    start = time.perf_counter()
    result = yield
    item.config.stash[_SECONDS].append(time.perf_counter() - start)
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the times down, in seconds and in order."""
    times: Path = session.config.getoption("--times")
    times.write_text(json.dumps(session.config.stash[_SECONDS]))
