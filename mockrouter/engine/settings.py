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

        time_scale: Every wait of the server is so many times as long; ``never`` stays never.

        any_namespace: Whether a token that nobody opened is a namespace too, or one that is over.

        redact: Names under which secrets stand in headers and bodies, beside the built-in ones.

        loopback_only: Whether the control API answers requests to this machine's own names alone.
    """

    seed: int = 0
    strict: bool = False
    restart: bool = True
    now: Callable[[], int] = field(default=lambda: EPOCH)
    random_ids: bool = False
    body_limit: int = 32_000_000
    time_scale: float = 1.0
    any_namespace: bool = True
    redact: tuple[str, ...] = ()
    loopback_only: bool = True
