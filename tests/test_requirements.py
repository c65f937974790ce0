"""
The requirements S1 to S89, and that none of them is forgotten.

They are what five public pages on tool calling state or show: OpenRouter's page on function calling
(S1 to S24), its guide to tool calling (S25 to S37, in part), its page on tool calling in the
Responses API (S38 to S56), a Chinese page on the same (S57 to S65), and SolRouter's guide (S66 to
S89). A test that proves one names it at the start of its docstring, such as [S28].
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

NUMBERS = range(1, 90)

CHECKER = "judges the client's requests, which is the contract checker's work"
MODELS = "is about the catalogue of models"
LOG = "is about what the request log says of each call"

LATER: dict[int, str] = {
    14: MODELS,
    17: CHECKER,
    19: MODELS,
    21: LOG,
    24: LOG,
    25: MODELS,
    27: CHECKER,
    32: CHECKER,
    33: CHECKER,
    34: "shows a program that no correct stream satisfies, so there is nothing to serve",
    37: CHECKER,
    56: "misspells a host, which is never contacted",
    60: "is about OpenRouter's SDK for Node, which needs Node",
    63: MODELS,
    67: CHECKER,
    68: CHECKER,
    69: CHECKER,
    77: "leaves the index out of a call's fragments, which no fault can do yet",
    78: CHECKER,
    79: CHECKER,
    80: CHECKER,
    81: CHECKER,
    83: CHECKER,
}
"""Not tested yet, and why."""

PARTLY: dict[int, str] = {
    3: f"the findings under ``strict``: it {CHECKER}",
    9: f"the warning about another order: it {CHECKER}",
    10: f"the mark UnknownName: it {LOG}",
    12: "openai-node, which needs Node",
    15: "``tool_calls: null``: no fault changes a field yet",
    18: f"the mark SchemaMismatch: it {LOG}",
    22: f"the warning about a missing limit: it {CHECKER}",
    23: MODELS,
    26: f"a history without the result gets the second turn: refusing it {CHECKER}",
    31: f"the warning about details that do not come back: it {CHECKER}",
    35: f"``parallel_tool_calls`` without tools: it {CHECKER}",
    36: f"the warning about missing parameters: it {CHECKER}",
    49: f"refusing what does not pair {CHECKER}",
    51: MODELS,
    54: f"the warning about arguments that are no JSON: it {CHECKER}",
    59: "an answer without ``content``: no fault changes a field yet",
    74: f"the warning about ``required``: it {CHECKER}",
    75: "the page's literal lines, without their envelope: no fault changes a field yet",
    86: LOG,
    88: "the programs of the page themselves, two of which need Node",
}
"""Tested, but for this."""

_NAMED = re.compile(r"\[S(\d+)\]")


def named() -> Iterator[int]:
    """List the numbers that docstrings of tests begin with."""
    for path in Path(__file__).parent.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                words = (ast.get_docstring(node) or "").split()
                for word in words:
                    found = _NAMED.fullmatch(word)
                    if not found:
                        break
                    yield int(found[1])


def test_no_requirement_is_forgotten() -> None:
    """Each number is tested or stands in the table of those that are not, and never in both."""
    proved = set(named())

    assert set(NUMBERS) == proved | LATER.keys()
    assert set() == proved & LATER.keys()
    assert set() == PARTLY.keys() - proved
