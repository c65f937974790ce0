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
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockrouter.cli.child import TELL, VIEW
from mockrouter.cli.line import Line, line_over
from mockrouter.cli.serving import Options, watching
from mockrouter.cli.sharing import replica, sharing_at
from mockrouter.cli.telemetry import Telemetry
from mockrouter.cli.terminal import tell
from mockrouter.engine.engine import Engine
from mockrouter.errors import MockRouterError
from mockrouter.scenario.memory import Memory
from mockrouter.serving.server import HttpServer
from mockrouter.serving.telemetry.totals import Told, View, view_of
from mockrouter.state.ends import Ends
from mockrouter.state.link import Link
from mockrouter.state.sharing import Sharing
from mockrouter.state.sockets import SocketState

if TYPE_CHECKING:
    from mockrouter.serving.telemetry.figures import Figures

_PATIENCE = 5.0

PARENT = "the parent process"
"""Where the state of workers is that share no other."""


class _Upward:
    """The way to the parent, which asks for figures, and gives those of all."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._line: Line | None = None

    async def open(self, figures: Figures | None) -> None:
        async def told() -> Told | None:
            return figures.told if figures else None

        self._line = await line_over(self._socket, {TELL: told})

    async def view(self) -> View:
        """Ask for the figures of all; raises ``OSError``."""
        assert self._line is not None  # noqa: S101 - opened before anything is served
        return view_of(*await self._line.ask(VIEW, _PATIENCE))


def main() -> None:
    """Serve until a signal comes, or until the parent ends."""
    told = json.loads(sys.stdin.buffer.readline())
    given = told["options"]
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    try:
        _serve(told, Options(**given | lists))
    except MockRouterError as error:
        tell(f"{error}\n", stderr=True)
        sys.exit(1)


def _serve(told: dict[str, Any], options: Options) -> None:
    memory = Memory()
    engine = options.engine(memory)
    sharing, upward = _sharing(engine, options, told["ends"]), _Upward(told["line"])
    telemetry = Telemetry(
        engine, metrics=options.metrics, otel=options.otel, sharing=sharing, view=upward.view
    )
    sockets = [socket.socket(fileno=number) for number in told["sockets"]]
    server = options.server(engine, sharing, sockets, pages=telemetry.pages)
    patience = options.grace + _PATIENCE
    threading.Thread(target=_end_with_parent, args=(server, patience), daemon=True).start()
    paths = map(Path, options.paths)
    watched = watching(engine, paths, memory, told=told["first"]) if options.reload else None
    with telemetry, watched or nullcontext():
        server.run(partial(upward.open, telemetry.figures), sharing.close)


def _sharing(engine: Engine, options: Options, ends: list[int] | None) -> Sharing:
    required = options.state_required
    if options.state is not None:
        return sharing_at(engine, options.state, required=required)
    assert ends is not None  # noqa: S101 - the parent holds the state where nobody else does
    return Sharing(engine, Link(SocketState(Ends(*ends)), PARENT, required=required), replica())


def _end_with_parent(server: HttpServer, patience: float) -> None:
    # Past the buffer, whose lock a thread that waits must not hold as the interpreter ends.
    while os.read(sys.stdin.fileno(), 1):
        pass
    server.stop()
    # Before it has begun to serve there is nothing to stop.
    time.sleep(patience)
    os._exit(1)


if __name__ == "__main__":
    main()
