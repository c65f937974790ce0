"""A server without pytest: in a with statement, in unittest, in whatever calls before and after."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import Final

import httpx
import pytest

import mockrouter
from mockrouter import MockRouterError, Server
from pages import ROOT, blocks
from scripts import chat

HEAD: Final = """
import unittest
import httpx
import mockrouter

def ask(mock):
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}
    return httpx.post(f"{mock.base_url}/chat/completions", json=body).status_code

def setUpModule():
    global server
    server = unittest.enterModuleContext(mockrouter.Server())

class HelloTest(unittest.TestCase):
    def setUp(self):
        self.mock = self.enterContext(server.namespace(self.id()))
        self.addCleanup(lambda: print(self.mock.report()))
"""


def example(holds: str) -> str:
    """Find the example on the page that holds a text."""
    page = ROOT / "docs" / "python.md"
    return next(each.text for each in blocks(page) if each.language == "py" and holds in each.text)


def run(folder: Path, *words: str, **files: str) -> subprocess.CompletedProcess[str]:
    """Run files of tests."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def asked(mock: mockrouter.MockRouter) -> int:
    """Ask a mock; the status of the answer."""
    return httpx.post(f"{mock.base_url}/chat/completions", json=chat()).status_code


def test_the_example_of_unittest_runs(tmp_path: Path) -> None:
    """What the page shows passes as it stands."""
    done = run(tmp_path, "unittest", "--buffer", test_it=example("unittest"))

    assert 0 == done.returncode, done.stdout + done.stderr


def test_the_examples_run_in_pytest(tmp_path: Path) -> None:
    """So it does in pytest, as does a test with pytest-httpserver."""
    done = run(tmp_path, "pytest", "-q", test_it=example("unittest"), test_at=example("httpserver"))

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_hooks_of_other_frameworks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hooks on the page give each scenario a mock, and fail where something is left over."""
    monkeypatch.syspath_prepend(ROOT)
    hooks: dict[str, Callable[..., None]] = {}
    exec(example("before_all"), hooks)  # noqa: S102 - our own page
    with ExitStack() as cleanups:
        context = SimpleNamespace(add_cleanup=cleanups.callback)
        hooks["before_all"](context)
        for name, asks in (("It answers / well", True), ("It answers / well", False)):
            hooks["before_scenario"](context, SimpleNamespace(name=name))
            context.mock.script("Hello.")
            if asks:
                assert 200 == asked(context.mock)
                hooks["after_scenario"](context, None)
            else:
                with pytest.raises(AssertionError, match="never asked for"):
                    hooks["after_scenario"](context, None)


FAILING: Final = {
    "self.mock.script('Hi')": "turn 1 of 'script' was never asked for",
    "self.mock.script('Hi', when={'user': 'Bye'}); ask(self.mock)": "request 1 had no answer",
    "ask(self.mock); self.fail('of its own')": "      > user: Hello",
    "self.mock.assert_answered('f')": "no call of 'f' was made",
    "self.mock.load('no-such')": "no scenario is named 'no-such'",
}
"""Tests that fail, and what has to be in their reports."""


def test_failures_of_unittest(tmp_path: Path) -> None:
    """Each says what is wrong and what went over the wire, in lines of the user's alone."""
    tests = [f"    def test_{n}(self):\n        {body}\n" for n, body in enumerate(FAILING)]

    done = run(tmp_path, "unittest", "--buffer", test_it=HEAD + "".join(tests))

    shown = done.stdout + done.stderr
    assert "FAILED (failures=4, errors=1)" in shown
    assert [] == [said for said in FAILING.values() if said not in shown]
    assert "mockrouter/harness/mock.py" not in shown
    assert shown.count("answering: ") >= len(FAILING)


def test_unittest_in_asyncio(tmp_path: Path) -> None:
    """A test that runs a loop of its own has the same mock."""
    text = """
    import unittest
    import httpx
    import mockrouter

    class HelloTest(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self):
            self.mock = await self.enterAsyncContext(mockrouter.Server())

        async def test_it(self):
            self.mock.script("Hi")
            body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}
            async with httpx.AsyncClient() as client:
                answer = await client.post(f"{self.mock.base_url}/chat/completions", json=body)
            self.assertEqual(200, answer.status_code)
            self.mock.assert_done()
    """

    done = run(tmp_path, "unittest", test_it=dedent(text))

    assert 0 == done.returncode, done.stderr


