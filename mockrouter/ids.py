"""
Ids that look like the provider's, are the same on every run, and carry the turn that made them.

An id's random-looking part has two halves. The first half says which turn of which scenario made
the id, signed, so that a conversation whose early messages were trimmed still says where it stands.
The second is the *nonce*, the same for all ids of one exchange and made from the request, so that
two conversations never share an id. As the nonce has a fixed length, a compiled wire is kept with
``HOLE_MARK`` in its place and filled for each request.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

NONCE_LENGTH = 10

HOLE_MARK = "\U0010fffe\U0010ffff00"
"""
Stands in kept wires where the exchange's own nonce goes.

Unicode keeps its first two characters out of all text that is interchanged. In UTF-8 it has as many
bytes as a nonce, so that filling it changes no length.
"""

HOLE = HOLE_MARK.encode()
"""The same in the bytes of a wire."""

HEX = "0123456789abcdef"
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
BASE62 = BASE36 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_TURN, _TAG = 3, 3
_SHORTEST_SIGNATURE = 4
_SHORTEST_CARRIER = NONCE_LENGTH + _TURN + _TAG + _SHORTEST_SIGNATURE


@dataclass(frozen=True, slots=True)
class IdShape:
    """
    What one kind of id looks like at one provider.

    Attributes:
        prefix: Such as ``call_``.

        length: Characters after the prefix (and the date); more than ``NONCE_LENGTH``.

        alphabet: The characters it is made of; ``HEX`` is part of every alphabet.

        dated: Whether ``created`` and a dash stand between prefix and the rest, as in OpenRouter's
            ``gen-<unix seconds>-<20 characters>``.
    """

    prefix: str
    length: int
    alphabet: str = BASE62
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Ids:
    """
    The ids of one exchange: a pure function of seed, scenario, turn, attempt and nonce.

    Attributes:
        key: What signs the ids: the seed and the scenario's name.

        turn: Number of the turn, from 0.

        attempt: Number of the attempt, from 0.

        nonce: ``NONCE_LENGTH`` hexadecimal characters, or ``HOLE_MARK``.

        created: Unix seconds.
    """

    key: str
    turn: int = 0
    attempt: int = 0
    nonce: str = HOLE_MARK
    created: int = 0

    def make(self, shape: IdShape, index: int = 0) -> str:
        """
        Make the *index*-th id of this shape in the exchange.

        An id with room for it carries the turn; a shorter one is told apart by *index* alone.
        """
        date = f"{self.created}-" if shape.dated else ""
        room = shape.length - NONCE_LENGTH
        if shape.length < _SHORTEST_CARRIER:
            carried = _digits(index, room, shape.alphabet)
        else:
            tag = _hash(f"{self.key}|{shape.prefix}|{self.attempt}|{index}", _TAG, shape.alphabet)
            carried = _carry(self.key, self.turn, tag, room, shape.alphabet)
        return f"{shape.prefix}{date}{carried}{self.nonce}"


def turn_of(made: str, key: str, shapes: tuple[IdShape, ...]) -> int | None:
    """
    Read the turn off an id, or None where *key* did not sign it.

    Args:
        made: Any string that a client sent as an id.

        key: As in ``Ids.key``.

        shapes: The shapes it may have.
    """
    for shape in shapes:
        if not made.startswith(shape.prefix) or shape.length < _SHORTEST_CARRIER:
            continue
        text = made[-shape.length :]
        room = shape.length - NONCE_LENGTH
        carried, tag = text[:room], text[_TURN : _TURN + _TAG]
        if len(text) != shape.length or not set(carried) <= set(shape.alphabet):
            continue
        turn = _turn(key, carried[:_TURN], tag, shape.alphabet)
        if carried == _carry(key, turn, tag, room, shape.alphabet):
            return turn
    return None


def nonce_of(text: bytes) -> str:
    """Make the nonce of a request from its bytes."""
    return blake2b(text, digest_size=NONCE_LENGTH // 2).hexdigest()


def _carry(key: str, turn: int, tag: str, room: int, alphabet: str) -> str:
    shift = _number(_hash(f"{key}|{tag}", _TURN, alphabet), alphabet)
    masked = _digits(turn + shift, _TURN, alphabet)
    return masked + tag + _hash(f"{key}|{tag}|{turn}", room - _TURN - _TAG, alphabet)


def _turn(key: str, masked: str, tag: str, alphabet: str) -> int:
    shift = _number(_hash(f"{key}|{tag}", _TURN, alphabet), alphabet)
    turn: int = (_number(masked, alphabet) - shift) % len(alphabet) ** _TURN
    return turn


def _hash(text: str, length: int, alphabet: str) -> str:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=64).digest()
    return _digits(int.from_bytes(digest, "big"), length, alphabet)


def _digits(number: int, length: int, alphabet: str) -> str:
    base, digits = len(alphabet), []
    for _ in range(length):
        number, digit = divmod(number, base)
        digits.append(alphabet[digit])
    return "".join(reversed(digits))


def _number(digits: str, alphabet: str) -> int:
    number = 0
    for digit in digits:
        number = number * len(alphabet) + alphabet.index(digit)
    return number
