"""A mock provider as one test sees it: what it answers, where it is, what it was asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from mockrouter.engine.namespaces import Namespace
from mockrouter.entries import Entry, ToolCall, entries
from mockrouter.harness import assertions
from mockrouter.harness.assertions import ANYTHING
from mockrouter.harness.environment import API_KEY, environment
from mockrouter.harness.host import Host
from mockrouter.harness.transcript import transcript
from mockrouter.harness.virtual_time import SharedClock
from mockrouter.harness.words import Spoken
from mockrouter.profiles import PROFILES
from mockrouter.scenario.library import load_text, load_value, with_active
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import Json


class MockRouter:
    """
    A namespace of a server: nobody else asks in it, and nothing of it is left when it ends.

    Attributes:
        profile: The provider whose manner ``base_url`` speaks: openai, openrouter or solrouter.

        strict: Whether requests that no scenario answers are refused, once there are scenarios.
    """

    def __init__(
        self,
        host: Host,
        space: Namespace,
        *,
        strict: bool = True,
        profile: str = "openai",
        beside: Path | None = None,
    ) -> None:
        """
        Show a namespace.

        Args:
            host: Serves it.

            space: The namespace.

            strict: Whether ``auto`` is to answer only as long as there is no scenario.

            profile: For ``base_url`` and the variables of OpenAI's SDKs.

            beside: Folder in which ``load`` looks first.
        """
        if profile not in PROFILES:
            message = f"there is no profile '{profile}'; one of {', '.join(PROFILES)}"
            raise ValueError(message)
        self._host = host
        self._space = space
        self._beside = beside
        self.profile = profile
        self.strict = strict

    def __repr__(self) -> str:
        """``<MockRouter http://127.0.0.1:4099/v1>``."""
        return f"<{type(self).__name__} {self.base_url}>"

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
        """Give the base URL of another provider's manner, or of one scenario by its name."""
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

    # What it answers

    def script(
        self,
        *turns: Spoken,
        when: Mapping[str, Json] | None = None,
        name: str | None = None,
        then: str = "error",
    ) -> None:
        """
        Answer by turns in the words of a scenario file.

        Args:
            turns: Mappings as in YAML; or in short a text, a status, a list of parts.

            when: Which requests it answers; else every one.

            name: Of the scenario; else ``script``, ``script-2`` and so on.

            then: After the last turn: ``error``, or ``repeat`` it.

        Raises:
            ScenarioError: With every mistake in it, at the caller's line.

            ValueError: An earlier scenario answers the same requests.
        """
        caller = sys._getframe(1)  # noqa: SLF001 - the documented way to ask who calls
        value = {"turns": list(turns), "then": then} | ({"when": when} if when else {})
        path, line = _shown(caller.f_code.co_filename), caller.f_lineno
        self._add([load_value(value, name=name or self._free_name(), path=path, line=line)])

    def load(self, *asked: str | Path) -> None:
        """
        Answer by scenarios with these names, or of these files and folders.

        Names are looked for beside the test, in the suite's folders, and in the catalogue.

        Raises:
            ScenarioNotFound: Names what is near.

            ScenarioError: A file is wrong, with every mistake in it.

            ValueError: An earlier scenario answers the same requests.
        """
        self._add([s for name in asked for s in self._host.finder.find(name, self._beside)])

    def load_text(self, text: str, *, name: str | None = None) -> None:
        """
        Answer by a scenario given as YAML.

        Raises:
            ScenarioError: With every mistake in it.

            ValueError: An earlier scenario answers the same requests.
        """
        self._add([load_text(text, name=name or self._free_name())])

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios that answer here; for none, ``auto`` does."""
        return tuple(scenario.name for scenario in self._space.library.active)

    @property
    def time_scale(self) -> float:
        """Every wait of the server takes so many times as long; 0 for no waits at all."""
        return self._space.settings.time_scale

    @time_scale.setter
    def time_scale(self, scale: float) -> None:
        self._space.settings = replace(self._space.settings, time_scale=scale)

    def virtual_time(self) -> AbstractContextManager[SharedClock]:
        """Let waits of the server and of this test's clients pass at once, in their order."""
        return self._host.virtual_time()

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

    # What is to hold

    def assert_done(self) -> None:
        """Check that each turn was asked for, and that every request had an answer."""
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
        _fail(assertions.not_answered(self.calls, name, arguments, result))

    def assert_not_answered(self, name: str) -> None:
        """Check that no call of this tool was carried out."""
        _fail(assertions.answered(self.calls, name))

    def assert_ran_once(self) -> None:
        """Check that no tool call was carried out twice, for any retry or repetition."""
        _fail(assertions.ran_twice(self.requests))

    def assert_history_kept(self) -> None:
        """Check that each request holds what was said before, messages and calls, unchanged."""
        _fail(assertions.lost_history(self.requests))

    def assert_waited(self) -> None:
        """Check that what was told to wait by ``Retry-After`` was tried again, and no sooner."""
        _fail(assertions.hurried(self.requests))

    def mistakes(self, *, leftovers: bool = True) -> list[str]:
        """List requests that had no answer and, with *leftovers*, what nobody asked for."""
        found = assertions.complaints(self.requests)
        forgotten = self._host.engine.journal.forgotten(self._space.token)
        if forgotten:
            found.append(f"the journal forgot {forgotten} requests, as it is full")
        return found + (self._space.leftovers() if leftovers else [])

    def _add(self, scenarios: Iterable[Scenario]) -> None:
        active = list(self._space.library.active)
        for added in scenarios:
            for other in active:
                _check_apart(added, other)
            active.append(added)
        self._space.settings = replace(self._space.settings, strict=self.strict and bool(active))
        self._space.use(with_active(self._host.library, active))

    def _free_name(self) -> str:
        number = sum(name.startswith("script") for name in self.scenarios) + 1
        return "script" if number == 1 else f"script-{number}"


def _check_apart(added: Scenario, other: Scenario) -> None:
    """
    Refuse a scenario that would never answer.

    Raises:
        ValueError: Says which other one answers in its place.
    """
    if added.name == other.name:
        message = f"a scenario '{added.name}' is there already; give one another name"
        raise ValueError(message)
    same = added.model.when == other.model.when and added.model.priority == other.model.priority
    if same:
        message = (
            f"'{added.name}' would never answer, as '{other.name}' answers the same requests; "
            "give one of them a 'when', or make one script of both"
        )
        raise ValueError(message)


def _shown(path: str) -> str:
    """Name a file as the user would: from the working directory, if it lies below that."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path


def _fail(wrong: Sequence[str]) -> None:
    """Raise unless nothing is wrong."""
    __tracebackhide__ = True
    if wrong:
        raise AssertionError("\n".join(wrong))
