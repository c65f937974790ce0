"""How many files a process may have open, of which each connection is one."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_LOGGER = logging.getLogger("mockrouter")
_SPARE: Final = 32
"""Files that are left for all that is no connection: modules, scenarios, a shared state."""
_MACOS: Final = 10_240
"""What macOS lets a process open, which says that there is no bound."""
_PAUSE: Final = 10.0


def allow_most() -> None:
    """
    Let this process have as many files open as the system ever lets it.

    Many systems allow a process 1,024 unless it asks, or 256.
    """
    try:
        import resource  # noqa: PLC0415 - there is none on Windows, nor such a bound
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for most in (hard, _MACOS):
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            return


def most_files() -> float:
    """Tell how many files this process may have open; infinite where nobody says."""
    try:
        import resource  # noqa: PLC0415 - as above
    except ImportError:
        return math.inf
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return math.inf if soft == resource.RLIM_INFINITY else soft


class Crowding:
    """
    Looks whether there is room for a connection, and says now and then that there is none.

    A server whose process can open nothing more fails where it needs a file, and its loop writes
    thousands of lines. So the last few files are not for connections.
    """

    def __init__(self, most: float, now: Callable[[], float] = time.monotonic) -> None:
        """Have room for *most* files; *now* is in seconds."""
        self._most = most
        self._now = now
        self._told = -math.inf

    def is_full(self, transport: asyncio.BaseTransport) -> bool:
        """Tell whether a new connection takes a file that is needed otherwise."""
        # The system gives the lowest number that is free.
        if transport.get_extra_info("socket").fileno() < self._most - _SPARE:
            return False
        if self._now() >= self._told + _PAUSE:
            self._told = self._now()
            _LOGGER.error(
                "connections are closed, as this process may have no more than %d files open; "
                "raise the hard limit (ulimit -Hn, LimitNOFILE=, --ulimit nofile=), or open fewer",
                self._most,
            )
        return True
