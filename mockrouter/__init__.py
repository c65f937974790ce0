"""
A local mock server and test harness for tool-calling LLM clients.

In Python: ``with Server() as server`` serves scenarios on a free port, and ``load(paths)`` reads
scenario files and raises ``ScenarioError`` with every mistake in them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockrouter.entries import Entry, ToolCall, ToolResult
    from mockrouter.errors import Mistake, MockRouterError, ScenarioError
    from mockrouter.harness.finding import ScenarioNotFound
    from mockrouter.harness.mock import MockRouter
    from mockrouter.harness.server import Server
    from mockrouter.harness.words import Answer, Part, ToolCallPart, Turn
    from mockrouter.scenario.library import Library, load, load_text
    from mockrouter.scenario.scenario import Scenario
    from mockrouter.serving.ports import CannotListen, PortInUse

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "CannotListen",
    "Entry",
    "Library",
    "Mistake",
    "MockRouter",
    "MockRouterError",
    "Part",
    "PortInUse",
    "Scenario",
    "ScenarioError",
    "ScenarioNotFound",
    "Server",
    "ToolCall",
    "ToolCallPart",
    "ToolResult",
    "Turn",
    "__version__",
    "load",
    "load_text",
]

_HOMES = {
    "Answer": "mockrouter.harness.words",
    "CannotListen": "mockrouter.serving.ports",
    "Entry": "mockrouter.entries",
    "Library": "mockrouter.scenario.library",
    "Mistake": "mockrouter.errors",
    "MockRouter": "mockrouter.harness.mock",
    "MockRouterError": "mockrouter.errors",
    "Part": "mockrouter.harness.words",
    "PortInUse": "mockrouter.serving.ports",
    "Scenario": "mockrouter.scenario.scenario",
    "ScenarioError": "mockrouter.errors",
    "ScenarioNotFound": "mockrouter.harness.finding",
    "Server": "mockrouter.harness.server",
    "ToolCall": "mockrouter.entries",
    "ToolCallPart": "mockrouter.harness.words",
    "ToolResult": "mockrouter.entries",
    "Turn": "mockrouter.harness.words",
    "load": "mockrouter.scenario.library",
    "load_text": "mockrouter.scenario.library",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that ``mockrouter --version`` is quick."""
    if name not in _HOMES:
        message = f"module 'mockrouter' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names, for those who explore."""
    return sorted({*globals(), *__all__})
