"""What an entry has from its exchange as it is."""

from __future__ import annotations

from mockrouter.engine.journal import Exchange
from mockrouter.engine.redaction import Redactor
from mockrouter.engine.traceparent import trace_parent
from mockrouter.wire import Sent, Wire


class Recorded:
    """What the server wrote down of a request."""

    def __init__(self, exchange: Exchange) -> None:
        """Show *exchange*."""
        self._exchange = exchange

    @property
    def number(self) -> int:
        """From 1, in the order of arrival."""
        return self._exchange.number

    @property
    def sequence(self) -> int:
        """From 1, over all namespaces, where each numbers its own."""
        return self._exchange.sequence

    @property
    def time(self) -> float:
        """Unix seconds of arrival."""
        return self._exchange.time

    @property
    def arrived(self) -> float:
        """Seconds of arrival, by the clock of ``sent``."""
        return self._exchange.arrived

    @property
    def method(self) -> str:
        """HTTP method."""
        return self._exchange.method

    @property
    def path(self) -> str:
        """As asked for."""
        return self._exchange.path

    @property
    def namespace(self) -> str:
        """Token of the URL; empty for the server's own."""
        return self._exchange.namespace

    @property
    def profile(self) -> str:
        """The provider's manner."""
        return self._exchange.profile

    @property
    def dialect(self) -> str:
        """The format, ``chat`` or ``responses``; empty where none was reached."""
        return self._exchange.dialect

    @property
    def headers(self) -> dict[str, str]:
        """Of the request, with secrets blanked, names in lower case."""
        return self._exchange.headers

    @property
    def trace_id(self) -> str:
        """Of the trace that ``traceparent`` names, 32 hexadecimal digits; empty for none."""
        return trace_parent(self._exchange.headers).trace_id

    @property
    def parent_id(self) -> str:
        """The caller's span in it, 16 hexadecimal digits; empty for none."""
        return trace_parent(self._exchange.headers).parent_id

    @property
    def scenario(self) -> str:
        """Name of the scenario that answered; empty for none."""
        return self._exchange.scenario

    @property
    def turn(self) -> int | None:
        """From 1; None where no turn was reached."""
        return self._exchange.turn

    @property
    def attempt(self) -> int | None:
        """From 1; None likewise."""
        return self._exchange.attempt

    @property
    def seed(self) -> int:
        """The server's."""
        return self._exchange.seed

    @property
    def error(self) -> str:
        """Code of the mock's own complaint; empty for none."""
        return self._exchange.error

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be done as written."""
        return self._exchange.warnings

    @property
    def idle(self) -> tuple[str, ...]:
        """Why each fault of the answer found nothing to do; empty where one did, or none is."""
        compiled = self._exchange.compiled
        if compiled is None or compiled.answer is None:
            return ()
        reasons = tuple(compiled.idle.values())
        return reasons if len(reasons) == len(compiled.answer.faults) else ()

    @property
    def misses(self) -> tuple[str, ...]:
        """Why the nearest scenarios did not answer."""
        return self._exchange.misses

    @property
    def shown(self) -> Wire | None:
        """The same with secrets blanked."""
        return self._exchange.shown

    @property
    def redactor(self) -> Redactor:
        """Blanks the secrets in what is shown of the calls."""
        return self._exchange.redactor

    @property
    def sent(self) -> Sent | None:
        """What went out, and when; None while it is going out."""
        return self._exchange.sent

    @property
    def status(self) -> int | None:
        """HTTP status of the answer; None where none is sent, or not yet."""
        wire = self._exchange.compiled.wire if self._exchange.compiled else None
        return wire.status if wire and wire.headers_sent else None
