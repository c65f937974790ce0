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

To add one, write its class in a file of its own and add it to ``_Any``;
``docs/contributing/fault.md`` has the page.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias, get_args

from pydantic import Field

from mockrouter.faults.base import Fault, Layer
from mockrouter.faults.bytes import Bytes
from mockrouter.faults.comment import Comment
from mockrouter.faults.content_length import ContentLength
from mockrouter.faults.disconnect import Disconnect
from mockrouter.faults.drip import Drip
from mockrouter.faults.drop import Drop
from mockrouter.faults.duplicate import Duplicate
from mockrouter.faults.encode import Encode
from mockrouter.faults.half_close import HalfClose
from mockrouter.faults.insert import Insert
from mockrouter.faults.keep_open import KeepOpen
from mockrouter.faults.merge import Merge
from mockrouter.faults.move import Move
from mockrouter.faults.patch import Patch
from mockrouter.faults.replace import Replace
from mockrouter.faults.reset import Reset
from mockrouter.faults.sse import Sse
from mockrouter.faults.stall import Stall
from mockrouter.faults.truncate import Truncate
from mockrouter.faults.writes import Writes

__all__ = ["FAULTS", "AnyFault", "Fault", "Layer"]

_Any: TypeAlias = (
    Bytes
    | Comment
    | ContentLength
    | Disconnect
    | Drip
    | Drop
    | Duplicate
    | Encode
    | HalfClose
    | Insert
    | KeepOpen
    | Merge
    | Move
    | Patch
    | Replace
    | Reset
    | Sse
    | Stall
    | Truncate
    | Writes
)

AnyFault: TypeAlias = Annotated[_Any, Field(discriminator="fault")]
"""Any fault, told from the others by its ``fault``."""

FAULTS: Final[dict[str, type[Fault]]] = {
    fault.model_fields["fault"].default: fault for fault in get_args(_Any)
}
"""Every fault by its name."""
