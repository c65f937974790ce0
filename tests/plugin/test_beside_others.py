"""Other plugins in the same suite, and the ways in which suites are run."""

from __future__ import annotations

import pytest

from plugin.suites import Suite

STRICT = """
[tool.pytest]
strict = true
filterwarnings = ["error"]
"""

ASYNC = """
import httpx
import pytest

BODY = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}

async def asked(mock):
    async with httpx.AsyncClient(verify=False) as client:
        answer = await client.post(f"{mock.base_url}/chat/completions", json=BODY)
    return answer.json()["choices"][0]["message"]["content"]
"""

IN_A_LOOP = (
    ASYNC
    + """
MARK
async def test_asks(mockrouter):
    mockrouter.script("Hello.")
    assert "Hello." == await asked(mockrouter)
    mockrouter.assert_done()

MARK
async def test_leaves(mockrouter):
    mockrouter.script("Hello.", "Never.")
    await asked(mockrouter)
"""
)

ASYNCIO = "pytest_asyncio.plugin"
SCOPE = "asyncio_default_fixture_loop_scope = function"
LOOPS = [
    (ASYNCIO, "", (SCOPE, "asyncio_mode = auto")),
    (ASYNCIO, "@pytest.mark.asyncio", (SCOPE, "asyncio_mode = strict")),
    ("anyio", "@pytest.mark.anyio", ()),
]


@pytest.mark.parametrize(("plugin", "mark", "ini"), LOOPS)
def test_in_an_event_loop(suite: Suite, plugin: str, mark: str, ini: tuple[str, ...]) -> None:
    """Tests with coroutines have the same fixture, and fail in the same way for what is left."""
    suite.ini(*ini)
    suite.test(IN_A_LOOP.replace("MARK", mark))
    result = suite.run("-p", plugin, "-W", "error")

    each = 2 if plugin == "anyio" else 1  # on asyncio and on trio
    result.assert_outcomes(passed=each, failed=each)
    result.stdout.fnmatch_lines(["*turn 2 of 'script' was never asked for"])


def test_async_fixtures(suite: Suite) -> None:
    """Fixtures of a loop of their own may ask, too."""
    suite.ini(SCOPE, "asyncio_mode = auto")
    suite.test(
        ASYNC
        + """
@pytest.fixture
async def answer(mockrouter):
    mockrouter.script("Hello.")
    yield await asked(mockrouter)

async def test_it(answer):
    assert "Hello." == answer
"""
    )

    suite.run("-p", ASYNCIO, "-W", "error").assert_outcomes(passed=1)


PATCHED = [
    (
        "respx",
        """
        import httpx
        import pytest

        def test_it(mockrouter, respx_mock):
            respx_mock.get("https://elsewhere.test/").respond(204)
            respx_mock.route(host="127.0.0.1").pass_through()
            url = f"{mockrouter.base_url}/models"
            assert 204 == httpx.get("https://elsewhere.test/").status_code
            assert 200 == httpx.get(url).status_code
            assert 200 == status(mockrouter.base_url)
        """,
    ),
    (
        "recording",
        """
        import pytest

        @pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
        def test_blocked(mockrouter):
            assert 200 == status(mockrouter.base_url)

        @pytest.fixture(scope="module")
        def vcr_config():
            return {"ignore_localhost": True}

        @pytest.mark.vcr
        def test_recorded(mockrouter):
            assert 200 == status(mockrouter.base_url)
            assert 1 == len(mockrouter.requests)
        """,
    ),
    (
        "pytest_httpserver",
        """
        import urllib.request

        def test_it(mockrouter, httpserver):
            httpserver.expect_request("/weather").respond_with_data("sunny")
            with urllib.request.urlopen(httpserver.url_for("/weather")) as answer:
                mockrouter.script(answer.read().decode())
            assert "sunny" == ask(mockrouter.base_url)
        """,
    ),
]


@pytest.mark.parametrize(("plugin", "text"), PATCHED)
def test_other_mocks(suite: Suite, plugin: str, text: str) -> None:
    """What other plugins patch or serve for the rest of the world goes beside it."""
    suite.test(text)
    result = suite.run("-p", plugin, "-W", "error")

    assert 0 == result.ret


