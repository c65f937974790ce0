"""What holds for every scenario in which something goes wrong."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from asgi import BUILTIN
from catalogue.conftest import Prove
from catalogue.proving import OPENAI_MANNERS, Case, Proof, cases, claims
from loop import Manner

FILES = sorted(Path(__file__).parent.glob("test_*.py"))


def _tables() -> list[dict[str, Proof]]:
    own = Path(__file__).stem
    modules = [importlib.import_module(f"catalogue.{f.stem}") for f in FILES if f.stem != own]
    return [module.PROOFS for module in modules if hasattr(module, "PROOFS")]


PROVED = [name for table in _tables() for name in table]
TRIED_AGAIN = [
    name
    for name, scenario in BUILTIN.named.items()
    if (tries := scenario.model.turns[0].attempts) and tries[-1].say and not tries[-1].faults
]


def test_no_scenario_is_forgotten() -> None:
    """Each has one proof, but those in which all goes well, which others read."""
    well = {"fault-free", "builtin"}
    faulty = {name for name, s in BUILTIN.named.items() if not well & {*s.model.tags}}

    assert [] == sorted(faulty - {*PROVED})
    assert len(PROVED) == len({*PROVED} & {*BUILTIN.named})


def test_no_tag_claims_nothing() -> None:
    """There is a format and a mode in which each scenario is proved."""
    assert [] == [
        name for name in PROVED if not any(claims(name, manner) for manner in OPENAI_MANNERS)
    ]


@pytest.mark.parametrize(("name", "manner"), cases(TRIED_AGAIN), ids=str)
def test_who_tries_again_is_answered_well(prove: Prove, name: str, manner: Manner) -> None:
    """The last try of the same request gets an answer with nothing wrong."""

    def proof(case: Case) -> None:
        *_, last = (case.ask() for _ in BUILTIN.named[name].model.turns[0].attempts or ())
        heard = case.manner.hear(last)
        assert (200, None) == (last.status, last.broken)
        assert heard.calls or heard.text

    prove(name, manner, proof)
