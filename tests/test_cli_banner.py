"""What ``serve`` says as it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import GOOD
from mockrouter.cli import banner
from mockrouter.cli.serving import build, is_loopback
from mockrouter.engine.engine import Engine
from mockrouter.engine.settings import Settings


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - not bound
        ("::", False),
        ("example.com", False),
    ],
)
def test_who_can_reach_it(host: str, local: bool) -> None:  # noqa: FBT001 - a table
    """Only loopback addresses keep other machines out."""
    assert local is is_loopback(host)


# What is told at the start


def told(engine: Engine, *paths: Path, reloads: bool = False) -> str:
    """Make the banner."""
    return banner.banner("http://127.0.0.1:4099", engine, paths, reloads=reloads)


def test_banner_is_ready_to_paste() -> None:
    """Each provider's base URL is a line for a shell; no line is wider than a terminal."""
    text = told(build([]))

    assert "  export OPENAI_BASE_URL=http://127.0.0.1:4099/v1\n" in text
    assert "  export OPENROUTER_BASE_URL=http://127.0.0.1:4099/api/v1\n" in text
    assert "Every request is answered by 'auto'." in text
    assert "  All names: mockrouter list\n" in text
    assert all(len(line) <= 80 for line in text.splitlines())


@pytest.mark.usefixtures("here")
def test_banner_tells_of_a_folder_without_scenarios() -> None:
    """It is most likely the wrong one; and the files that were given are among the names."""
    empty = Path("an empty folder")
    empty.mkdir()
    Path("a.yaml").write_text(GOOD)

    text = told(build([empty, Path("a.yaml")]), empty, Path("a.yaml"))

    assert "  All names: mockrouter list --path 'an empty folder' --path a.yaml\n" in text
    assert "  an empty folder holds no scenario, that is, no .yaml or .yml file.\n" in text
    assert "a.yaml holds" not in text


def test_banner_says_who_is_hidden(here: Path) -> None:
    """A scenario without 'when' hides all that are asked later."""
    for name in "abc":
        (here / f"{name}.yaml").write_text(GOOD)
    (here / "a.yaml").write_text(f"when: {{model: x}}\n{GOOD}")

    text = told(build([here]), here, reloads=True)

    assert "    a  Says hello.\n    b  Says hello.\n    c  Says hello.\n" in text
    assert "'b' has no 'when'" in text
    assert "It hides c, reached by name alone." in text
    assert "Changed files are served at once." in text


def test_banner_warns(here: Path) -> None:
    """An open door is told, and so is strictness."""
    (here / "a.yaml").write_text(f"when: {{model: x}}\n{GOOD}")

    text = told(build([here], Settings(strict=True, loopback_only=False)), here)

    assert "Other machines can reach this server" in text
    assert "What none of them answers is refused (--strict)." in text
