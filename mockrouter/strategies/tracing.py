"""Drawing without a tracer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def untraced() -> Iterator[None]:
    """
    Leave out the trace by which Hypothesis explains a failure, where that is one of this thread.

    Lines that draw explain nothing of the user's, and until Python 3.12, from where on Hypothesis
    has other means, they take many times as long as without.
    """
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)
