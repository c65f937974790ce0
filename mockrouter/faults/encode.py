"""Encode: the body is compressed, or only said to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final, Literal

from pydantic import Field, StrictBool, StrictStr

from mockrouter.faults.base import Fault
from mockrouter.faults.coding import Coding, coder
from mockrouter.wire import Wire

_HEADER: Final = b"content-encoding"


class Encode(Fault):
    """
    Compress the body, or lie about it.

    In YAML: ``{fault: encode, coding: gzip}``, ``{fault: encode, coding: gzip, per: event}``,
    ``{fault: encode, coding: identity, header: gzip}``, ``{fault: encode, coding: br, header:
    false}``. Whether the client accepts it is not asked. Proxies compress what is compressed, or
    promise it and do not: superlocalmemory#79, dify#9275. ``deflate`` is zlib's format, as HTTP
    says; some servers send ``raw_deflate`` by that name. ``br`` and ``zstd`` are valid but save
    nothing: they only wrap the bytes.

    Source:
        https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1
    """

    layer = "bytes"
    needs_ids = True

    fault: Literal["encode"] = Field(default="encode", description="Compress the body.")
    coding: Coding = Field(
        default="gzip", description="How; identity changes nothing but the header."
    )
    per: Literal["body", "event"] = Field(
        default="body",
        description="body: all of it as one; event: each by itself, as if it were all there is.",
    )
    flush: StrictBool = Field(
        default=True,
        description="Whether each event can be read when it arrives; else all come at the end.",
    )
    header: StrictBool | StrictStr = Field(
        default=True,
        description="true: content-encoding names the coding; false: it is absent; or it is this.",
    )

    def apply(self, wire: Wire, rng: Random) -> Wire:
        """Encode every frame, comments too."""
        frames = []
        one = coder(self.coding)
        for place, frame in enumerate(wire.frames):
            is_last = place == len(wire.frames) - 1
            if self.per == "event":
                one = coder(self.coding)
                data = one.add(frame.data) + one.end() if frame.data else b""
            elif self.flush:
                data = one.add(frame.data) + (one.end() if is_last else b"")
            else:
                data = one.add(wire.body) + one.end() if is_last else b""
            frames.append(replace(frame, data=data, event=None))
        headers = tuple(header for header in wire.headers if header[0] != _HEADER)
        return replace(wire, frames=tuple(frames), headers=(*headers, *self._named()))

    def _named(self) -> Iterator[tuple[bytes, bytes]]:
        if isinstance(self.header, str):
            yield _HEADER, self.header.encode("latin-1", "replace")
        elif self.header and self.coding != "identity":
            yield _HEADER, self.coding.removeprefix("raw_").encode()
