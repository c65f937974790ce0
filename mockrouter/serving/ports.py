"""Taking a port, or saying who has it."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

from mockrouter.errors import MockRouterError

BACKLOG = 2048
"""Connections that may wait to be accepted."""

_LISTEN = "0A"
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  read, not bound


class CannotListen(MockRouterError):
    """
    The address cannot be listened on.

    Attributes:
        host: As it was asked for.

        port: As it was asked for.
    """

    def __init__(self, host: str, port: int, reason: str) -> None:
        """Say why, in the operating system's words."""
        super().__init__(f"cannot listen on {host}:{port}: {reason}")
        self.host = host
        self.port = port


class PortInUse(CannotListen):
    """
    Another process listens there.

    Attributes:
        holder: Which one, as ``name (pid 1234)``; None where it cannot be found out.
    """

    def __init__(self, host: str, port: int, holder: str | None) -> None:
        """Name the holder."""
        who = f"it is in use by {holder}" if holder else "it is in use"
        super().__init__(host, port, f"{who}; choose another port, or 0 for any that is free")
        self.holder = holder


def address(host: str, port: int) -> str:
    """Write ``http://host:port``, with an address that a client on this machine can use."""
    host = _ANY.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(
    host: str, port: int, *, shared: bool = False, waits: bool = False
) -> list[socket.socket]:
    """
    Listen on every address of a host, all with the same port.

    ``localhost`` may be two addresses, and clients differ in which one they try first.

    Args:
        host: A name, or an IPv4 or IPv6 address.

        port: 0 takes any that is free.

        shared: Whether others may listen there likewise, and the system deals connections out.

        waits: Whether the one who accepts is to begin to listen; until then others get them all.

    Returns:
        At least one socket, which queues connections from now on, unless it waits.

    Raises:
        PortInUse: Another process listens there.

        CannotListen: Not an address of this machine, or not allowed.
    """
    sockets: list[socket.socket] = []
    try:
        for family, name in _addresses(host):
            bound = sockets[0].getsockname()[1] if sockets else port
            try:
                sockets.append(_bound(family, name, bound, shared=shared))
                if not waits:
                    sockets[-1].listen(BACKLOG)
            except OSError as error:
                # A machine without IPv6 may still give ::1 as an address of localhost.
                if not sockets or error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    raise
    except OSError as error:
        for each in sockets:
            each.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port, holder(port)) from error
        raise CannotListen(host, port, _said(error)) from error
    return sockets


def holder(port: int) -> str | None:
    """Find the process that listens on a TCP port: ``name (pid 1234)``, or None. Linux only."""
    inodes = {f"socket:[{inode}]" for inode in _inodes(port)}
    for link in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        try:
            if str(link.readlink()) in inodes:
                process = link.parent.parent
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
        except OSError:  # another user's process, or one that just ended
            continue
    return None


def _said(error: OSError) -> str:
    """Say why an address cannot be listened on, and what to do where that is known."""
    reason = error.strerror or str(error)
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        ours = "127.0.0.1 for this machine alone, 0.0.0.0 for all that can reach it"
        return f"{reason}; name an address of this machine: {ours}"
    if error.errno == errno.EACCES:
        return f"{reason}; choose a port from 1024 on, or 0 for any that is free"
    return reason


def _inodes(port: int) -> set[str]:
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            columns = line.split()
            local, state, inode = columns[1], columns[3], columns[9]
            if state == _LISTEN and int(local.rpartition(":")[2], 16) == port:
                found.add(inode)
    return found


def _addresses(host: str) -> list[tuple[socket.AddressFamily, str]]:
    # A text goes through the IDNA codec, whose tables take longer to import than a server to start.
    name = host.encode() if host.isascii() else host
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # IPv4 first: it is there on every machine.
    pairs = {(family, str(address[0])) for family, _, _, _, address in found}
    return sorted(pairs, key=lambda pair: pair[0] != socket.AF_INET)


def _bound(family: socket.AddressFamily, name: str, port: int, *, shared: bool) -> socket.socket:
    # asyncio turns TCP_NODELAY on only where a socket says that it is TCP. Without it, the second
    # write of a response waits 40 ms for the client's delayed acknowledgement of the first.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind((name, port))
    except OSError:
        made.close()
        raise
    return made
