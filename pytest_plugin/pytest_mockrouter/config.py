"""The settings of a suite: from its ini file, the command line, or a fixture of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

N = TypeVar("N", int, float)

_PROFILE = "openai"


@dataclass(frozen=True)
class MockRouterConfig:
    """
    How the suite's mock behaves; override the fixture ``mockrouter_config`` to return another.

    Attributes:
        paths: Folders in which scenarios are looked for by name.

        strict: Whether turns left over, and requests without an answer, fail the test.

        env: Whether the variables that SDKs read point to the mock while it is in use.

        seed: Chance of all that is made up.

        profile: The provider whose manner ``base_url`` speaks: openai, openrouter or solrouter.

        time_scale: Every wait of the server takes so many times as long; 0 for none at all.

        redact: Names of headers and keys whose values are blanked in reports.
    """

    paths: tuple[Path, ...] = ()
    strict: bool = True
    env: bool = True
    seed: int = 0
    profile: str = _PROFILE
    time_scale: float = 1.0
    redact: tuple[str, ...] = ()


def add_options(parser: pytest.Parser) -> None:
    """Declare the ini keys and the command line's options."""
    ini = parser.addini
    ini("mockrouter_paths", "Folders with scenarios, relative to the ini file.", "paths", [])
    ini(
        "mockrouter_strict",
        "Leftover turns and requests without an answer fail.",
        "bool",
        default=True,
    )
    ini("mockrouter_env", "OPENAI_BASE_URL and its like point to the mock.", "bool", default=True)
    ini("mockrouter_seed", "Chance of all that is made up.", default="0")
    ini("mockrouter_profile", "Whose manner base_url speaks.", default=_PROFILE)
    ini("mockrouter_time_scale", "Factor on every wait of the server.", default="1")
    ini("mockrouter_redact", "Names of headers and keys to blank in reports.", "args", [])
    group = parser.getgroup("mockrouter")
    group.addoption("--mockrouter-seed", metavar="N", help="In place of mockrouter_seed.")
    group.addoption(
        "--mockrouter-time-scale", metavar="FACTOR", help="In place of mockrouter_time_scale."
    )


def read_config(config: pytest.Config) -> MockRouterConfig:
    """
    Read what the suite's ini file and the command line say.

    Raises:
        UsageError: A value is none.
    """
    return MockRouterConfig(
        paths=tuple(config.getini("mockrouter_paths")),
        strict=config.getini("mockrouter_strict"),
        env=config.getini("mockrouter_env"),
        seed=_number(config, "mockrouter_seed", int, "a whole number such as 7"),
        profile=_profile(config),
        time_scale=_number(config, "mockrouter_time_scale", _factor, "a factor such as 0.1"),
        redact=tuple(config.getini("mockrouter_redact")),
    )


def _number(config: pytest.Config, name: str, read: Callable[[str], N], example: str) -> N:
    given = config.getoption(f"--{name.replace('_', '-')}")
    text = str(config.getini(name) if given is None else given)
    try:
        return read(text)
    except ValueError:
        message = f"{name} is {text!r}; write {example}"
        raise pytest.UsageError(message) from None


def _factor(text: str) -> float:
    factor = float(text)
    if not 0 <= factor < math.inf:
        raise ValueError(text)
    return factor


def _profile(config: pytest.Config) -> str:
    name: str = config.getini("mockrouter_profile")
    if name == _PROFILE:
        return name
    from mockrouter.profiles import PROFILES  # noqa: PLC0415 - who does not use it pays nothing

    if name not in PROFILES:
        message = f"mockrouter_profile is {name!r}; write one of {', '.join(PROFILES)}"
        raise pytest.UsageError(message)
    return name
