"""
Writing a stream past the server's ``send``: the ticker calls, and no task wakes for an event.

A server that sends an event for an app wakes the app's task, takes a message apart and frames it,
which costs more than the kernel's part of it. In HTTP/1.1 an event of a stream is one chunk,
whoever writes it; so here it is written by whoever knows that it is due.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from typing import Final

from mockrouter.ids import HOLE
from mockrouter.serving.ticker import Ticker
from mockrouter.wire import Frame

TURN: Final = 64
"""Writes that follow one another before others have their turn."""

_MOST_UNSENT: Final = 65_536
"""Bytes that a connection holds back before its stream waits: the high-water mark of asyncio."""


class Streaming:
    """
    Frames on their way to a connection, each a chunk in a write of its own.

    A stream that is behind its own pace by a whole frame, as the machine has more to do than time,
    catches up in one write, so that lateness does not add up; but not one whose frames are to be
    apart.
    """

    __slots__ = (
        "_apart",
        "_connection",
        "_due",
        "_frames",
        "_nonce",
        "_number",
        "_pause",
        "_scale",
        "_ticker",
        "_times",
    )

    def __init__(  # noqa: PLR0913 - what a stream is, and how it goes
        self,
        frames: Sequence[Frame],
        connection: asyncio.Transport,
        ticker: Ticker,
        *,
        nonce: bytes,
        scale: float,
        began: float,
        apart: bool,
        times: array[float],
    ) -> None:
        """
        Stand before the first of *frames*, of which there is one at least.

        Args:
            frames: The events.

            connection: Takes the chunks.

            ticker: Keeps the time.

            nonce: Goes into the holes of frames that are kept.

            scale: Each wait takes so many times as long.

            began: When the response did, in the ticker's seconds.

            apart: Whether each is to be a packet of its own.

            times: Takes the moment of each frame's write.
        """
        self._frames = frames
        self._connection = connection
        self._ticker = ticker
        self._nonce = nonce
        self._scale = scale
        self._due = began + frames[0].delay * scale
        self._apart = apart
        self._times = times
        self._number = 0

    @property
    def over(self) -> bool:
        """Whether every frame was written."""
        return self._number == len(self._frames)

    @property
    def held_back(self) -> bool:
        """Whether the connection has as much to send as it should have."""
        return self._connection.get_write_buffer_size() > _MOST_UNSENT

    def run(self) -> asyncio.Future[None]:
        """
        Write until all is written, the client has left, or the connection holds back too much.

        Returns:
            Done when that is so; who sets its result, or cancels it, stops the writing.
        """
        self._pause = asyncio.get_running_loop().create_future()
        if self.over or self._apart or self._due > self._ticker.now():
            self._go_on()
        else:
            self._go()
        return self._pause

    def _go(self, _: None = None) -> None:
        if self._pause.done():
            return
        # It is the ticker that calls, who has other streams to look after.
        try:
            if not self._stops():
                self._write()
            self._go_on()
        except Exception as error:  # noqa: BLE001 - whoever waits for the stream raises it
            self._pause.set_exception(error)

    def _go_on(self) -> None:
        """Have the next frame written when it is due, or stop."""
        if self._stops():
            self._pause.set_result(None)
        elif self._due > self._ticker.now():
            self._ticker.call_at(self._due, self._pause, self._go)
        else:
            asyncio.get_running_loop().call_soon(self._go)

    def _stops(self) -> bool:
        """Tell whether nothing more can be written for now."""
        return self.held_back or self.over or self._connection.is_closing()

    def _write(self) -> None:
        """Write what is due. Passed for every event there is, so it is written for speed."""
        connection, now, note = self._connection, self._ticker.now, self._times.append
        frames, nonce, scale = self._frames, self._nonce, self._scale
        number, total, due = self._number, len(frames), self._due
        late, size, moment = [], 0, now()
        # Writing hardly ever yields: a long stream would keep all others waiting, and a loop that
        # gathers writes would hand over in one what is to be apart.
        for turns in range(1 if self._apart else TURN, 0, -1):
            data = frames[number].data.replace(HOLE, nonce)
            # An empty chunk would end the response.
            chunk = b"%x\r\n%b\r\n" % (len(data), data) if data else b""
            number += 1
            wait = frames[number].delay * scale if number < total else 0.0
            due += wait
            if wait and due <= moment and turns > 1 and size < _MOST_UNSENT:
                late.append(chunk)
                size += len(chunk)
                note(moment)
                continue
            if late:
                chunk = b"".join([*late, chunk])
                late, size = [], 0
            connection.write(chunk)
            moment = now()
            note(moment)
            if number == total or due > moment or connection.is_closing():
                break
            if connection.get_write_buffer_size() > _MOST_UNSENT:
                break
        self._number, self._due = number, due
