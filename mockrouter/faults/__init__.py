"""
What goes wrong on the wire, one file for each fault.

A fault turns a ``Wire`` into a ``Wire``, and a list of faults is applied in the order in which it
is written. Each acts on one layer, and is best written before those of the layers below it, which
no longer know what the layers above could still aim at:

1. ``event``: whole frames, aimed at by what they mean.
2. ``sse``: how events are framed as lines.
3. ``bytes``: the body as bytes, wherever events begin and end.
4. ``writes``: where one write ends and the next begins.
5. ``connection``: silence, and how the connection ends.

To add one, write its class in a file that is named as in YAML, and add that name to ``_NAMES``;
``docs/contributing/fault.md`` has the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Final, TypeAlias

from mockrouter.faults.base import Fault, Layer
from mockrouter.faults.choice import Choice

__all__ = ["FAULTS", "AnyFault", "Fault", "Layer"]

_NAMES: Final = (
    "bytes",
    "comment",
    "content_length",
    "disconnect",
    "drip",
    "drop",
    "duplicate",
    "encode",
    "half_close",
    "insert",
    "keep_open",
    "merge",
    "move",
    "patch",
    "replace",
    "reset",
    "sse",
    "stall",
    "truncate",
    "writes",
)


class _Faults(Mapping[str, type[Fault]]):
    """Imports a fault when it is looked up, as most scenarios have one or none."""

    def __getitem__(self, name: str) -> type[Fault]:
        if name not in _NAMES:
            raise KeyError(name)
        found: type[Fault] = getattr(
            import_module(f"{__name__}.{name}"), name.title().replace("_", "")
        )
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


FAULTS: Final[Mapping[str, type[Fault]]] = _Faults()
"""Every fault by its name: ``half_close`` is the class ``HalfClose`` of the file of that name."""

AnyFault: TypeAlias = Annotated[Fault, Choice("fault", FAULTS)]
"""Any fault, told from the others by its ``fault``."""
