"""Strategies for streams that a provider may send."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, TypeAlias, get_args

from hypothesis import strategies as st

from mockrouter.dialects import DIALECTS
from mockrouter.entries.authoring import authored
from mockrouter.profiles import PROFILES
from mockrouter.strategies.checking import check_names, reply_strategy
from mockrouter.strategies.content import replies
from mockrouter.strategies.drawing import together
from mockrouter.strategies.framing import WRITES, framing, offsets
from mockrouter.strategies.playing import Asked, play, stream_of, with_faults
from mockrouter.strategies.tracing import untraced
from mockrouter.strategies.turns import streamed
from mockrouter.strategies.values import DialectName, ProfileName, Reply, Stream

Variation: TypeAlias = Literal[
    "cuts",
    "interleaving",
    "line_ends",
    "spaces",
    "comments",
    "data_lines",
    "fields",
    "blank_lines",
    "bom",
    "writes",
    "usage",
]
VARIATIONS: Final[tuple[Variation, ...]] = get_args(Variation)


def streams(
    *,
    dialect: DialectName | None = None,
    profile: ProfileName | None = None,
    reply: Reply | st.SearchStrategy[Reply] | None = None,
    without: Collection[Variation] = (),
) -> st.SearchStrategy[Stream]:
    """
    Draw streams, each of which a client has to understand.

    They vary in whatever the standard of server-sent events and the providers leave open. The
    simplest one has each text in one fragment and each event in one write.

    Args:
        dialect: The format; else either.

        profile: The provider's manner; else any.

        reply: The reply to be sent, or a strategy for it; else ``replies()``.

        without: Names of variations that are left out: ``cuts``, ``interleaving``, ``line_ends``,
            ``spaces``, ``comments``, ``data_lines``, ``fields``, ``blank_lines``, ``bom``,
            ``writes``, ``usage``.

    Raises:
        TypeError: *reply* is none, or *without* no list.

        ValueError: There is no such format, provider or variation.

    Source:
        https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    """
    kept = frozenset(VARIATIONS) - {*check_names(without, VARIATIONS, "variation")}
    said = reply_strategy(replies() if reply is None else reply)
    return _streams(requests(dialect, profile), said, kept)


def requests(
    dialect: DialectName | None, profile: ProfileName | None
) -> st.SearchStrategy[tuple[str, str]]:
    """
    Draw a format and a provider.

    Raises:
        ValueError: There is none of that name.
    """
    asked: list[list[str]] = []
    for what, name, known in (("dialect", dialect, DIALECTS), ("profile", profile, PROFILES)):
        # A list of names, say, could not even be looked up.
        if name is not None and name not in [*known]:
            message = f"there is no {what} '{name}'; write one of {', '.join(known)}"
            raise ValueError(message)
        asked.append([*known] if name is None else [name])
    return together(*map(st.sampled_from, asked))


def counts(
    draw: st.DrawFn, dialect: str, profile: str, reply: Reply, kept: Collection[str]
) -> Asked:
    """Draw whether a request asks for token counts; it does where the reply has its own."""
    asks = PROFILES[profile].stream_usage == "on_request" and dialect == "chat"
    # Drawn for everybody: what is drawn in one more place does not shrink to another provider.
    drawn = "usage" in kept and draw(st.booleans())
    wanted = reply.usage is not None or drawn
    return Asked(dialect, profile, asks and wanted)


@st.composite
def _streams(
    draw: st.DrawFn,
    asked: st.SearchStrategy[tuple[str, str]],
    reply: st.SearchStrategy[Reply],
    kept: frozenset[str],
) -> Stream:
    with untraced():
        dialect, profile = draw(asked)
        # First what may be left out alone: what is drawn behind the reply changes with it, and
        # streams would not shrink as far.
        faults = framing(draw, dialect, profile, kept)
        cut = draw(WRITES) if "writes" in kept else None
        wanted = draw(reply)
        request = counts(draw, dialect, profile, wanted, kept)
        made = streamed(draw, wanted, cuts="cuts" in kept, interleaving="interleaving" in kept)
        turn = with_faults(authored(made, None), faults)
        if cut and "at" not in cut:
            turn = with_faults(turn, [*turn.get("faults", ()), cut])
        played = play(request, turn)
        if cut and "at" in cut:
            turn = played.document["turns"][0]
            cut = cut | {"at": offsets(draw, played.body)}
            # By the same name it has the same ids, and its bytes are those that are cut.
            turn = with_faults(turn, [*turn.get("faults", ()), cut])
            played = play(request, turn, played.document["name"])
        return stream_of(played, wanted)
