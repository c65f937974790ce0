"""
One connection to Redis: commands go out together, and are answered in their order.

Whether Redis is there is decided by it alone, so that nobody who waits for another takes that for
an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from hashlib import sha1
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

from mockrouter.errors import MockRouterError
from mockrouter.state.protocol import StateAway

T = TypeVar("T")
Argument = str | bytes | int


class Command(NamedTuple):
    """Which script is to run, and what it gets."""

    script: str
    arguments: tuple[Argument, ...] = ()


_TURN: Final = 0.1
_TURNS: Final = 20
"""
Turns of the loop, of so many seconds at the least, for which an answer is waited for.

A loop that lags has fewer in the same time, and so does not take its own delay for Redis'.
"""
_BYTES: Final = 250_000
"""That may take one turn more."""
_CONDITIONS: Final = ("MISCONF", "NOREPLICAS", "LOADING", "BUSY", "MASTERDOWN", "UNKILLABLE")
"""With which Redis begins what it says of itself, where redis-py has no error of its own."""


class _NoAnswerError(StateAway):
    """It is connected, or seems to be, and says nothing."""


class Connection:
    """A connection that is made, and made again, as somebody asks."""

    def __init__(self, url: str, scripts: Mapping[str, str]) -> None:
        """
        Prepare; nothing is connected yet.

        Args:
            url: ``redis://``, ``rediss://`` or ``unix://``, as redis-py reads it.

            scripts: Those that will be asked for, by their names.

        Raises:
            MockRouterError: redis-py is not installed, or cannot read the URL.
        """
        try:
            from redis import asyncio as client  # noqa: PLC0415 - an extra
            from redis import exceptions  # noqa: PLC0415
            from redis.asyncio.retry import Retry  # noqa: PLC0415
            from redis.backoff import NoBackoff  # noqa: PLC0415
        except ImportError as error:
            message = f"a state at {shown(url)} needs redis-py; pip install 'mockrouter[redis]'"
            raise MockRouterError(message) from error
        self._errors = exceptions
        self._scripts = scripts
        # As Redis names them.
        self._names = {n: sha1(s.encode()).hexdigest() for n, s in scripts.items()}  # noqa: S324
        self._open: Any = None
        try:
            _check(url)
            # Its limits of time would go by the clock, whatever the loop does meanwhile.
            limits = {"socket_connect_timeout": None, "socket_timeout": None}
            self._pool: Any = client.ConnectionPool.from_url(
                url,
                protocol=2,
                encoding_errors="surrogatepass",
                retry=Retry(NoBackoff(), 0),
                **limits,
            )
        except ValueError as error:
            message = f"{shown(url)} is no address of a state: {error}; write redis://HOST:PORT/0"
            raise MockRouterError(message) from error

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """
        Ask for commands, one at a time that this is called.

        Returns:
            What each gave, or the error that it met: ``StateAway`` where Redis takes no such
            command at present, else one of redis-py's.

        Raises:
            StateAway: Redis cannot be reached.
        """
        was_open = self._open is not None
        try:
            return await self._patiently(commands)
        except StateAway as error:
            if not was_open or isinstance(error, _NoAnswerError):
                raise
        # One that was idle may be dead, which nobody knows before something is sent.
        return await self._patiently(commands)

    async def close(self) -> None:
        """Leave; whoever asks next connects anew."""
        opened, self._open = self._open, None
        if opened is not None:
            await opened.disconnect(nowait=True)

    async def _patiently(self, commands: Sequence[Command]) -> list[Any]:
        given = (each for command in commands for each in command.arguments)
        size = sum(len(each) for each in given if isinstance(each, bytes))
        try:
            return await _within(_TURNS + size // _BYTES, self._ask(commands))
        except BaseException:  # what comes of it belongs to nobody any more
            await self.close()
            raise

    async def _ask(self, commands: Sequence[Command]) -> list[Any]:
        errors = self._errors
        # On a connection that is being made, whatever is said against it is a reason.
        reasons = errors.ConnectionError, errors.TimeoutError, errors.ResponseError
        try:
            if self._open is None:
                self._open = await self._connected()
            runs = [("EVALSHA", self._names[name], 0, *given) for name, given in commands]
            found = await self._sent(self._open, runs)
        except (*reasons, errors.InvalidResponse, OSError) as error:
            raise StateAway(str(error) or type(error).__name__) from error
        except RuntimeError as error:
            if "the handler is closed" not in str(error):
                raise
            # What uvloop says of a connection that has just gone.
            raise StateAway(str(error)) from error
        if any(isinstance(each, errors.NoScriptError) for each in found):
            message = "it has forgotten our scripts"
            raise StateAway(message)
        return [self._meant(each) for each in found]

    async def _connected(self) -> Any:  # noqa: ANN401 - redis-py's
        made = self._pool.make_connection()
        try:
            await made.connect()
            loads = [("SCRIPT", "LOAD", each) for each in self._scripts.values()]
            loaded = await self._sent(made, loads)
            _look_at(loaded)
        except BaseException:
            await made.disconnect(nowait=True)
            raise
        return made

    async def _sent(self, to: Any, commands: Sequence[tuple[Argument, ...]]) -> list[Any]:  # noqa: ANN401
        await to.send_packed_command(to.pack_commands(commands), check_health=False)
        return [await self._answer(to) for _ in commands]

    async def _answer(self, to: Any) -> Any:  # noqa: ANN401 - whatever Redis gives
        try:
            return await to.read_response()
        except self._errors.ResponseError as error:
            return error

    def _meant(self, found: Any) -> Any:  # noqa: ANN401
        errors = self._errors
        away = (errors.ReadOnlyError, errors.OutOfMemoryError, errors.NoPermissionError)
        if isinstance(found, errors.ResponseError) and (
            isinstance(found, away) or str(found).startswith(_CONDITIONS)
        ):
            return StateAway(str(found).partition(" script: ")[0])
        return found


async def _within(turns: int, asked: Coroutine[Any, Any, T]) -> T:
    """Wait for so many turns of the loop."""
    task = asyncio.create_task(asked)
    try:
        for _ in range(turns):
            if (await asyncio.wait({task}, timeout=_TURN))[0]:
                return task.result()
    finally:
        task.cancel()
    message = "no answer"
    raise _NoAnswerError(message)


def _look_at(answers: list[Any]) -> None:
    """Raise the first that is an error."""
    for error in (each for each in answers if isinstance(each, Exception)):
        raise error


def shown(url: str) -> str:
    """Show an address without its password."""
    scheme, mark, rest = url.rpartition("://")
    plain, _, asked = rest.partition("?")
    # With such a mark in what is asked, a password may have begun before that.
    return f"{scheme}{mark}{'…' if '@' in asked else plain.rpartition('@')[2]}"


def _check(url: str) -> None:
    """Look at what redis-py passes over; raises ``ValueError``."""
    found = urlsplit(url)
    database = found.path.strip("/")
    if found.scheme != "unix" and database and not database.isdecimal():
        message = f"'{database}' is no number of a database"
        raise ValueError(message)
