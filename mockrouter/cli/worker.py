"""
One of several processes that serve a port; see ``workers``.

Its parent says on stdin, in a line of JSON, what to serve. It ends with its parent, whose end of
the pipe closes however that dies.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path

from mockrouter.cli.serving import Options, watching
from mockrouter.cli.sharing import replica, sharing_at
from mockrouter.cli.telemetry import Telemetry
from mockrouter.engine.engine import Engine
from mockrouter.scenario.memory import Memory
from mockrouter.serving.server import HttpServer
from mockrouter.state.ends import Ends
from mockrouter.state.link import Link
from mockrouter.state.sharing import Sharing
from mockrouter.state.sockets import SocketState

_GRACE = 5.0

PARENT = "the parent process"
"""Where the state of workers is that share no other."""


def main() -> None:
    """Serve until a signal comes, or until the parent ends."""
    told = json.loads(sys.stdin.buffer.readline())
    given = told["options"]
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    options = Options(**given | lists)
    memory = Memory()
    engine = options.engine(memory)
    sharing = _sharing(engine, options, told["ends"])
    server = options.server(engine, sharing, [socket.socket(fileno=n) for n in told["sockets"]])
    threading.Thread(target=_end_with_parent, args=(server,), daemon=True).start()
    paths = map(Path, options.paths)
    watched = watching(engine, paths, memory, told=told["first"]) if options.reload else None
    with Telemetry(engine, otel=options.otel), watched or nullcontext():
        server.run(sharing.close)


def _sharing(engine: Engine, options: Options, ends: list[int] | None) -> Sharing:
    required = options.state_required
    if options.state is not None:
        return sharing_at(engine, options.state, required=required)
    assert ends is not None  # noqa: S101 - the parent holds the state where nobody else does
    return Sharing(engine, Link(SocketState(Ends(*ends)), PARENT, required=required), replica())


def _end_with_parent(server: HttpServer) -> None:
    # Past the buffer, whose lock a thread that waits must not hold as the interpreter ends.
    while os.read(sys.stdin.fileno(), 1):
        pass
    server.stop()
    # Before it has begun to serve there is nothing to stop.
    time.sleep(_GRACE)
    os._exit(1)


if __name__ == "__main__":
    main()
