"""A mock server in Python: ``with mockrouter.Server() as server``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from mockrouter.engine.settings import Settings
from mockrouter.harness.checking import check_paths, check_settings
from mockrouter.harness.host import Host
from mockrouter.harness.mock import MockRouter

_UNFIT = re.compile(r"[^A-Za-z0-9_.]+")
"""What cannot stand in a namespace's name."""


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
        Prepare a server; entering it starts it, and only then has it an address.

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

            ValueError: A setting is wrong.
        """
        check_settings(seed=seed, strict=strict, time_scale=time_scale, redact=redact)
        settings = Settings(
            seed=seed,
            restart=False,
            time_scale=time_scale,
            redact=tuple(redact),
            any_namespace=False,
        )
        hosting = Host(settings, host=host, port=port, paths=check_paths(paths))
        super().__init__(hosting, hosting.engine.root, strict=strict, profile=profile)
        self._names: Counter[str] = Counter()
        self.load(*scenarios)

    def start(self) -> Self:
        """
        Serve from now on; ``with`` does it, and nothing happens the second time.

        Raises:
            CannotListen: ``PortInUse`` among others.
        """
        self._host.start()
        return self

    def stop(self) -> None:
        """Stop, and wait for it; ``with`` does it, and checks what is owed before."""
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
        redact: Iterable[str] | None = None,
        paths: Iterable[Path | str] | None = None,
        beside: Path | None = None,
        check: bool = True,
    ) -> Iterator[MockRouter]:
        """
        Open a namespace for one test; what is left out is as the server has it.

        Leaving it checks and tells what leaving the server would.

        Args:
            token: Its name in URLs, where what cannot stand in one becomes a hyphen, and a name
                that was there before gets a number.

            strict: Whether requests that no scenario answers are refused, and are errors in the
                end, as is what is left over; else ``auto`` answers.

            seed: Chance of all that is made up.

            profile: The provider whose manner ``base_url`` speaks.

            time_scale: Every wait of the server takes so many times as long.

            redact: Names of headers and keys whose values the journal blanks.

            paths: Folders in which names are looked for before the catalogue.

            beside: Folder in which ``load`` looks first.

            check: Whether leaving it checks at all; else the caller does.

        Raises:
            AssertionError: Something is left over, or a request had no answer.

            ValueError: A setting is wrong.
        """
        check_settings(strict=strict, seed=seed, time_scale=time_scale, redact=redact)
        finder = None if paths is None else self._finder.over(check_paths(paths))
        name = self._free(token)
        engine = self._host.engine
        settings = engine.settings
        own = replace(
            settings,
            seed=settings.seed if seed is None else seed,
            time_scale=settings.time_scale if time_scale is None else time_scale,
            redact=settings.redact if redact is None else tuple(redact),
        )
        space = engine.open_namespace(name, self._host.library, own)
        try:
            mock = MockRouter(
                self._host,
                space,
                strict=self.strict if strict is None else strict,
                profile=self.profile if profile is None else profile,
                beside=beside,
                finder=finder,
            )
            with _judged(mock, check=check):
                yield mock
        finally:
            self._host.close(name)

    def _free(self, token: str) -> str:
        """Make a name that was never there, as what comes late of another test must not get in."""
        name = _UNFIT.sub("-", token).strip("-") or "test"
        self._names[name] += 1
        return name if self._names[name] == 1 else self._free(f"{name}-{self._names[name]}")

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
        wrong = _verdict(self, error)
        self.stop()
        if wrong is not None:
            raise wrong

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


@contextmanager
def _judged(mock: MockRouter, *, check: bool) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        _verdict(mock, error)
        raise
    wrong = _verdict(mock) if check else None
    if wrong is not None:
        raise wrong


def _verdict(mock: MockRouter, error: BaseException | None = None) -> AssertionError | None:
    """Make an error of what a strict mock is owed; that or *error* tells what was asked of it."""
    wrong = mock.mistakes() if mock.strict and error is None else []
    made = AssertionError("\n".join(wrong)) if wrong else None
    told = made if error is None else error
    if told is not None and (mock.scenarios or mock.requests):
        told.add_note(f"What went over the wire:\n{mock.report()}")
    return made
