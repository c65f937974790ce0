"""The locked lists of packages: each holds what the project asks for, and on every machine."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import dev

PROJECT: dict[str, Any] = tomllib.loads(dev.PROJECT.read_text())


def locked(home: dev.Environment) -> dict[str, Version]:
    """The list's packages by normal name."""
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", home.lock.read_text(), re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


def wanted(*groups: str) -> list[str]:
    """Whatever the project asks for, in these extras and groups, but not itself."""
    project = PROJECT["project"]
    known = {**project["optional-dependencies"], **PROJECT["dependency-groups"]}
    lines = [*project["dependencies"], *(line for group in groups for line in known[group])]
    return sorted({line for line in lines if Requirement(line).name != "mockrouter"})


@pytest.mark.parametrize(
    ("home", "line"),
    [
        *((dev.DEV, line) for line in wanted(*PROJECT["project"]["optional-dependencies"], "dev")),
        *((dev.EXAMPLES, line) for line in wanted("pytest", "examples")),
    ],
)
def test_the_list_is_up_to_date(home: dev.Environment, line: str) -> None:
    """Each requirement of the project is in the locked list, at a version that it allows."""
    requirement = Requirement(line)

    assert locked(home)[canonicalize_name(requirement.name)] in requirement.specifier


def test_the_lists_hold_all_groups() -> None:
    """No dependency group stays without a list."""
    assert {"dev", "examples"} == set(PROJECT["dependency-groups"])


@pytest.mark.parametrize(
    "name",
    [
        "requirements/dev.txt",
        "requirements/examples.txt",
        "tests/node/package-lock.json",
        "bench/node/package-lock.json",
        "docs/examples/vitest/package-lock.json",
    ],
)
def test_locked_lists_hold_everywhere(name: str) -> None:
    """No list says where its packages came from, as another machine may get them elsewhere."""
    text = (dev.ROOT / name).read_text()

    assert not re.search(
        r'"resolved"|file:|--(extra-)?index|--find-links|^[^"]*://', text, re.MULTILINE
    )
