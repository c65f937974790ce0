"""
Where a conversation stands in a scenario: read off the request, so that nothing is remembered.

The best evidence comes first: an id that the scenario gave says which turn gave it, even where the
history was trimmed or opens with examples. Without such an id, the model's turns are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockrouter.ids import IdShape, turn_of
from mockrouter.request import Message, Request
from mockrouter.scenario.conditions import turns_had


def position(
    request: Request, key: str, shapes: tuple[IdShape, ...], scripted: Mapping[str, int]
) -> int:
    """
    Find the number of the turn that comes next, from 0.

    Args:
        request: The conversation.

        key: What signs the scenario's ids.

        shapes: The shapes that they may have.

        scripted: Ids that the author wrote, with the turn in which they stand.
    """
    last, turns = None, 0
    called = {call.id for message in request.messages for call in message.calls}
    for index, message in enumerate(request.messages):
        if message.role == "assistant":
            turns += index == 0 or request.messages[index - 1].role != "assistant"
        for made in _ids(message, called):
            turn = scripted.get(made, turn_of(made, key, shapes))
            if turn is not None:
                last, turns = turn, 0
    if last is None and request.previous is not None:
        last = turn_of(request.previous, key, shapes)
        turns = 0 if last is not None else turns
    return turns_had(request) if last is None else last + 1 + turns


def _ids(message: Message, called: set[str | None]) -> Iterable[str]:
    yield from message.ids
    yield from (call.id for call in message.calls if call.id is not None)
    # A result says where it belongs, not where it stands, unless its call was trimmed.
    if message.call_id is not None and message.call_id not in called:
        yield message.call_id