def test_leaving_checks() -> None:
    """A namespace and a server fail over what is left, each over its own."""
    with pytest.raises(AssertionError, match="turn 2") as of_server, Server() as server:  # noqa: PT012
        server.script("One", "Two")
        with (
            pytest.raises(AssertionError, match="turn 1 of 'mine'") as of_space,
            server.namespace("a") as mock,
        ):
            mock.script("One", name="mine")
        asked(server)

    assert ["nothing was asked"] == _note(of_space.value)[2:]
    assert "  1  POST /v1/chat/completions  script turn 1  200" == _note(of_server.value)[2]


def test_an_error_says_what_was_asked() -> None:
    """Any error that comes out of a block has one note, by the mock that was in use."""
    with (  # noqa: PT012 - leaving is what is tested
        pytest.raises(ZeroDivisionError) as error,
        Server() as server,
        server.namespace("a") as mock,
    ):
        mock.script("One")
        raise ZeroDivisionError

    assert [
        "What went over the wire:",
        f"answering: script ({Path(__file__).relative_to(Path.cwd())})",
        "nothing was asked",
    ] == _note(error.value)


def _note(error: BaseException) -> list[str]:
    (note,) = error.__notes__
    return str(note).splitlines()


@pytest.mark.parametrize("settings", [{"strict": False}, {"check": False}])
def test_nothing_may_be_owed(settings: dict[str, bool]) -> None:
    """A namespace that is not strict, or is checked by somebody else, is left without a word."""
    with Server() as server, server.namespace("a", **settings) as mock:  # type: ignore[arg-type]
        mock.script("One")


@pytest.mark.parametrize(
    ("name", "token"),
    [
        ("tests.it.Test.test_a", "tests.it.Test.test_a"),
        ("it.<locals>.Test / ~ä?#%", "it.-locals-.Test"),
        ("test", "test"),
    ],
)
def test_any_name_is_one_for_a_namespace(name: str, token: str) -> None:
    """Its URL can be asked, and so can that of another of the same name, at once or later."""
    with Server() as server:
        with server.namespace(name) as one, server.namespace(name) as two:
            found = [one, two]
            answers = [asked(one), asked(two)]
        with server.namespace(f"{name}-2") as three, server.namespace(name) as four:
            found += [three, four]
            answers += [asked(three), asked(four)]
        tokens = [mock.root_url.rpartition("~")[2] for mock in found]

    assert [token, f"{token}-2", f"{token}-2-2", f"{token}-3"] == tokens
    assert [200] * 4 == answers


def test_starting_by_hand() -> None:
    """A server may be started twice, and again after it was stopped; stopping checks nothing."""
    server = Server()
    server.script("Hello.", "And?")
    with pytest.raises(MockRouterError, match="enter it"):
        asked(server)
    assert "<Server that does not run>" == repr(server)

    with server.start() as same:
        assert same is server
        assert 200 == asked(server.start())
        server.stop()
        server.stop()
        assert "<Server that does not run>" == repr(server)
        assert 200 == asked(server.start())
        server.strict = False

    assert 2 == len(server.requests)


def test_a_server_may_stop_before_its_namespaces_end() -> None:
    """Whatever the order of a framework's cleanups, none of them fails."""
    server = Server().start()
    with server.namespace("a"):
        server.stop()


def test_async_with() -> None:
    """In asyncio it is the same server, whose requests are asked in the same loop."""

    async def scene() -> int:
        async with Server() as server, httpx.AsyncClient() as client:
            server.script("Hello.")
            await client.post(f"{server.base_url}/chat/completions", json=chat())
            return len(server.requests)

    assert 1 == asyncio.run(scene())


def test_public_names() -> None:
    """Every public name is there, and those who explore find it."""
    assert set(mockrouter.__all__) <= set(dir(mockrouter))
    assert all(getattr(mockrouter, name) is not None for name in mockrouter.__all__)


def test_a_program_may_end_inside_of_a_namespace() -> None:
    """The server's thread stands still by then, and nobody waits for it."""
    program = (
        "import mockrouter\n"
        "server = mockrouter.Server().start()\n"
        "space = server.namespace('left')\n"
        "space.__enter__()\n"
    )

    assert 0 == subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode
