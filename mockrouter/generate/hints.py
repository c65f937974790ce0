"""What a property's name lets expect: a city under ``city``, and so on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from mockrouter.generate.lexicon import tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    Maker = Callable[["Made"], str]

_START = datetime(2025, 1, 1, tzinfo=UTC)
_MINUTES = 365 * 24 * 60
_SEEDING = Lock()


@cache
def _faker() -> Any:  # noqa: ANN401  (Faker's methods are found at run time)
    # Not at the top: importing it takes a tenth of a second, which a start should not wait for.
    from faker import Faker  # noqa: PLC0415

    return Faker("en_US")


class Made:
    """
    Made-up values from one random source.

    Dates are in 2025; hosts, addresses and telephone numbers are those kept free for examples.
    """

    def __init__(self, rng: Random) -> None:
        """Draw everything from *rng*."""
        self._rng = rng

    def fake(self, kind: str) -> str:
        """Call one of Faker's methods. What it gives holds for one version of Faker."""
        with _SEEDING:
            _faker().seed_instance(self._rng.getrandbits(64))
            return str(getattr(_faker(), kind)())

    def one_of(self, options: str) -> str:
        """Choose from words parted by ``|``."""
        return self._rng.choice(options.split("|"))

    def moment(self) -> datetime:
        """Choose a minute of 2025, UTC."""
        return _START + timedelta(minutes=self._rng.randrange(_MINUTES))

    def date(self) -> str:
        """As ``2025-03-14``."""
        return self.moment().date().isoformat()

    def clock(self) -> str:
        """As ``14:30:00Z``."""
        return f"{self.moment():%H:%M:%SZ}"

    def date_time(self) -> str:
        """As ``2025-03-14T14:30:00Z``."""
        return f"{self.moment():%Y-%m-%dT%H:%M:%SZ}"

    def digits(self, count: int) -> str:
        """As many digits, not starting with 0."""
        return str(self._rng.randrange(10 ** (count - 1), 10**count))

    def user(self) -> str:
        """As ``jane42``."""
        return f"{self.fake('first_name').lower()}{self.digits(2)}"

    def email(self) -> str:
        """At example.com."""
        return f"{self.user()}@example.com"

    def url(self) -> str:
        """Below example.com."""
        return f"https://example.com/{self.fake('word').lower()}"

    def phone(self) -> str:
        """One of the numbers 555-0100 to 555-0199, which are given to nobody."""
        return f"+1-202-555-01{self._rng.randrange(100):02}"

    def ipv4(self) -> str:
        """From 192.0.2.0/24 (RFC 5737)."""
        return f"192.0.2.{self._rng.randrange(1, 255)}"

    def ipv6(self) -> str:
        """From 2001:db8::/32 (RFC 3849)."""
        return f"2001:db8::{self._rng.randrange(1, 65536):x}"

    def phrase(self) -> str:
        """Two or three words, in lower case."""
        return " ".join(self.fake("word").lower() for _ in range(self._rng.randint(2, 3)))

    def sentence(self) -> str:
        """One sentence."""
        return self.fake("sentence")


_HINTS: tuple[tuple[str, Maker], ...] = (
    ("email mail recipient", Made.email),
    ("url uri link href website webpage homepage", Made.url),
    ("phone telephone mobile fax", Made.phone),
    ("ipv6", Made.ipv6),
    ("ip ipv4", Made.ipv4),
    ("host hostname domain server", lambda m: f"{m.fake('word').lower()}.example.com"),
    ("first+name given+name firstname", lambda m: m.fake("first_name")),
    ("last+name family+name surname lastname", lambda m: m.fake("last_name")),
    ("user+name username login handle", Made.user),
    ("file+name filename file", lambda m: m.fake("file_name")),
    ("path directory folder", lambda m: m.fake("file_path")),
    ("company organization organisation employer", lambda m: m.fake("company")),
    ("country+code", lambda m: m.one_of("US|DE|FR|JP|BR|IN")),
    ("currency", lambda m: m.one_of("USD|EUR|GBP|JPY")),
    ("city location place town destination origin", lambda m: m.fake("city")),
    ("street", lambda m: m.fake("street_address")),
    ("address", lambda m: m.fake("street_address")),
    ("zip zipcode postcode postal", lambda m: m.fake("postcode")),
    ("country nation", lambda m: m.fake("country")),
    ("state province region", lambda m: m.fake("state")),
    ("latitude lat", lambda m: f"{m._rng.uniform(-90, 90):.4f}"),  # noqa: SLF001
    ("longitude lon lng", lambda m: f"{m._rng.uniform(-180, 180):.4f}"),  # noqa: SLF001
    ("timezone tz time+zone", lambda m: m.one_of("UTC|Europe/Berlin|America/New_York|Asia/Tokyo")),
    ("datetime timestamp date+time created+at updated+at", Made.date_time),
    ("date day birthday deadline since until", Made.date),
    ("time clock", lambda m: f"{m.moment():%H:%M}"),
    ("month", lambda m: f"{m.moment():%B}"),
    ("year", lambda m: f"{m.moment():%Y}"),
    ("uuid guid", lambda m: m.fake("uuid4")),
    ("expression formula equation calculation", lambda m: f"{m.digits(2)} * {m.digits(1)}"),
    ("ticker symbol", lambda m: m.one_of("AAPL|MSFT|GOOG|AMZN|NVDA")),
    ("language lang", lambda m: m.one_of("English|French|German|Spanish")),
    ("locale", lambda m: m.one_of("en-US|de-DE|fr-FR|ja-JP")),
    ("color colour", lambda m: m.fake("color_name")),
    ("price cost amount total", lambda m: f"{m.digits(2)}.{m.digits(2)}"),
    ("job occupation", lambda m: m.fake("job")),
    ("sql", lambda _: "SELECT 1"),
    ("code script", lambda _: "print('hello')"),
    ("command", lambda _: "echo hello"),
    ("id identifier sku reference", lambda m: m.digits(6)),
    ("category tag genre label type kind", lambda m: m.fake("word").lower()),
    ("query q search keyword keywords term terms topic subject title", Made.phrase),
    ("name person author customer contact", lambda m: m.fake("name")),
    ("message text body content description summary comment note question prompt", Made.sentence),
)
"""Names, ``+`` where several words must be there, and what is made; the first that fits holds."""


def hinted(name: str, made: Made) -> str | None:
    """Make what *name* lets expect, or None where it says nothing."""
    words = set(tokens(name))
    words |= {word.removesuffix("s") for word in words}
    for names, maker in _HINTS:
        if any(set(name.split("+")) <= words for name in names.split()):
            return maker(made)
    return None
