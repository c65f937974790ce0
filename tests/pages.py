"""The project's pages, taken apart: blocks of code, what they claim, tables, code spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mockrouter.scenario.models import ScenarioModel, Turn
from mockrouter.scenario.reading.document import parse

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

_BLOCK = re.compile(
    r"(?:<!--\s*(?P<claim>[^>]*?)\s*-->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)")
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Block:
    """
    A block of code.

    Attributes:
        page: The page's file.

        line: Of its fence, from 1.

        language: Behind the fence.

        text: Between the fences.

        claim: What the comment above it says, such as ``shows: --turn 2``; None without one.
    """

    page: Path
    line: int
    language: str
    text: str
    claim: str | None

    def __str__(self) -> str:
        """``docs/scenarios.md:12``."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """List the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page,
            text.count("\n", 0, found.start("language")) + 1,
            found["language"],
            found["text"],
            found["claim"],
        )
        for found in _BLOCK.finditer(text)
    ]


def all_blocks(*languages: str) -> list[Block]:
    """List the blocks of all pages in these languages."""
    return [block for page in PAGES for block in blocks(page) if block.language in languages]


def above(block: Block) -> Block | None:
    """Find the last whole scenario that stands above a block."""
    found = None
    for other in blocks(block.page):
        if other.line >= block.line:
            break
        if other.language == "yaml" and is_whole(other):
            found = other
    return found


def is_whole(block: Block) -> bool:
    """Tell whether a block of YAML is a whole file."""
    return "turns" in parse(block.text).value


def completed(block: Block) -> str:
    """Complete a block of YAML that is a piece of a file: of a turn, or of what stands above."""
    keys = set(parse(block.text).value)
    if "turns" in keys:
        return block.text
    if keys <= set(Turn.model_fields):
        said = "" if keys & {"say", "error", "attempts", "cases"} else "    say: []\n"
        lines = block.text.splitlines(keepends=True)
        return "turns:\n  -\n" + said + "".join(_INDENT + line for line in lines)
    assert keys <= set(ScenarioModel.model_fields), f"{block} is a piece of nothing"
    return block.text + "turns: [{say: []}]\n"


def section(page: Path, heading: str) -> str:
    """Read what stands under a heading, blocks aside, down to one that is as high or higher."""
    level = heading.split(" ", maxsplit=1)[0]
    text = prose(page.read_text(encoding="utf-8"))
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, f"{page.name} has no heading '{heading}'"
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def prose(text: str) -> str:
    """Leave out the blocks."""
    return _BLOCK.sub("", text)


def spans(text: str) -> set[str]:
    """List the code spans of a text, blocks aside."""
    return {found[2].strip() for found in _SPAN.finditer(prose(text))}


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the tables in a text, heads and rules aside."""
    for line in prose(text).splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]
