"""
Content codings, one coder for each.

Brotli and Zstandard wrap bytes and save none, for which no library is needed.

Source: https://www.rfc-editor.org/rfc/rfc1952, https://www.rfc-editor.org/rfc/rfc7932#section-9 and
https://www.rfc-editor.org/rfc/rfc8878#section-3.1
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, Literal, Protocol, TypeAlias

Coding: TypeAlias = Literal["gzip", "deflate", "raw_deflate", "br", "zstd", "identity"]

_WINDOWS: Final = {"gzip": 31, "deflate": 15, "raw_deflate": -15}
_ZSTD_MAGIC: Final = bytes.fromhex("28b52ffd")
_ZSTD_BLOCK: Final = 1 << 17
_BROTLI_BLOCK: Final = 1 << 16


class Coder(Protocol):
    """Encodes one body, piece by piece."""

    def add(self, data: bytes) -> bytes:
        """Give all that a client needs to read *data* at once."""

    def end(self) -> bytes:
        """Give what ends the body."""


def coder(coding: Coding) -> Coder:
    """Begin a body."""
    if coding == "br":
        return _Brotli()
    if coding == "zstd":
        return _Zstd()
    return _Identity() if coding == "identity" else _Deflate(_WINDOWS[coding])


class _Identity:
    """Changes nothing."""

    def add(self, data: bytes) -> bytes:
        return data

    def end(self) -> bytes:
        return b""


class _Deflate:
    """Compresses by zlib, in the format that *window* means to it."""

    def __init__(self, window: int) -> None:
        self._made = zlib.compressobj(wbits=window)

    def add(self, data: bytes) -> bytes:
        return self._made.compress(data) + self._made.flush(zlib.Z_SYNC_FLUSH) if data else b""

    def end(self) -> bytes:
        return self._made.flush()


class _Zstd:
    """A frame of raw blocks."""

    def __init__(self) -> None:
        # No size, no checksum, no dictionary; a window of 128 KiB, which is a block.
        self._head = _ZSTD_MAGIC + b"\x00\x38"

    def add(self, data: bytes) -> bytes:
        made = [self._begin(), *(_raw(block) for block in _blocks(data, _ZSTD_BLOCK))]
        return b"".join(made)

    def end(self) -> bytes:
        return self._begin() + _raw(b"", last=1)

    def _begin(self) -> bytes:
        head, self._head = self._head, b""
        return head


class _Brotli:
    """A stream of uncompressed meta-blocks."""

    def __init__(self) -> None:
        # A window of 64 KiB is one bit of 0, which stands before the first meta-block alone.
        self._window = 1

    def add(self, data: bytes) -> bytes:
        return b"".join(self._block(block) for block in _blocks(data, _BROTLI_BLOCK))

    def end(self) -> bytes:
        # The last, and empty.
        return bytes([0b11 << self._window])

    def _block(self, block: bytes) -> bytes:
        # Not the last; four nibbles of length follow, less one; uncompressed.
        bits = (len(block) - 1) << 3 | 1 << 19
        head = (bits << self._window).to_bytes(3, "little")
        self._window = 0
        return head + block


def _raw(block: bytes, last: int = 0) -> bytes:
    return (len(block) << 3 | last).to_bytes(3, "little") + block


def _blocks(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]
