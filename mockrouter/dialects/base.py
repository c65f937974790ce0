"""What a dialect is: a format's three functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mockrouter.errors import BadRequest
from mockrouter.ids import Ids
from mockrouter.profiles import Profile
from mockrouter.reply import ErrorReply, Reply
from mockrouter.request import Envelope, Request
from mockrouter.values import JsonObject
from mockrouter.wire import Wire


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    A format: how its requests are read and how replies look in it.

    Attributes:
        name: As in ``when: {dialect: …}``.

        path: Below a profile's base.

        read: Body, headers and profile to a ``Request``. Raises ``BadRequest``.

        render: A reply to a wire, full speed and faultless.

        render_error: An error before the first byte to a wire.

        stores: Whether its replies are stored for later requests, where the profile keeps state.
    """

    name: str
    path: str
    read: Callable[[JsonObject, dict[str, str], Profile, int], Request]
    render: Callable[[Reply, Envelope, Profile, Ids], Wire]
    render_error: Callable[[ErrorReply, Profile], Wire]
    stores: bool = False


def bad_request(error: BadRequest) -> ErrorReply:
    """Turn the client's mistake into the error that the provider sends."""
    return ErrorReply(
        error.status,
        error.message,
        code=error.code,
        param=error.param,
        metadata=error.metadata,
    )
