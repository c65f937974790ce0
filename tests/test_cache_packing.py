"""What is packed of a file is the same again, with the places of every part."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from mockrouter import catalogue
from mockrouter.scenario.folders import listed
from mockrouter.scenario.reading.document import parse
from mockrouter.scenario.reading.packing import packed, unpacked
from mockrouter.scenario.reading.tree import Node

TEXTS: Final = [
    "a: &x\n  - b: 1\n  - [c, [d]]\nagain: *x\nlist: [*x, *x]",
    '{"a": "\\ud83d\\ude00 \\ud800", "é": 1e400, "n": .nan, "t": true, "z": -0.0}',
    "just a text",
    "[]",
    "a: {}\nb: ''\nc: |\n  many\n  lines\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_packed_is_the_same_again(text: str) -> None:
    """Every value, and the places of every part, aliases too."""
    source = parse(text, "a.yaml")

    again = unpacked(packed(source), "b.yaml")

    assert repr(source.value) == repr(again.value)
    assert "b.yaml" == again.path
    assert places(source.root) == places(again.root)


def test_the_catalogue_is_packed_and_the_same_again() -> None:
    """All that people write in scenarios."""
    for file in listed(catalogue.folder()):
        source = parse(Path(file.path).read_text("utf-8"), file.path)
        again = unpacked(packed(source), file.path)

        assert source == again
        assert places(source.root) == places(again.root)


def places(node: Node) -> list[object]:
    """List the places of all parts."""
    inner = [(key, e.key, e.place, *places(e.node)) for key, e in node.entries.items()]
    return [node.place, type(node.value), *inner]
