"""JSON for all that is not a reply of the model."""

from __future__ import annotations

from starlette.responses import Response

from mockrouter.dialects.sse import compact
from mockrouter.values import Json


class JsonAnswer(Response):
    """
    A JSON body, as the formats write it.

    Starlette's own fails over a lone surrogate, which a client may have sent and now asks back.
    """

    media_type = "application/json"

    def render(self, content: Json) -> bytes:
        """Write *content* compactly."""
        return compact(content)
