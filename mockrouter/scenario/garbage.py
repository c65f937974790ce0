"""Python's search for garbage, where there is none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """
    Make much of which all is kept: to look through it for garbage again and again takes longer.

    For the whole process, as there is no such switch for a thread.
    """
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()
