"""Arguments of calls that are broken."""

from __future__ import annotations

import json
from functools import partial

import pytest

from catalogue import proofs
from catalogue.conftest import Prove
from catalogue.proofs_arguments import (
    OPTIONAL,
    broken,
    differ,
    exactly,
    no_json,
    python_dict,
    twice_a_key,
    valued,
    without,
)
from catalogue.proving import Proof, cases
from loop import Manner
from mockrouter.values import compact

PROOFS: dict[str, Proof] = {
    "arguments/backslash-n-outside-string": partial(broken, no_json(without("\\n", "\\n"))),
    "arguments/concatenated": partial(broken, no_json(exactly(lambda good: good * 2))),
    "arguments/corrected": proofs.no_json,
    "arguments/double-encoded": partial(broken, exactly(json.dumps)),
    "arguments/double-escaped-newlines": partial(
        broken,
        valued(lambda good, came: [r"\n" in came[key] for key in differ(good, came)] == [True]),
    ),
    "arguments/duplicate-keys": partial(broken, twice_a_key),
    "arguments/empty": partial(broken, no_json(exactly(lambda _: ""))),
    "arguments/empty-object": partial(broken, exactly(lambda _: "{}")),
    "arguments/enum-violation": partial(
        broken,
        valued(lambda good, came: differ(good, came) == ["area"] and isinstance(came["area"], str)),
    ),
    "arguments/explicit-null": partial(
        broken,
        valued(lambda good, came: came == {"query": good["query"], "limit": None}),
        tool=OPTIONAL,
    ),
    "arguments/invalid-escape": partial(broken, no_json(without("C:\\Users\\x"))),
    "arguments/markdown-fence": partial(
        broken, no_json(exactly(lambda good: f"```json\n{good}\n```"))
    ),
    "arguments/markdown-fence-inline": partial(
        broken, no_json(exactly(lambda good: f"```json{good}```"))
    ),
    "arguments/missing-brace": partial(broken, no_json(exactly(lambda good: good[:-1]))),
    "arguments/missing-required": partial(
        broken, valued(lambda good, came: [k in came for k in differ(good, came)] == [False])
    ),
    "arguments/nested-stringified": partial(
        broken,
        valued(lambda good, came: came == {**good, "wishes": compact(good["wishes"])}),
    ),
    "arguments/null": partial(broken, exactly(lambda _: None)),
    "arguments/object": partial(broken, exactly(json.loads)),
    "arguments/python-literal": partial(broken, no_json(python_dict)),
    "arguments/raw-control-chars": partial(broken, no_json(without("\n\t"))),
    "arguments/scalars-as-strings": partial(
        broken, valued(lambda good, came: came == {**good, "guests": str(good["guests"])})
    ),
    "arguments/schema-mismatch": proofs.mismatch,
    "arguments/string-as-number": partial(
        broken,
        valued(lambda good, came: [isinstance(came[k], int) for k in differ(good, came)] == [True]),
    ),
    "arguments/trailing-comma": partial(broken, no_json(exactly(lambda good: f"{good[:-1]},}}"))),
    "arguments/trailing-text": partial(
        broken, no_json(without(" I will now wait for the result."))
    ),
    "arguments/truncated": proofs.no_json,
    "arguments/truncated-by-length": proofs.cut_off,
    "arguments/unknown-property": partial(
        broken,
        valued(
            lambda good, came: len(came.keys() - good.keys()) == 1 == len(good.keys() - came.keys())
        ),
    ),
    "arguments/unquoted-keys": partial(
        broken,
        no_json(
            exactly(
                lambda good: (
                    "{" + ",".join(f"{k}:{compact(v)}" for k, v in json.loads(good).items()) + "}"
                )
            )
        ),
    ),
    "arguments/whitespace-padded": partial(broken, exactly(lambda good: good + "\n" * 4096)),
    "arguments/whitespace-runaway": partial(
        broken, no_json(exactly(lambda good: good[:-1] + "\n" * 4096))
    ),
}


@pytest.mark.parametrize(("name", "manner"), cases(PROOFS), ids=str)
def test_it_is_on_the_wire(prove: Prove, name: str, manner: Manner) -> None:
    """The arguments are broken in the way that the scenario says."""
    prove(name, manner, PROOFS[name])
