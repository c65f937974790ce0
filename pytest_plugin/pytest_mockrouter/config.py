"""The settings of a suite: from its ini file, the command line, or a fixture of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

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
    # In pytest's own TOML tables a number is a number, and older ones know texts alone.
    whole, factor = ("int", "float") if pytest.version_tuple >= (8, 4) else ("string", "string")
    ini("mockrouter_paths", "Folders with scenarios, relative to the ini file.", "paths", [])
    ini(
        "mockrouter_strict",
        "Leftover turns and requests without an answer fail.",
        "bool",
        default=True,
    )
    ini("mockrouter_env", "OPENAI_BASE_URL and its like point to the mock.", "bool", default=True)
    ini("mockrouter_seed", "Chance of all that is made up.", whole, default=0)  # type: ignore[arg-type]
    ini("mockrouter_profile", "Whose manner base_url speaks.", default=_PROFILE)
    ini("mockrouter_time_scale", "Factor on every wait of the server.", factor, default=1.0)  # type: ignore[arg-type]
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
        paths=_paths(config),
        strict=_ini(config, "mockrouter_strict", "true or false"),
        env=_ini(config, "mockrouter_env", "true or false"),
        seed=_number(config, "mockrouter_seed", int, "a whole number such as 7"),
        profile=_profile(config),
        time_scale=_number(config, "mockrouter_time_scale", _factor, "a factor such as 0.1"),
        redact=tuple(_ini(config, "mockrouter_redact", "names")),
    )


def _ini(config: pytest.Config, name: str, example: str) -> Any:  # noqa: ANN401 - what it is, the key says
    """Read a key; of one that is wrong pytest says less, or shows a traceback."""
    try:
        return config.getini(name)
    except (TypeError, ValueError, pytest.UsageError) as error:
        message = f"{name} is wrong ({error}); write {example}"
        raise pytest.UsageError(message) from None


def _paths(config: pytest.Config) -> tuple[Path, ...]:
    paths: list[Path] = _ini(config, "mockrouter_paths", "a list of folders")
    for path in paths:
        if not path.exists():
            message = f"mockrouter_paths names {path}, which is not there; write folders that are"
            raise pytest.UsageError(message)
    return tuple(paths)


def _number(config: pytest.Config, name: str, read: Callable[[str], N], example: str) -> N:
    given = config.getoption(f"--{name.replace('_', '-')}")
    text = str(_ini(config, name, example) if given is None else given)
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
    name: str = _ini(config, "mockrouter_profile", "the name of a profile")
    if name == _PROFILE:
        return name
    from mockrouter.profiles import PROFILES  # noqa: PLC0415 - who does not use it pays nothing

    if name not in PROFILES:
        message = f"mockrouter_profile is {name!r}; write one of {', '.join(PROFILES)}"
        raise pytest.UsageError(message)
    return name
