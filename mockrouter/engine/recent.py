"""Remembering a few names, such as those of tests that are over."""

from __future__ import annotations

from collections import OrderedDict


class Recent:
    """The names that were added last; forgets the oldest beyond *most*."""

    def __init__(self, most: int = 10_000) -> None:
        """Hold *most* names at the most."""
        self._most = most
        self._names: OrderedDict[str, None] = OrderedDict()

    def add(self, name: str) -> None:
        """Add a name, or make it the newest again."""
        self._names.pop(name, None)
        self._names[name] = None
        if len(self._names) > self._most:
            self._names.popitem(last=False)

    def __contains__(self, name: str) -> bool:
        """Tell whether a name is still held."""
        return name in self._names
