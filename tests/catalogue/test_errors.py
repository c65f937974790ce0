"""Errors in place of a reply, and in its middle."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue import proofs
from catalogue.conftest import Prove
from catalogue.proving import Case, Proof, cases
from loop import Manner


def tries(expected: list[tuple[int, str | None]], case: Case) -> None:
    """Each try of one request meets its status and its Retry-After, and errors are JSON."""
    answers = [case.ask() for _ in expected]

    assert expected == [(each.status, each.headers.get("retry-after")) for each in answers]
    assert all("error" in each.json for each in answers if each.status > 200)


PROOFS: dict[str, Proof] = {
    "errors/context-length": partial(tries, [(400, None)] * 2),
    "errors/mid-stream": proofs.error_inside,
    "errors/no-credits": partial(tries, [(402, None)] * 2),
    "errors/rate-limit-then-success": partial(tries, [(429, "1"), (429, "2"), (200, None)]),
    "errors/server-error-forever": partial(tries, [(500, None)] * 4),
    "errors/unavailable-then-success": partial(tries, [(503, None), (200, None)]),
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The error comes where and how the scenario says."""
    prove(name, manner, PROOFS[name])
