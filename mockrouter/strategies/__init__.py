"""
Streams for property tests, drawn by Hypothesis.

``streams()`` draws what a provider may send, ``hostile()`` what none should, ``replies()``,
``calls()`` and ``usages()`` what is said in them. A stream is a value: no server, no port. A
failure shrinks to the simplest one, and is printed as a scenario that sends the same bytes over
HTTP.
"""

from __future__ import annotations

try:
    import hypothesis
except ImportError as error:
    message = (
        "mockrouter.strategies draws with Hypothesis, and it is not installed; "
        "pip install 'mockrouter[hypothesis]'"
    )
    raise ImportError(message) from error
else:
    del hypothesis

from mockrouter.reply import Usage
from mockrouter.strategies.content import calls, replies, usages
from mockrouter.strategies.legal import VARIATIONS, Variation, streams
from mockrouter.strategies.values import Call, Reply, Stream
from mockrouter.strategies.wrong import KINDS, hostile

__all__ = [
    "KINDS",
    "VARIATIONS",
    "Call",
    "Reply",
    "Stream",
    "Usage",
    "Variation",
    "calls",
    "hostile",
    "replies",
    "streams",
    "usages",
]
