"""Where it is kept what large folders of scenarios said."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import click

from mockrouter.cli.options import F, option

_HOMES: Final = {"win32": ("AppData", "Local"), "darwin": ("Library", "Caches")}


def cache() -> Callable[[F], F]:
    """Declare the folder of what is kept between runs."""
    return option(
        "--cache",
        metavar="FOLDER",
        callback=_folder,
        help="Keep here what large folders of scenarios said, so that the next start reads changed "
        "files alone; off for nowhere.  [default: the user's cache folder]",
    )


def usual(environ: Mapping[str, str], platform: str) -> Path | None:
    """
    Find the user's folder for what can be made again; None where there is none.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/, and for macOS and Windows
    what platformdirs does, https://platformdirs.readthedocs.io/en/latest/
    """
    told = environ.get("LOCALAPPDATA" if platform == "win32" else "XDG_CACHE_HOME")
    home = environ.get("USERPROFILE" if platform == "win32" else "HOME")
    if told and Path(told).is_absolute():
        return Path(told, "mockrouter")
    return Path(home, *_HOMES.get(platform, (".cache",)), "mockrouter") if home else None


def _folder(_context: click.Context, _option: click.Parameter, told: str | None) -> Path | None:
    if told is None:
        return usual(os.environ, sys.platform)
    return None if told == "off" else Path(told)
