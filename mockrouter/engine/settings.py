"""How a server behaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

EPOCH = 1_767_225_600
"""The fixed clock: 2026-01-01T00:00:00Z."""


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How a server behaves.

    Attributes:
        seed: Chance of everything.

        strict: Refuse what no scenario answers, in place of ``auto``.

        restart: Whether a conversation starts anew once a turn's last attempt was served.

        now: Unix seconds for ``created``.

        random_ids: Whether ids differ on every run.

        body_limit: Bytes of the largest body that is read.

        loopback_only: Whether the control API answers requests to this machine's own names alone.
    """

    seed: int = 0
    strict: bool = False
    restart: bool = True
    now: Callable[[], int] = field(default=lambda: EPOCH)
    random_ids: bool = False
    body_limit: int = 32_000_000
    loopback_only: bool = True
