"""A mock server in Python: ``with mockrouter.Server() as server``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from mockrouter.engine.settings import Settings
from mockrouter.harness.host import Host
from mockrouter.harness.mock import MockRouter


class Server(MockRouter):
    """
    A server on a free port, in a thread of its own, for any client and any test framework.

    It is a ``MockRouter`` itself, and makes more of them with ``namespace``. Leaving ``with``
    checks that all was asked for as scripted; where the block fails, the error tells what went over
    the wire.
    """

    def __init__(  # noqa: PLR0913 - each has a default that suits
        self,
        *scenarios: Path | str,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int = 0,
        strict: bool = True,
        profile: str = "openai",
        time_scale: float = 1.0,
        redact: Iterable[str] = (),
        paths: Iterable[Path | str] = (),
    ) -> None:
        """
        Prepare a server; entering it starts it.

        Args:
            scenarios: Names, files and folders that answer; for none, ``auto`` does.

            host: Name or address to listen on.

            port: 0 takes any that is free.

            seed: Chance of all that is made up.

            strict: Whether what is left over, and requests without an answer, are errors.

            profile: The provider whose manner ``base_url`` speaks.

            time_scale: Every wait of the server takes so many times as long.

            redact: Names of headers and keys whose values the journal blanks.

            paths: Folders in which names are looked for before the catalogue.

        Raises:
            ScenarioNotFound: Names what is near.

            ScenarioError: A file is wrong, with every mistake in it.
        """
        settings = Settings(
            seed=seed,
            restart=False,
            time_scale=time_scale,
            redact=tuple(redact),
            any_namespace=False,
        )
        hosting = Host(settings, host=host, port=port, paths=paths)
        super().__init__(hosting, hosting.engine.root, strict=strict, profile=profile)
        self.load(*scenarios)

    def start(self) -> Self:
        """
        Serve from now on; ``with`` does it.

        Raises:
            CannotListen: ``PortInUse`` among others.
        """
        self._host.start()
        return self

    def stop(self) -> None:
        """Stop, and wait for it; ``with`` does it."""
        self._host.stop()

    @contextmanager
    def namespace(  # noqa: PLR0913 - each has the server's for default
        self,
        token: str,
        *,
        strict: bool | None = None,
        seed: int | None = None,
        profile: str | None = None,
        time_scale: float | None = None,
        beside: Path | None = None,
    ) -> Iterator[MockRouter]:
        """
        Open a namespace for one test; what is left out is as the server has it.

        Args:
            token: Its name in URLs.

            strict: Whether requests that no scenario answers are refused; else ``auto`` answers.

            seed: Chance of all that is made up.

            profile: The provider whose manner ``base_url`` speaks.

            time_scale: Every wait of the server takes so many times as long.

            beside: Folder in which ``load`` looks first.
        """
        engine = self._host.engine
        settings = engine.settings
        own = replace(
            settings,
            seed=settings.seed if seed is None else seed,
            time_scale=settings.time_scale if time_scale is None else time_scale,
        )
        space = engine.open_namespace(token, self._host.library, own)
        try:
            yield MockRouter(
                self._host,
                space,
                strict=self.strict if strict is None else strict,
                profile=profile or self.profile,
                beside=beside,
            )
        finally:
            self._host.call(partial(self._host.app.close, token))

    def __enter__(self) -> Self:
        """Serve in a thread of its own, from now on."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """
        Stop.

        Raises:
            AssertionError: Something is left over, or a request had no answer.
        """
        wrong = self.mistakes() if self.strict and error is None else []
        said = self.report() if error or wrong else ""
        self.stop()
        if wrong:
            error = AssertionError("\n".join(wrong))
        if error is not None and said:
            error.add_note(f"What went over the wire:\n{said}")
        if wrong and error is not None:
            raise error

    async def __aenter__(self) -> Self:
        """Serve in a thread of its own, from now on."""
        return self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop; see ``__exit__``."""
        self.__exit__(kind, error, traceback)
