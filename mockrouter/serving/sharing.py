"""What several servers share, as the app meets it; and what one has that is alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockrouter.dialects import BY_PATH
from mockrouter.dialects.errors import error_object
from mockrouter.engine.engine import Engine
from mockrouter.engine.refusing import complaint
from mockrouter.engine.targets import target_of
from mockrouter.errors import CannotAnswer
from mockrouter.profiles import OPENAI, Profile
from mockrouter.values import JsonObject

if TYPE_CHECKING:
    from mockrouter.serving.answers import JsonAnswer
    from mockrouter.state.documents import Document
    from mockrouter.state.sharing import Sharing

NUMBER: Final = "mockrouter.number"
"""Key in the scope of the number that a request has among those of all servers."""

_ENDPOINTS: Final = tuple(BY_PATH)
_OF_ITSELF: Final = {"/_mockrouter/health", "/_mockrouter/ready", "/metrics"}
"""What tells of the server, of the state too, and so neither needs nor waits for that."""
_UNREACHABLE: Final = (b"x-mockrouter-state", b"unreachable")


class Spaces(Protocol):
    """Namespaces and the journal, whoever else has them too."""

    async def put(self, token: str, document: Document) -> None:
        """Open a namespace, or replace it."""

    async def end(self, token: str) -> None:
        """End a namespace."""

    async def reset(self, token: str | None) -> None:
        """Forget exchanges and attempts of a namespace, or of all."""

    def documents(self) -> dict[str, Document]:
        """Tell what the open namespaces were opened with, by their tokens."""

    async def pull(self) -> None:
        """Read what others wrote to the journal."""

    async def look(self) -> bool:
        """Look whether requests can be answered."""

    @property
    def health(self) -> JsonObject | None:
        """How it is with what is shared; None where nothing is."""


class Alone:
    """A server that shares nothing."""

    health = None

    def __init__(self, engine: Engine, close: Callable[[str], Awaitable[None]]) -> None:
        """Open namespaces of *engine*, and end them by *close*."""
        self._engine = engine
        self._close = close
        self._documents: dict[str, Document] = {}

    async def put(self, token: str, document: Document) -> None:
        """Open a namespace, or replace it."""
        await self._engine.close(token, over=False)
        self._documents[token] = document
        library = document.library(self._engine.library)
        self._engine.open_namespace(token, library, document.settled(self._engine.settings))

    async def end(self, token: str) -> None:
        """End a namespace."""
        self._documents.pop(token, None)
        await self._close(token)

    async def reset(self, token: str | None) -> None:
        """Forget exchanges and attempts of a namespace, or of all."""
        await self._engine.reset(token)

    def documents(self) -> dict[str, Document]:
        """Tell what the open namespaces were opened with, by their tokens."""
        return dict(self._documents)

    async def pull(self) -> None:
        """Do nothing: there are no others."""

    async def look(self) -> bool:
        """Say that there is nothing to wait for."""
        return True


class Replica:
    """
    An app that is one of several servers.

    It looks what the others were told before each request, and says in a header of each response
    that what they share is out of reach, while it is.
    """

    def __init__(self, app: ASGIApp, sharing: Sharing) -> None:
        """Let *app* answer, which has the same *sharing*."""
        self._app = app
        self._sharing = sharing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["path"] in _OF_ITSELF or (_forgets(scope) and not self._sharing.link.reachable):
            await self._app(scope, receive, self._telling(send))
            return
        asks = scope["method"] == "POST" and scope["path"].endswith(_ENDPOINTS)
        try:
            scope[NUMBER] = await self._sharing.begin(numbered=asks)
        except CannotAnswer as error:
            self._sharing.refused += 1
            target = target_of(scope["path"])
            profile = target.profile if target else OPENAI
            await refusal(error, profile)(scope, receive, self._telling(send))
            return
        await self._app(scope, receive, self._telling(send))

    def _telling(self, send: Send) -> Send:
        # No coroutine of its own, as it is passed for every event of a stream.
        def told(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start" and not self._sharing.link.reachable:
                message = {**message, "headers": [*message["headers"], _UNREACHABLE]}
            return send(message)

        return told


def _forgets(scope: Scope) -> bool:
    """Tell whether this may free a state that is full, and so must not wait until it is not."""
    path: str = scope["path"]
    return scope["method"] == "DELETE" and path.startswith("/_mockrouter/")


def refusal(error: CannotAnswer, profile: Profile) -> JsonAnswer:
    """Refuse a request that the journal does not hold."""
    from mockrouter.serving.answers import JsonAnswer  # noqa: PLC0415 - as for the routes

    said = complaint(error)
    body = {"error": error_object(said, profile)}
    return JsonAnswer(body, said.status, dict(said.headers))
