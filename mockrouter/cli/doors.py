"""A port that several processes accept from."""

from __future__ import annotations

import socket
import sys

from mockrouter.serving.ports import listen


class Doors:
    """
    A port, with sockets for each of several processes.

    Attributes:
        sockets: For each process.
    """

    def __init__(self, host: str, port: int, number: int) -> None:
        """Take nothing yet."""
        self._host = host
        self._port = port
        self._number = number
        self.sockets: list[list[socket.socket]] = []

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._port

    def bind(self) -> None:
        """
        Take the port.

        Raises:
            CannotListen: ``PortInUse`` among others.
        """
        first = listen(self._host, self._port)
        self._port = first[0].getsockname()[1]
        if sys.platform != "linux":
            # Others that can share a port do not deal connections out.
            self.sockets = [first] * self._number
            return
        # Sharing would not notice that another server is there, so it comes second.
        for each in first:
            each.close()
        every = range(self._number)
        self.sockets = [listen(self._host, self._port, shared=True) for _ in every]

    def leave(self, place: int) -> None:
        """
        Let others have the connections of a process that does not start.

        Those that wait for it are reset. It may begin to listen again itself.
        """
        if sys.platform != "linux":
            return
        for each in self.sockets[place]:
            each.close()
        self.sockets[place] = listen(self._host, self._port, shared=True, waits=True)
