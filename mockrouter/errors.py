"""
Every error, told apart by whose fault it is.

``ScenarioError``: the author's file. ``BadRequest``: the client's request, answered in the
provider's own envelope. ``CannotAnswer``: the mock has no answer, said loudly and never retried.
Anything else is a bug of ours and gets a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """
    One thing that is wrong in a scenario file, with its place and its remedy.

    Attributes:
        path: The file as the user named it; ``<inline>`` for a scenario given as text or values.

        line: 1-based.

        column: 1-based, in characters.

        what: What is wrong, one clause with no full stop.

        remedy: What to do about it, one clause with no full stop.
    """

    path: str
    line: int
    column: int
    what: str
    remedy: str

    def __str__(self) -> str:
        """``path:line:column: what; remedy``, which terminals and editors make clickable."""
        return f"{self.path}:{self.line}:{self.column}: {self.what}; {self.remedy}"


class MockRouterError(Exception):
    """The base of every error that mockrouter raises on purpose."""


class ScenarioError(MockRouterError):
    """One or more scenario files are wrong; holds every mistake, sorted by place."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        """Keep *mistakes* sorted; the message is one line for each."""
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(map(str, self.mistakes)))


class FaultError(MockRouterError):
    """A fault's settings make no sense, in the words of the YAML file."""


class BadRequest(MockRouterError):
    """
    The client's request is one that the real API refuses.

    Attributes:
        status: HTTP status.

        message: The real API's own words.

        param: Path of the offending parameter, such as ``tools[0].name``.

        code: OpenAI's string code, such as ``missing_required_parameter``; None where it has none.

        metadata: JSON text of OpenRouter's ``metadata``; None leaves it out.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        param: str | None = None,
        code: str | None = None,
        metadata: str | None = None,
    ) -> None:
        """Say what the real API would say."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code
        self.metadata = metadata


class CannotAnswer(MockRouterError):
    """
    The mock itself has no answer: nothing matched, the turns ran out, a template failed.

    Sent with ``x-should-retry: false``, because a mock that is asked again has still no answer.

    Attributes:
        status: HTTP status.

        code: ``mockrouter_…``, greppable.

        message: What happened, where it is written, what to do.

        passes: Whether it may have passed when the client asks again; then it is not told not to.
    """

    def __init__(self, code: str, message: str, *, status: int = 404, passes: bool = False) -> None:
        """Say it in the words of the scenario's author."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.passes = passes
