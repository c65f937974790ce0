"""Bodies of requests."""

from __future__ import annotations

from starlette.types import Receive

from mockrouter.errors import BadRequest


class ClientLeftError(Exception):
    """The client left before its request was complete; there is nobody to answer."""


async def read_body(receive: Receive, limit: int) -> bytes:
    """
    Read a request's body.

    Args:
        receive: Of the request.

        limit: Bytes.

    Raises:
        BadRequest: It is larger than *limit*.

        ClientLeftError: The client left.
    """
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            text = f"Request payload too large: this server reads {limit} bytes (--body-limit)."
            raise BadRequest(text, status=413)
        more = message.get("more_body", False)
    return b"".join(chunks)
