"""Errors in place of a reply, and in its middle."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs, proofs_errors
from catalogue.conftest import Prove
from catalogue.proofs_errors import EVENTS, JSON, PAGE, always, then_well, tries
from catalogue.proving import Proof, cases
from loop import Manner

WITH_FINISH = [
    {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": "error"}
]

BY_GATEWAYS: dict[str, Proof] = {
    "errors/cloudflare-json": partial(then_well, 520, JSON, proofs_errors.no_error_inside),
    "errors/gateway-page": partial(
        then_well, 502, PAGE, partial(proofs_errors.page, "502 Bad Gateway")
    ),
    "errors/timeout-page": partial(
        then_well, 524, PAGE, partial(proofs_errors.page, "524: A timeout occurred")
    ),
    "errors/too-large-page": proofs_errors.too_large,
    "errors/moved-post": partial(proofs_errors.redirected, 301),
    "errors/temporary-redirect": partial(proofs_errors.redirected, 307),
    "errors/permanent-redirect": partial(proofs_errors.redirected, 308),
}

THOUGH_ALL_IS_WELL: dict[str, Proof] = {
    "errors/empty-body": partial(then_well, 200, JSON, partial(proofs_errors.bytes_of, b"")),
    "errors/empty-stream": partial(then_well, 200, EVENTS, partial(proofs_errors.bytes_of, b"")),
    "errors/mid-call": proofs_errors.inside_a_call,
    "errors/mid-stream": proofs.error_inside,
    "errors/mid-stream-empty-choices": partial(proofs_errors.inside_a_chunk, []),
    "errors/mid-stream-with-finish": partial(proofs_errors.inside_a_chunk, WITH_FINISH),
    "errors/ok-status": partial(then_well, 200, JSON, proofs_errors.only_an_error),
    "errors/ok-status-as-stream": partial(then_well, 200, EVENTS, proofs_errors.only_an_error),
    "errors/ok-status-null-fields": partial(then_well, 200, JSON, proofs_errors.null_fields),
    "errors/ok-status-to-stream": partial(then_well, 200, JSON, proofs_errors.only_an_error),
    "errors/only-done": partial(
        then_well, 200, EVENTS, partial(proofs_errors.bytes_of, b"data: [DONE]\n\n")
    ),
    "errors/stream-ignored": proofs_errors.other_mode,
    "errors/stream-unasked": proofs_errors.other_mode,
}

WITH_WAITS: dict[str, Proof] = {
    "errors/rate-limit-then-success": partial(tries, [(429, "1"), (429, "2"), (200, None)]),
    "errors/rate-limit-without-wait": partial(tries, [(429, None), (429, None), (200, None)]),
    "errors/retry-after-absurd": partial(tries, [(429, "86400"), (200, None)]),
    "errors/retry-after-date": partial(proofs_errors.until, 3),
    "errors/retry-after-malformed-date": partial(
        tries, [(429, "Wed, 32 Foo 2026 25:61:61 GMT"), (200, None)]
    ),
    "errors/retry-after-ms": partial(proofs_errors.milliseconds, "1500"),
    "errors/retry-after-nan": partial(tries, [(429, "nan"), (200, None)]),
    "errors/retry-after-negative": partial(tries, [(429, "-100"), (200, None)]),
    "errors/retry-after-past": partial(proofs_errors.until, -3600),
    "errors/retry-after-words": partial(tries, [(429, "a little while"), (200, None)]),
    "errors/should-not-retry": partial(
        proofs_errors.with_headers, 503, {"x-should-retry": "false"}, ["retry-after"]
    ),
    "errors/unavailable-with-wait": partial(tries, [(503, "3"), (200, None)]),
}

REFUSALS: dict[str, Proof] = {
    "errors/context-length": partial(tries, [(400, None)] * 2),
    "errors/moderation": proofs_errors.flagged,
    "errors/no-credits": partial(tries, [(402, None)] * 2),
    "errors/overloaded": proofs_errors.overloaded,
    "errors/raw-nested": proofs_errors.nested,
    "errors/server-error-forever": partial(tries, [(500, None)] * 4),
    "errors/tool-choice-unsupported": proofs_errors.only_without_demand,
    "errors/tools-unsupported": proofs_errors.only_without_tools,
    "errors/unavailable-then-success": partial(tries, [(503, None), (200, None)]),
    "errors/upstream-timeout": partial(tries, [(408, None), (200, None)]),
    "errors/wrong-content-type": partial(
        always, 400, "application/octet-stream", proofs_errors.says_what_is_wrong
    ),
}

PROOFS: dict[str, Proof] = {**BY_GATEWAYS, **THOUGH_ALL_IS_WELL, **WITH_WAITS, **REFUSALS}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The error comes where and how the scenario says."""
    prove(name, manner, PROOFS[name])
