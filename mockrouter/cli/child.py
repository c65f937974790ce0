"""A worker as its parent has it: a process, and a line on which it is asked how it is."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any

from mockrouter.cli.line import Answers, Line, line_over
from mockrouter.cli.terminal import tell
from mockrouter.serving.telemetry.totals import Told

TELL = "tell"
"""Asks a worker for its figures; None where it has none."""
VIEW = "view"
"""Asks the parent for those of all."""

_BEAT = 1.0
"""Seconds from an answer to the next question."""
_DEAF = 10.0
_MOST_UNANSWERED = 2


class Child:
    """
    A worker.

    Attributes:
        process: That it is.

        told: Its figures, as it told them last; None for none.

        serves: Whether it answers, and has not ended.

        served: Whether it ever did.
    """

    def __init__(self, process: asyncio.subprocess.Process, line: Line) -> None:
        """Ask it nothing yet."""
        self.process = process
        self.told: Told | None = None
        self.serves = self.served = False
        self._line = line

    async def ended(self) -> int:
        """Wait until it has ended, and all that it told has come; gives its exit code."""
        watching = asyncio.create_task(self._watch())
        try:
            code = await self.process.wait()
            await self._line.ended()
        finally:
            watching.cancel()
            self.serves = False
        return code

    async def ask(self, patience: float | None) -> None:
        """Have it tell its figures; raises ``OSError`` where it does not."""
        self.told = await self._line.ask(TELL, patience)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    async def _watch(self) -> None:
        """Ask it now and then, and end it when it is deaf: it keeps connections that others had."""
        with suppress(ConnectionError):  # it has ended
            # To begin takes as long as its files do.
            await self.ask(None)
            self.serves = self.served = True
            unanswered = 0
            while unanswered < _MOST_UNANSWERED:
                await asyncio.sleep(_BEAT)
                try:
                    await self.ask(_DEAF)
                    unanswered = 0
                except TimeoutError:
                    unanswered += 1
            seconds = _DEAF * _MOST_UNANSWERED
            said = f"has not answered its parent for {seconds:g} s, and is ended"
            tell(f"worker {self.process.pid} {said}\n", stderr=True)
            self.send(signal.SIGKILL)


async def begin(told: dict[str, Any], descriptors: Sequence[int], answers: Answers) -> Child:
    """Start a worker that inherits *descriptors* and is *told* what to do; it may ask *answers*."""
    ours, its = socket.socketpair()
    with its, ExitStack() as stack:
        stack.callback(ours.close)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "mockrouter.cli.worker"),
            stdin=asyncio.subprocess.PIPE,
            pass_fds=[*descriptors, its.fileno()],
            # Ctrl-C reaches the parent alone, which says it once to each.
            process_group=0,
        )
        stack.pop_all()
        said = json.dumps(told | {"line": its.fileno()}).encode()
    child = Child(process, await line_over(ours, answers))
    stdin = process.stdin
    assert stdin is not None  # noqa: S101 - a pipe, as asked for above
    with suppress(ConnectionError):  # it has died already
        stdin.write(said + b"\n")
        await stdin.drain()
    return child
