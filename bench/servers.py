"""The servers that are compared, each a process on a core of its own."""

from __future__ import annotations

import compileall
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bare import answer_of, write_answers
from bench.client import Target, probe, request, run
from bench.work import PACES, WORKS, body, write_fixtures, write_scenarios

BARE, MOCKROUTER, AIMOCK = "bare", "mockrouter", "aimock"
_AIMOCK = Path(__file__).with_name("node") / "node_modules/@copilotkit/aimock/dist/cli.js"
_PRODUCT = Path(__file__).parents[1] / "mockrouter"
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server process: where it listens, and its process id."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds that all its threads have been on a core."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def rss(self) -> int:
        """Bytes of memory that it has."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return 1024 * int(status.partition("VmRSS:")[2].split()[0])

    def target(self, work: str, **more: object) -> Target:
        """Ask once for a work, to know what answers."""
        return run(probe(self.port, request(body(work, **more), work)))

    def wait(self, work: str, **more: object) -> Target:
        """
        Ask until there is an answer.

        Raises:
            TimeoutError: None came.
        """
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with suppress(OSError, EOFError):
                # Cheaper than a loop, as long as nobody listens.
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self.target(work, **more)
            time.sleep(0.002)
        raise TimeoutError(f"nobody answers on port {self.port}")


@dataclass(frozen=True, slots=True)
class Stage:
    """
    Where servers are started.

    Attributes:
        folder: With what they read.

        core: Theirs; this process has another.

        rounds: How often each is measured.

        seconds: How long, where that can be chosen.
    """

    folder: Path
    core: int
    rounds: int
    seconds: float

    @property
    def names(self) -> list[str]:
        """The servers that are here; the first is the limit."""
        return [BARE, MOCKROUTER, *([AIMOCK] if aimock_is_here() else [])]

    def command(self, name: str, reads: Path | None) -> Callable[[int], list[str]]:
        """Make a server's command for a port; *reads* takes the place of the usual scenarios."""
        if name == BARE:
            answers = str(reads or self.folder / "answers.json")
            return lambda port: [sys.executable, "-m", "bench.bare", answers, str(port)]
        if name == MOCKROUTER:
            paths = str(reads or self.folder / "scenarios")
            serve = [sys.executable, "-m", "mockrouter", "serve", paths, "--quiet", "--port"]
            return lambda port: [*serve, str(port)]
        fixtures = str(reads or self.folder / "fixtures.json")
        node = [shutil.which("node") or "node", str(_AIMOCK), "--log-level", "silent"]
        return lambda port: [*node, "--fixtures", fixtures, "--port", str(port)]

    @contextmanager
    def running(self, name: str, reads: Path | None = None, *more: str) -> Iterator[Server]:
        """Start a server on its core, and end it; it may not listen yet. *more* are options."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = self.command(name, reads)(port)
        own = os.sched_getaffinity(0)
        # A child has the core of its parent from its first moment on, with all its threads.
        os.sched_setaffinity(0, {self.core})
        try:
            process = subprocess.Popen([*command, *more], stdout=subprocess.DEVNULL)  # noqa: S603
        finally:
            os.sched_setaffinity(0, own)
        with process:
            try:
                yield Server(port, process.pid)
            finally:
                process.terminate()


def aimock_is_here() -> bool:
    """Tell whether aimock is installed, and node to run it."""
    return _AIMOCK.exists() and shutil.which("node") is not None


@contextmanager
def stage(rounds: int, seconds: float) -> Iterator[Stage]:
    """Pin this process to one core, and write what the servers on the other will read."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    # As pip does when it installs: a checkout has no bytecode, or that of what was there before.
    compileall.compile_dir(_PRODUCT, quiet=1)
    with TemporaryDirectory() as name:
        made = Stage(Path(name), cores[0], rounds, seconds)
        write_scenarios(made.folder / "scenarios")
        write_fixtures(made.folder / "fixtures.json")
        _record(made)
        yield made


def _record(made: Stage) -> None:
    """Let the bare app send, byte for byte, what the product sends."""
    with made.running(MOCKROUTER, None, "--time-scale", "0") as server:
        server.wait("call")
        delays = {work: pace.delays for work, pace in PACES.items()}
        answers = {
            work: answer_of(server.target(work).reply, delays.get(work, [])) for work in WORKS
        }
    # An event in each send is what writes that go together are compared with.
    answers["together"] = answers["stream"]
    write_answers(made.folder / "answers.json", answers)
