"""The pieces of a server, as the commands put them together."""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from starlette.types import ASGIApp

from mockrouter import catalogue
from mockrouter.cli.request_log import RequestLog
from mockrouter.cli.terminal import has_color, tell
from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Journal
from mockrouter.engine.settings import EPOCH, Settings
from mockrouter.scenario.cache import Cache, keep, recall
from mockrouter.scenario.garbage import uncollected
from mockrouter.scenario.library import load
from mockrouter.scenario.memory import Memory
from mockrouter.serving.app import App
from mockrouter.serving.protocols import Parser
from mockrouter.serving.reload import Reloader
from mockrouter.serving.server import HttpServer
from mockrouter.serving.sharing import Replica

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from mockrouter.state.sharing import Sharing


class Options(NamedTuple):
    """What ``mockrouter serve`` is asked for, as its options say it."""

    paths: tuple[str, ...]
    host: str
    port: int
    seed: int
    strict: bool
    cors: tuple[str, ...]
    clock: str
    ids: str
    time_scale: float
    body_limit: int
    http: Parser
    journal_size: int
    metrics: bool
    otel: bool
    redact: tuple[str, ...]
    cache: str | None
    reload: bool
    state: str | None
    state_required: bool
    grace: float
    quiet: bool

    def engine(self, memory: Memory) -> Engine:
        """
        Build the engine; *memory* gets what the files say.

        Raises:
            ScenarioError: With every mistake in every file.
        """
        settings = Settings(
            seed=self.seed,
            strict=self.strict,
            now=(lambda: int(time.time())) if self.clock == "real" else (lambda: EPOCH),
            random_ids=self.ids == "random",
            time_scale=self.time_scale,
            body_limit=self.body_limit,
            redact=self.redact,
            loopback_only=is_loopback(self.host),
        )
        with uncollected():
            engine = build(
                tuple(map(Path, self.paths)),
                settings,
                journal_size=self.journal_size,
                memory=memory,
                cache=None if self.cache is None else Cache(Path(self.cache)),
            )
            # All of it stays, and need not be looked through for garbage while requests wait.
            gc.freeze()
        return engine

    def server(
        self,
        engine: Engine,
        sharing: Sharing | None,
        sockets: Iterable[socket.socket] = (),
        *,
        pages: Sequence[BaseRoute] = (),
    ) -> HttpServer:
        """Make the server, which listens on *sockets* or on a port of its own."""
        app = over_http(engine, cors=self.cors, log=not self.quiet, sharing=sharing, pages=pages)
        return HttpServer(
            app, self.host, self.port, http=self.http, grace=self.grace, sockets=sockets
        )


class Port(Protocol):
    """What takes a port."""

    @property
    def port(self) -> int:
        """The port that is listened on."""

    def bind(self) -> None:
        """Take it."""


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a server that listens on *host*."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def build(
    paths: Sequence[Path],
    settings: Settings | None = None,
    *,
    journal_size: int = 1_000,
    memory: Memory | None = None,
    cache: Cache | None = None,
) -> Engine:
    """
    Build an engine over the user's files and the catalogue.

    Args:
        paths: The user's files and folders.

        settings: How it behaves.

        journal_size: Requests that the journal holds.

        memory: Gets what the files say.

        cache: Where that is kept from one run to the next; None for nowhere.

    Raises:
        ScenarioError: With every mistake in every file.
    """
    memory = memory or Memory()
    if cache:
        recall(memory, paths, cache)
    try:
        library = load(paths, catalogue.folder(), memory)
    finally:
        if cache:
            keep(memory, paths, cache)
    return Engine(library, settings, journal=Journal(most=journal_size))


def over_http(
    engine: Engine,
    *,
    cors: Iterable[str] = (),
    log: bool = False,
    sharing: Sharing | None = None,
    pages: Sequence[BaseRoute] = (),
) -> ASGIApp:
    """
    Put an engine behind ASGI.

    Args:
        engine: Answers.

        cors: Origins whose web pages may use the API; ``*`` means all.

        log: Whether each request is a line on stderr.

        sharing: What it shares with other servers.

        pages: Beside the control API.
    """
    app: ASGIApp = App(engine, sharing=sharing, pages=pages)
    if sharing is not None:
        app = Replica(app, sharing)
    if log:
        app = RequestLog(app, partial(tell, stderr=True), color=has_color(stderr=True))
    if origins := list(cors):
        from mockrouter.serving.cors import for_pages  # noqa: PLC0415 - few need it

        app = for_pages(app, origins)
    return app


@contextmanager
def port_written(server: Port, file: Path | None) -> Iterator[None]:
    """
    Take the port, and keep *file* with it as long as the server runs.

    What waits for the file never sees an old or a half-written one.

    Raises:
        CannotListen: ``PortInUse`` among others.
    """
    if file is None:
        server.bind()
        yield
        return
    file.unlink(missing_ok=True)
    server.bind()
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_text(f"{server.port}\n")
    fresh.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def watching(
    engine: Engine, paths: Iterable[Path], memory: Memory, *, told: bool = True
) -> Reloader:
    """Serve changes of the user's files at once, and tell on stderr unless others do."""
    return Reloader(engine, paths, catalogue.folder(), _tell if told else _keep_quiet, memory)


def _tell(line: str) -> None:
    tell(f"reload: {line}\n", stderr=True)


def _keep_quiet(_: str) -> None:
    """Say nothing."""
