"""
From a reply to its wire: rendered by the dialect, paced, then broken by the faults in their order.

Pure functions of values. A wire is compiled with ``HOLE_MARK`` in the place of the exchange's own
nonce, so that one that owes nothing to the request is kept and only filled.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from mockrouter.dialects import sse
from mockrouter.dialects.base import Dialect
from mockrouter.dialects.verbatim import render_verbatim, with_head
from mockrouter.engine.cue import Cue
from mockrouter.engine.framing import Framed, framed
from mockrouter.engine.striking import Spared, struck
from mockrouter.faults.base import Fill, as_written
from mockrouter.ids import HOLE, HOLE_MARK, Ids
from mockrouter.profiles import Profile
from mockrouter.reply import Reply
from mockrouter.request import Envelope
from mockrouter.scenario.models import Answer
from mockrouter.verbatim import Head, Said, Verbatim
from mockrouter.wire import Headers, Wire

_FRAME = 200
"""Bytes that a frame takes beside its data, with what it was made from, about."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """
    A wire with its hole, and what its author should know.

    Attributes:
        framed: The wire, ready to be played; its ids end in ``HOLE_MARK``.

        said: What it was compiled from; None for the mock's own complaints.

        warnings: What could not be done as written, one sentence each.

        answer: Whose pace and faults it has; None as for *said*.

        head: Put on what was said.

        idle: Why a fault of the answer found nothing to do, by its place in the list.

        kept: Whether it owes nothing to the request, so that others get it too.
    """

    framed: Framed
    said: Said | None = None
    warnings: tuple[str, ...] = ()
    answer: Answer | None = None
    head: Head | None = None
    idle: Mapping[int, str] = field(default_factory=dict)
    kept: bool = False

    @property
    def wire(self) -> Wire:
        """The wire with its hole."""
        return self.framed.wire

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, about."""
        return sum(len(frame.data) + _FRAME for frame in self.wire.frames)

    @property
    def torn(self) -> bool:
        """Whether a fault cut through a hole, so that this wire cannot be filled."""
        return any(HOLE[:1] in frame.data.replace(HOLE, b"") for frame in self.wire.frames)

    def fill(self, nonce: str) -> Wire:
        """Make the wire of one exchange."""
        return self.wire.fill(HOLE, nonce.encode())


def compile_wire(  # noqa: PLR0913, PLR0917 - each is one of the nouns
    said: Said,
    answer: Answer,
    envelope: Envelope,
    dialect: Dialect,
    profile: Profile,
    cue: Cue,
    nonce: str = HOLE_MARK,
    head: Head | None = None,
    lucky: Spared = frozenset(),
    fill: Fill = as_written,
) -> Compiled:
    """
    Compile what is said to a wire.

    Args:
        said: A reply, or what comes in its place.

        answer: Its pace and its faults.

        envelope: What the dialect may know of the request.

        dialect: The format.

        profile: The provider's manner.

        cue: Whose ids, and which chance.

        nonce: Of the exchange; the mark leaves a hole for it.

        head: Another status or other headers.

        lucky: Faults that chance keeps from striking.

        fill: Fills in the templates of faults.
    """
    ids = cue.ids(envelope.created, nonce)
    if isinstance(said, Reply):
        wire = dialect.render(said, envelope, profile, ids)
    elif isinstance(said, Verbatim):
        wire = render_verbatim(said, profile)
    else:
        wire = dialect.render_error(said, profile)
    wire = replace(wire, headers=(*wire.headers, request_id(profile, ids)))
    wire = with_head(wire, head, profile) if head else wire
    if answer.pace:
        comment = sse.comment(profile.keep_alive) if profile.keep_alive else None
        wire = answer.pace.apply(wire, comment, cue.rng("pace"))
    wire, idle = struck(wire, answer, cue, dialect.name, lucky, fill)
    where = partial(cue.scenario.where, *cue.loc, "faults")
    unsaid = said.warnings if isinstance(said, Reply) else ()
    warnings = [*unsaid, *(f"{where(number)}: {error}" for number, error in idle.items())]
    trace = trace_headers(cue.scenario.name, cue.turn + 1, cue.seed, warnings)
    # Faults alone look at events, which take more memory than all else.
    frames = tuple(replace(frame, event=None) for frame in wire.frames)
    wire = replace(wire, headers=(*wire.headers, *trace), frames=frames)
    return Compiled(framed(wire), said, tuple(warnings), answer, head, idle)


def trace_headers(
    scenario: str, turn: int | None, seed: int, warnings: Sequence[str] = ()
) -> Headers:
    """Say in headers what answered; *turn* counts from 1, None where none was reached."""
    chosen = ((b"x-mockrouter-scenario", scenario.encode()),) if scenario else ()
    reached = () if turn is None else ((b"x-mockrouter-turn", b"%d" % turn),)
    return (
        *chosen,
        *reached,
        (b"x-mockrouter-seed", b"%d" % seed),
        *((b"x-mockrouter-warning", text.encode("ascii", "replace")) for text in warnings),
    )


def request_id(profile: Profile, ids: Ids) -> tuple[bytes, bytes]:
    """Name the exchange in the provider's own header."""
    name, shape = profile.request_id
    return name.encode(), ids.make(shape).encode()


class Kept:
    """
    The most recently used compiled wires.

    What a wire is kept under must hold everything that it was compiled from.
    """

    def __init__(self, most: int = 4096, most_bytes: int = 64_000_000) -> None:
        """Keep *most* wires and *most_bytes* of memory, about, at the most."""
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._wires: OrderedDict[Hashable, Compiled] = OrderedDict()
        self.compiled = 0

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._wires)

    def find(self, key: Hashable) -> Compiled | None:
        """Find a wire that is kept."""
        kept = self._wires.get(key)
        if kept is not None:
            self._wires.move_to_end(key)
        return kept

    def keep(self, key: Hashable, compiled: Compiled) -> None:
        """Keep a wire under a new key, and let go of those that were longest unused."""
        self._wires[key] = compiled
        self._bytes += compiled.size
        self.compiled += 1
        while len(self._wires) > self._most or self._bytes > self._most_bytes:
            self._bytes -= self._wires.popitem(last=False)[1].size


class Shared:
    """Counts the memory of wires that several hold together, each once."""

    def __init__(self) -> None:
        """Count nothing yet."""
        # By identity: whether two wires are equal takes long to see.
        self._holders: dict[int, int] = {}

    def take(self, compiled: Compiled | None) -> int:
        """Note one more holder; gives the bytes that this takes."""
        if compiled is None:
            return 0
        holders = self._holders.get(id(compiled), 0)
        self._holders[id(compiled)] = holders + 1
        return 0 if holders else compiled.size

    def give(self, compiled: Compiled | None) -> int:
        """Note one holder less; gives the bytes that this frees."""
        if compiled is None:
            return 0
        holders = self._holders.pop(id(compiled)) - 1
        if holders:
            self._holders[id(compiled)] = holders
        return 0 if holders else compiled.size