MANY = """
import pytest

@pytest.mark.parametrize("number", range(24))
def test_each(mockrouter, number):
    mockrouter.script(f"Number {number}.")
    assert f"Number {number}." == ask(mockrouter.base_url)
    assert 1 == mockrouter.last_request.number
"""

RUNS = [
    ("-p", "xdist", "-n", "4"),
    ("-p", "xdist", "-n", "2", "--dist", "worksteal"),
    ("-p", "randomly"),
    ("-p", "randomly", "-p", "xdist", "-n", "2"),
    ("-W", "error"),
    ("--strict-markers", "--strict-config", "-W", "error"),
    ("--import-mode=importlib",),
    ("--setup-show",),
    ("-p", "no:cacheprovider", "--capture=no"),
]


@pytest.mark.parametrize("options", RUNS, ids=" ".join)
def test_ways_to_run(suite: Suite, options: tuple[str, ...]) -> None:
    """On several workers, in any order, and where each warning is an error."""
    suite.test(MANY)

    suite.run(*options).assert_outcomes(passed=24)


def test_the_strictest_pytest(suite: Suite) -> None:
    """With all strictness that pytest has, marks and settings are known."""
    suite.write("pyproject.toml", STRICT + 'mockrouter_profile = "openrouter"\n')
    suite.passes(
        """
        import pytest

        @pytest.mark.mockrouter("errors/no-credits")
        def test_mark(mockrouter):
            assert 402 == status(mockrouter.base_url)

        @pytest.mark.mockrouter_each("errors/no-*")
        def test_each(mockrouter):
            assert 402 == status(mockrouter.base_url)
        """,
        passed=2,
    )


def test_all_at_once(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite with all of them installed passes, with the plugin found by its entry point."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    suite.write("pyproject.toml", STRICT + 'asyncio_default_fixture_loop_scope = "function"\n')
    suite.test(MANY + IN_A_LOOP.replace("MARK", "@pytest.mark.anyio").replace(', "Never."', ""))
    result = suite.pytester.runpytest_subprocess("-o", f"pythonpath={suite.tests}", "-n", "2")

    result.assert_outcomes(passed=28)


def test_switched_off(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite that does not want it does not have it."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    suite.write("test_it.py", "def test_it(mockrouter):\n    pass\n")
    result = suite.pytester.runpytest_subprocess("-p", "no:mockrouter", "-p", "no:randomly")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'mockrouter' not found"])


UNITTEST = """
import unittest

import pytest

class Base(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _mock(self, mockrouter):
        self.mock = mockrouter

class TestIt(Base):
    def test_asks(self):
        self.mock.script("Hello.")
        self.assertEqual("Hello.", ask(self.mock.base_url))

    def test_leaves(self):
        self.mock.script("Hello.")

    def test_fails(self):
        self.mock.script("Hello.")
        self.fail("of its own")

    def test_skips(self):
        self.mock.script("Hello.")
        self.skipTest("later")

    @unittest.expectedFailure
    def test_expected(self):
        self.mock.script("Hello.")
        self.fail("as known")

@pytest.mark.usefixtures("mockrouter")
class TestVariables(unittest.TestCase):
    def test_env(self):
        import os

        self.assertEqual(200, status(os.environ["OPENAI_BASE_URL"]))

@pytest.mark.mockrouter("errors/no-credits")
class TestMarked(Base):
    def test_mark(self):
        self.assertEqual(402, status(self.mock.base_url))
"""


def test_unittest(suite: Suite) -> None:
    """Classes of unittest have it through an autouse fixture or `usefixtures`."""
    suite.test(UNITTEST)
    result = suite.run()

    result.assert_outcomes(passed=3, failed=2, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(
        ["*AssertionError: of its own", "*turn 1 of 'script' was never asked for"]
    )


def test_doctests(suite: Suite) -> None:
    """A doctest may have it, too."""
    suite.write(
        "page.txt",
        '>>> getfixture("mockrouter").script("Hello.")\n'
        ">>> import os\n"
        ">>> from plugin.talking import ask\n"
        '>>> ask(os.environ["OPENAI_BASE_URL"])\n'
        "'Hello.'\n",
    )

    suite.run("--doctest-glob=*.txt").assert_outcomes(passed=1)
