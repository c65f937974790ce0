"""Tests share a server and nothing else: what is late of one does not reach the next."""

from __future__ import annotations

import gc
import json
import tracemalloc
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

from mockrouter.harness.server import Server
from plugin.suites import Suite
from scripts import chat

WARM_UP = 1_000
TESTS = 2_000
"""So many take some seconds; what grows with each of them shows as well as in 10,000."""
GROWTH = 256 * TESTS
"""In bytes: a name that was there is never used again, and nothing else is kept."""


def test_a_thread_of_an_earlier_test(suite: Suite) -> None:
    """Who still asks when its test is over is told so, and the next test sees nothing of it."""
    suite.passes(
        """
        late = []

        def test_first(mockrouter):
            late.append(mockrouter.base_url)

        def test_next(mockrouter):
            mockrouter.script("Mine.")
            code, body = post(late[0])
            assert 410 == code
            message = body["error"]["message"]
            assert "is over; this request comes too late" in message
            assert message.endswith("as at import time: make clients where they are used")
            assert [] == mockrouter.requests
            assert "Mine." == ask(mockrouter.base_url)
            assert 1 == mockrouter.last_request.number
        """,
        passed=2,
    )


def test_a_thread_that_never_stops(suite: Suite) -> None:
    """A worker that asks for ever disturbs no test that runs meanwhile."""
    suite.passes(
        """
        import threading

        import pytest

        over = threading.Event()
        seen = []

        def work(url):
            while not over.is_set():
                seen.append(status(url))

        @pytest.fixture(scope="module", autouse=True)
        def workers():
            found = []
            yield found
            over.set()
            for each in found:
                each.join()
            assert {200, 410} == set(seen)

        def test_first(mockrouter, workers):
            workers.append(threading.Thread(target=work, args=(mockrouter.base_url,)))
            workers[0].start()
            while not mockrouter.requests:
                pass

        @pytest.mark.parametrize("number", range(20))
        def test_next(mockrouter, number):
            mockrouter.script(f"Number {number}.")
            assert f"Number {number}." == ask(mockrouter.base_url)
            assert 1 == len(mockrouter.requests)
            while seen[-1:] != [410]:
                pass
        """,
        passed=21,
    )


def test_an_open_stream_of_an_earlier_test(suite: Suite) -> None:
    """A stream that nobody reads to its end is cut when its test ends."""
    suite.passes(
        """
        import http.client
        import json
        from urllib.parse import urlsplit

        import pytest

        opened = []

        def test_first(mockrouter):
            mockrouter.script({"say": [{"text": "Never."}], "faults": [{"fault": "stall"}]})
            at = urlsplit(mockrouter.base_url)
            opened.append(http.client.HTTPConnection(at.netloc, timeout=30))
            body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}
            opened[0].request("POST", f"{at.path}/chat/completions", json.dumps(body))
            answer = opened[0].getresponse()
            assert answer.read(1)
            opened.append(answer)
            assert mockrouter.last_request.sent is None

        def test_next(mockrouter):
            with pytest.raises((http.client.HTTPException, OSError)):
                opened[1].read()
            assert [] == mockrouter.requests
            opened[0].close()
        """,
        passed=2,
    )


def test_a_test_that_runs_again(suite: Suite) -> None:
    """A test that another plugin runs a second time begins anew."""
    suite.write(
        "conftest.py",
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            for _ in range(3):
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
                for report in reports:
                    item.ihook.pytest_runtest_logreport(report=report)
            return True
        """,
    )
    suite.passes(
        """
        def test_it(mockrouter):
            mockrouter.script("Hello.")
            assert "Hello." == ask(mockrouter.base_url)
            assert 1 == mockrouter.last_request.number
        """,
        passed=3,
    )


def test_the_same_file_twice(suite: Suite) -> None:
    """A test that is collected twice runs twice."""
    suite.test("def test_it(mockrouter):\n    assert ask(mockrouter.base_url)\n")

    suite.run("--keep-duplicates", "test_it.py", "test_it.py").assert_outcomes(passed=2)


def test_nothing_is_kept(suite: Suite) -> None:
    """When a test is over, nothing holds its mock, whether it passed or not."""
    suite.write(
        "conftest.py",
        """
        import gc
        import weakref

        mocks = []

        def pytest_runtest_teardown(item):
            mocks.append(weakref.ref(item.funcargs["mockrouter"]))

        def pytest_sessionfinish(session):
            gc.collect()
            print("alive:", [each() for each in mocks if each() is not None])
            print("items:", len(session.items))
        """,
    )
    suite.test(
        """
        def test_passes(mockrouter):
            mockrouter.script("Hello.")
            ask(mockrouter.base_url)

        def test_leaves(mockrouter):
            mockrouter.script("Hello.")

        def test_last(mockrouter):
            pass
        """
    )

    # pytester itself holds what fails in its own process.
    suite.apart("-s").stdout.fnmatch_lines(["*alive: []*", "items: 3"])


def test_memory_stays_level() -> None:
    """Thousands of tests with a script and a request each take no more memory than the first."""
    body, headers = json.dumps(chat()), {"content-type": "application/json"}

    def play(server: Server, connection: HTTPConnection, number: int) -> None:
        with server.namespace(f"tests-test_agent.py-test_number-{number}") as mock:
            mock.script({"say": [{"text": f"Number {number}."}], "pace": {"ttft": 0}})
            path = f"{urlsplit(mock.base_url).path}/chat/completions"
            connection.request("POST", path, body, headers)
            connection.getresponse().read()
            mock.assert_done()

    with Server() as server, closing(HTTPConnection(urlsplit(server.url()).netloc)) as connection:
        for number in range(WARM_UP):
            play(server, connection, number)
        tracemalloc.start()
        try:
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            for number in range(WARM_UP, WARM_UP + TESTS):
                play(server, connection, number)
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()

    assert GROWTH > grown
