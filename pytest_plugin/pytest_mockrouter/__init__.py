"""
mockrouter's pytest plugin: the fixture ``mockrouter`` is a mock provider for one test.

The types of what tests see, for annotations: ``def test_agent(mockrouter: MockRouter) -> None``.
``scenarios`` lists scenarios for a plain ``parametrize``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockrouter.entries import Entry, ToolCall, ToolResult
    from mockrouter.harness.mock import MockRouter
    from mockrouter.harness.server import Server
    from mockrouter.harness.words import Answer, Part, ToolCallPart, Turn
    from pytest_mockrouter.choosing import scenarios
    from pytest_mockrouter.config import MockRouterConfig

__all__ = [
    "Answer",
    "Entry",
    "MockRouter",
    "MockRouterConfig",
    "Part",
    "Server",
    "ToolCall",
    "ToolCallPart",
    "ToolResult",
    "Turn",
    "scenarios",
]

_HOMES = {
    "Answer": "mockrouter.harness.words",
    "Entry": "mockrouter.entries",
    "MockRouter": "mockrouter.harness.mock",
    "MockRouterConfig": "pytest_mockrouter.config",
    "Part": "mockrouter.harness.words",
    "Server": "mockrouter.harness.server",
    "ToolCall": "mockrouter.entries",
    "ToolCallPart": "mockrouter.harness.words",
    "ToolResult": "mockrouter.entries",
    "Turn": "mockrouter.harness.words",
    "scenarios": "pytest_mockrouter.choosing",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that suites without it pay nothing."""
    if name not in _HOMES:
        message = f"module 'pytest_mockrouter' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
