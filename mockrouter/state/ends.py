"""What a worker inherits of its parent's state."""

from __future__ import annotations

import os
from typing import NamedTuple


class Ends(NamedTuple):
    """
    A worker's ends of what joins it to its parent, as descriptors that are open.

    Attributes:
        questions: Of a connection, see ``questions``.

        entries: Of a connection, see ``outbox``.

        page: Of a file, see ``page``.
    """

    questions: int
    entries: int
    page: int

    def close(self) -> None:
        """Let go of them; the worker has its own by now."""
        for each in self:
            os.close(each)
