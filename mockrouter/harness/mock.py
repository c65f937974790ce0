"""A mock provider as one test sees it: what it answers, where it is, what it was asked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from mockrouter.engine.namespaces import Namespace
from mockrouter.entries import Entry, ToolCall, entries
from mockrouter.harness import assertions
from mockrouter.harness.assertions import ANYTHING
from mockrouter.harness.checking import check_settings
from mockrouter.harness.environment import API_KEY, environment
from mockrouter.harness.finding import Finder
from mockrouter.harness.host import Host
from mockrouter.harness.scripted import Scripted
from mockrouter.harness.transcript import transcript
from mockrouter.harness.unmet import unmet
from mockrouter.harness.virtual_time import Passed
from mockrouter.printing import printable, printable_lines
from mockrouter.profiles import PROFILES
from mockrouter.values import Json

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

__unittest = True
"""Has unittest end a failure's traceback where a test called an assertion of this module."""


class MockRouter(Scripted):
    """
    A namespace of a server: nobody else asks in it, and nothing of it is left when it ends.

    Attributes:
        profile: The provider whose manner ``base_url`` speaks: openai, openrouter or solrouter.

        strict: Whether requests that no scenario answers are refused, once there are scenarios.
    """

    def __init__(  # noqa: PLR0913 - most have a default that suits
        self,
        host: Host,
        space: Namespace,
        *,
        strict: bool = True,
        profile: str = "openai",
        beside: Path | None = None,
        finder: Finder | None = None,
    ) -> None:
        """
        Show a namespace.

        Args:
            host: Serves it.

            space: The namespace.

            strict: Whether ``auto`` is to answer only as long as there is no scenario.

            profile: For ``base_url`` and the variables of OpenAI's SDKs.

            beside: Folder in which ``load`` looks first.

            finder: Finds what is not there; else the host's.

        Raises:
            ValueError: There is no such profile.
        """
        super().__init__(host, space, strict=strict, beside=beside, finder=finder)
        self.profile = profile

    def __repr__(self) -> str:
        """``<MockRouter http://127.0.0.1:4099/v1>``."""
        where = self.base_url if self._host.runs else "that does not run"
        return f"<{type(self).__name__} {where}>"

    # Where it is

    @property
    def root_url(self) -> str:
        """Without any provider's base path; no slash at its end."""
        token = self._space.token
        return f"{self._host.url}/~{token}" if token else self._host.url

    @property
    def base_url(self) -> str:
        """What a client is given as its base URL; no slash at its end."""
        return self.url()

    def url(self, profile: str | None = None, *, scenario: str | None = None) -> str:
        """
        Give the base URL of another provider's manner, or of one scenario by its name.

        Raises:
            ValueError: There is no such profile.
        """
        __tracebackhide__ = True
        check_settings(profile=profile)
        named = f"/s/{scenario}" if scenario else ""
        return f"{self.root_url}{named}{PROFILES[profile or self.profile].base}"

    @property
    def api_key(self) -> str:
        """What a client is given as its key."""
        return API_KEY

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that point SDKs here."""
        return environment(self.root_url, self.profile, os.environ)

    def serve_from(self, httpserver: HTTPServer) -> str:
        """
        Answer from a server of pytest-httpserver as well, at ``/v1``, ``/api/v1`` and ``/ai``.

        Its own expectations come first. It serves one mock at a time, the latest.

        Returns:
            What a client is given as its base URL there.

        Raises:
            ValueError: It speaks TLS.
        """
        from mockrouter.harness.httpserver import serve_from  # noqa: PLC0415 - the user's library

        serve_from(httpserver, self._host, self._space.token)
        return httpserver.url_for(PROFILES[self.profile].base)

    def virtual_time(self, *, grace: float = 0.001) -> AbstractContextManager[Passed]:
        """
        Let waits of the server and of this process's clients pass at once, in their order.

        Args:
            grace: Real seconds for which nothing may happen before time jumps.

        Returns:
            Gives a clock that starts at 0: its ``now()`` counts the seconds that passed.

        Raises:
            MockRouterError: It is entered already, or another loop than asyncio's own runs here.
        """
        return self._host.virtual_time(grace)

    # What it was asked

    @property
    def requests(self) -> list[Entry]:
        """What was asked so far, with the answers; oldest first."""
        return entries(self._host.exchanges(self._space.token))

    @property
    def last_request(self) -> Entry:
        """
        The newest request.

        Raises:
            AssertionError: There is none.
        """
        found = self.requests
        if not found:
            _fail(["nothing was asked"])
        return found[-1]

    @property
    def calls(self) -> list[ToolCall]:
        """All tool calls that the mock made so far, each with the results that came back."""
        return [call for entry in self.requests for call in entry.calls]

    def transcript(self) -> str:
        """Describe what went over the wire, for people."""
        return transcript(self.requests)

    def report(self) -> str:
        """Describe what answers here and what went over the wire: all that a failure should say."""
        places = [f"{s.name} ({s.path})" for s in self._space.library.active]
        answering = ", ".join(places) or "auto, as no scenario is loaded"
        said = self.transcript() or "nothing was asked"
        return f"answering: {printable(answering)}\n{said}"

    # What is to hold

    def assert_done(self) -> None:
        """Check that each turn was asked for, and that every request had an answer."""
        __tracebackhide__ = True
        _fail(self.mistakes())

    def assert_answered(
        self, name: str, result: Json = ANYTHING, *, arguments: Json = ANYTHING
    ) -> None:
        """
        Check that the result of a tool call came back.

        Args:
            name: Of the tool.

            result: What came back: its JSON value or its text.

            arguments: Of the call; any call of *name* if left out.
        """
        __tracebackhide__ = True
        _fail(assertions.not_answered(self.requests, name, arguments, result))

    def assert_not_answered(self, name: str) -> None:
        """Check that the mock called this tool, and that no call of it was carried out."""
        __tracebackhide__ = True
        _fail(assertions.answered(self.requests, name))

    def assert_ran_once(self) -> None:
        """Check that there were tool calls, and none ran twice, whatever was repeated."""
        __tracebackhide__ = True
        _fail(assertions.ran_twice(self.requests))

    def assert_history_kept(self, *, conversations: int = 1) -> None:
        """
        Check that each request holds what was said before, messages and calls, unchanged.

        Args:
            conversations: How many may begin.
        """
        __tracebackhide__ = True
        _fail(assertions.lost_history(self.requests, conversations))

    def assert_waited(self) -> None:
        """Check that ``Retry-After`` was said, and what it told to wait came back, no sooner."""
        __tracebackhide__ = True
        _fail(assertions.hurried(self.requests))

    def mistakes(self, *, leftovers: bool = True) -> list[str]:
        """
        List what a test should not leave behind, a sentence each.

        Requests that had no answer, failures that nobody met; with *leftovers*, what nobody asked
        for.
        """
        requests = self.requests
        found = [*assertions.complaints(requests), *unmet(requests, self._space.library)]
        forgotten = self._host.engine.journal.forgotten(self._space.token)
        if forgotten:
            found.append(f"the journal forgot {forgotten} requests, as it is full")
        found += self._space.leftovers() if leftovers else []
        return [printable_lines(each) for each in found]


def _fail(wrong: Sequence[str]) -> None:
    """Raise unless nothing is wrong."""
    __tracebackhide__ = True
    if wrong:
        raise AssertionError(printable_lines("\n".join(wrong)))
