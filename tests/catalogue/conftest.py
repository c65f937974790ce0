"""What all proofs share: one server, and a namespace of its own for each case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

import mockrouter
from catalogue.proving import Case, Proof
from loop import Manner

Prove = Callable[[str, Manner, Proof], None]


@pytest.fixture(scope="session")
def server() -> Iterator[mockrouter.Server]:
    """A server without waits."""
    with mockrouter.Server(strict=False, time_scale=0) as server:
        yield server


@pytest.fixture
def prove(server: mockrouter.Server) -> Iterator[Prove]:
    """Prove a scenario's claim, and that the mock had nothing to complain of itself."""
    with ExitStack() as stack:

        def prove(name: str, manner: Manner, proof: Proof) -> None:
            mock = stack.enter_context(server.namespace("case", strict=False, check=False))
            case = Case(name, manner, mock)
            proof(case)
            assert case.entries, "the proof asked nothing"
            said = [(*entry.warnings, entry.error) for entry in case.entries]
            assert [("",)] * len(said) == said

        yield prove
