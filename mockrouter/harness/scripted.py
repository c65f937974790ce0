"""What a mock provider answers: scripts and files, as a test gives them."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mockrouter.engine.namespaces import Namespace
from mockrouter.errors import MockRouterError
from mockrouter.harness.checking import check_settings
from mockrouter.harness.finding import Finder, shown
from mockrouter.harness.host import Host
from mockrouter.harness.words import Spoken
from mockrouter.scenario.library import load_text, load_value, with_active
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import Json

_SETTABLE = ("profile", "strict", "time_scale")


class Scripted:
    """
    A namespace, as far as it is told what to answer.

    Attributes:
        strict: Whether requests that no scenario answers are refused, once there are scenarios.
    """

    def __init__(
        self,
        host: Host,
        space: Namespace,
        *,
        strict: bool,
        beside: Path | None,
        finder: Finder | None = None,
    ) -> None:
        """Fill *space*, which *host* serves; names are looked for in *beside* first."""
        self.strict = strict
        self._host = host
        self._space = space
        self._beside = beside
        self._finder = finder or host.finder

    if not TYPE_CHECKING:  # a type checker finds more where it does not see this

        def __setattr__(self, name: str, value: object) -> None:
            """Refuse an attribute that there is not, as setting it would change nothing."""
            __tracebackhide__ = True
            if name in _SETTABLE or name.startswith("_") or hasattr(type(self), name):
                if name in _SETTABLE:
                    check_settings(**{name: value})
                object.__setattr__(self, name, value)
                return
            near = difflib.get_close_matches(name, _SETTABLE, 1)
            remedy = f"did you mean {near[0]}?" if near else f"set one of {', '.join(_SETTABLE)}"
            message = f"'{type(self).__name__}' has no attribute '{name}'; {remedy}"
            raise AttributeError(message)

    def script(
        self,
        *turns: Spoken,
        when: Mapping[str, Json] | None = None,
        name: str | None = None,
        then: Literal["error", "repeat"] = "error",
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
        __tracebackhide__ = True
        caller = sys._getframe(1)  # noqa: SLF001 - the documented way to ask who calls
        value = {"turns": list(turns), "then": then} | ({"when": when} if when else {})
        path, line = str(shown(Path(caller.f_code.co_filename))), caller.f_lineno
        own = name or self._free_name()
        self._add(lambda: [load_value(value, name=own, path=path, line=line)])

    def load(self, *asked: str | Path) -> None:
        """
        Answer by scenarios with these names, or of these files and folders.

        Names are looked for beside the test, in the suite's folders, and in the catalogue.

        Raises:
            ScenarioNotFound: Names what is near.

            ScenarioError: A file is wrong, with every mistake in it.

            ValueError: An earlier scenario answers the same requests.
        """
        __tracebackhide__ = True
        finder = self._finder
        self._add(lambda: [s for name in asked for s in finder.find(name, self._beside)])

    def load_text(self, text: str, *, name: str | None = None) -> None:
        """
        Answer by a scenario given as YAML.

        Raises:
            ScenarioError: With every mistake in it.

            ValueError: An earlier scenario answers the same requests.
        """
        __tracebackhide__ = True
        own = name or self._free_name()
        self._add(lambda: [load_text(text, name=own)])

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

    def _add(self, make: Callable[[], Iterable[Scenario]]) -> None:
        __tracebackhide__ = True
        active = list(self._space.library.active)
        try:
            for added in make():
                for other in active:
                    _check_apart(added, other)
                active.append(added)
        except (MockRouterError, ValueError) as error:
            # What is wrong was written by the caller, so its traceback ends there.
            raise error.with_traceback(None) from None
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
