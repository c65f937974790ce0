"""One request and what was answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from mockrouter.engine.compiler import Compiled
from mockrouter.engine.redaction import BUILT_IN, Redactor
from mockrouter.ids import HOLE_MARK
from mockrouter.wire import Sent, Wire

_OVERHEAD = 2_000
"""Bytes that an exchange takes beside all that is counted, about."""
_TIME = 8
"""Bytes that it takes to note when a frame went out."""


@dataclass(slots=True)
class Exchange:
    """
    One request and what was answered.

    Attributes:
        number: From 1, in the order of arrival.

        time: Unix seconds of arrival.

        method: HTTP method.

        path: As asked for.

        namespace: Token of the URL; empty for the server's own.

        profile: The provider's manner.

        dialect: The format; empty where no format was reached.

        headers: With secrets blanked, names in lower case.

        headers_size: Bytes that those take, about.

        body: As received.

        scenario: That answered.

        turn: From 1; None where no turn was reached.

        attempt: From 1; None likewise.

        seed: The server's.

        arrived: The ticker's seconds of arrival, by the same clock as *sent*.

        error: Code of the mock's own complaint.

        broken: Which rule of ``expect`` was broken, and how.

        warnings: What could not be done as written.

        misses: Why the nearest scenarios did not answer.

        compiled: The wire with its hole, shared with other exchanges of the same reply.

        nonce: Fills the hole.

        sent: What went out, and when; None while it is going out.

        redactor: Blanks the secrets in what is shown of the response.

        sequence: From 1, over all that a journal has ever held, by which its readers go on.

        replica: Which of several servers answered; empty where there is one.

        change: The last of what those share that it had seen as the request came.
    """

    number: int
    time: float
    method: str
    path: str
    namespace: str = ""
    profile: str = ""
    dialect: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    headers_size: int = 0
    body: bytes = b""
    scenario: str = ""
    turn: int | None = None
    attempt: int | None = None
    seed: int = 0
    arrived: float = 0.0
    error: str = ""
    broken: str = ""
    warnings: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    compiled: Compiled | None = None
    nonce: str = HOLE_MARK
    sent: Sent | None = None
    redactor: Redactor = field(default=BUILT_IN, repr=False)
    sequence: int = 0
    replica: str = ""
    change: str = ""

    @property
    def size(self) -> int:
        """Bytes that it holds or will, about, without its wire, which others may share."""
        misses = len("".join(self.misses)) if self.misses else 0
        times = len(self.compiled.framed.frames) * _TIME if self.compiled else 0
        texts = len(self.path) + self.headers_size
        return len(self.body) + texts + misses + times + _OVERHEAD

    @property
    def wire(self) -> Wire | None:
        """The response as it was meant to go out."""
        return self.compiled.fill(self.nonce) if self.compiled else None

    @property
    def shown(self) -> Wire | None:
        """The same with secrets blanked, as it may be seen by people."""
        wire, compiled = self.wire, self.compiled
        return self.redactor.shown(wire, compiled.said) if wire and compiled else None
