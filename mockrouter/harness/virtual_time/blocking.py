"""Blocking calls in virtual time: ``time.sleep``, and reading from a socket of the server's."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager
from selectors import EVENT_READ, DefaultSelector
from typing import Any

from mockrouter.errors import MockRouterError
from mockrouter.harness.virtual_time.waits import Waits
from mockrouter.serving.server import THREAD

_LONGEST = 86_400.0


@contextmanager
def blocking_in(waits: Waits, ports: Container[int]) -> Iterator[None]:
    """
    Put ``time.sleep`` into virtual time, and the timeouts of sockets connected to *ports*.

    Raises:
        MockRouterError: They are already.
    """
    plain = time.sleep
    if isinstance(plain, _Sleep):
        raise MockRouterError(
            "virtual_time() is entered already, and there is one time for all; leave it before it "
            "is entered again"
        )
    with ExitStack() as undo:
        undo.callback(setattr, time, "sleep", plain)
        time.sleep = _Sleep(waits, plain)  # type: ignore[assignment]
        for name, make in (("recv", _recv), ("recv_into", _recv_into)):
            # gevent and its like have sockets of their own, in which nothing may block.
            if name not in socket.socket.__dict__:
                undo.callback(delattr, socket.socket, name)
                read = getattr(socket.socket, name)
                setattr(socket.socket, name, make(waits, ports, read))
        yield


class _Sleep:
    """Stands in for ``time.sleep``."""

    def __init__(self, waits: Waits, plain: Callable[[float], None]) -> None:
        self._waits = waits
        self._plain = plain

    def __call__(self, seconds: float, /) -> None:
        """Sleep for so many virtual seconds; in real time in a server's thread."""
        if not seconds > 0 or threading.current_thread().name == THREAD:
            self._plain(seconds)
            return
        now = self._waits.clock.now
        due = now() + seconds
        woken = threading.Event()
        with self._waits.waiting(due, ready=woken.is_set, wake=woken.set):
            while (left := due - now()) > 0:
                woken.wait(min(left, _LONGEST))
                woken.clear()


def _recv(waits: Waits, ports: Container[int], read: Callable[..., Any]) -> Callable[..., Any]:
    """Make ``socket.recv`` with a timeout in virtual time."""

    def recv(sock: socket.socket, bufsize: int, flags: int = 0, /) -> Any:  # noqa: ANN401  as read
        if bufsize != 0 and not flags:
            _await_readable(waits, ports, sock)
        return read(sock, bufsize, flags)

    return recv


def _recv_into(waits: Waits, ports: Container[int], read: Callable[..., Any]) -> Callable[..., Any]:
    """Make ``socket.recv_into`` with a timeout in virtual time."""

    def recv_into(sock: socket.socket, /, buffer: Any, nbytes: int = 0, flags: int = 0) -> Any:  # noqa: ANN401
        if memoryview(buffer).nbytes and not flags:
            _await_readable(waits, ports, sock)
        return read(sock, buffer, nbytes, flags)

    return recv_into


def _leads_to(sock: socket.socket, ports: Container[int]) -> bool:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    try:
        return sock.getpeername()[1] in ports
    except OSError:
        return False


def _await_readable(waits: Waits, ports: Container[int], sock: socket.socket) -> None:
    """Wait until there is something to read from a server, for the socket's timeout."""
    timeout = sock.gettimeout()
    # A socket that does not block leaves the waiting to others, as those of asyncio do.
    if timeout == 0.0 or not _leads_to(sock, ports):
        return
    now = waits.clock.now
    due = math.inf if timeout is None else now() + timeout
    with ExitStack() as stack:
        selector = stack.enter_context(DefaultSelector())
        selector.register(sock, EVENT_READ)
        if selector.select(0):
            return
        woken, wake = map(stack.enter_context, socket.socketpair())
        selector.register(woken, EVENT_READ)
        stack.enter_context(
            waits.waiting(due, ready=lambda: bool(selector.select(0)), wake=lambda: wake.send(b"!"))
        )
        while True:
            found = selector.select(None if timeout is None else max(0.0, due - now()))
            keys = [key.fileobj for key, _ in found]
            if sock in keys:
                return
            if now() >= due:
                raise TimeoutError("timed out")  # as the socket would say
            if woken in keys:
                woken.recv(1)
