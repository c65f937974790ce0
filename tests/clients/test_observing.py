"""The programs whose doings ``docs/clients.md`` tells, and that the page tells of them."""

from __future__ import annotations

import re

import pytest

import mockrouter
from clients import node
from clients.observing.observe import (
    END,
    KINDS,
    MARK,
    PAGE,
    RANKED,
    Kind,
    Row,
    observe,
    rewritten,
    rows,
)
from mockrouter.scenario.library import load

pytestmark = pytest.mark.skipif(node.missing() is not None, reason=node.missing() or "")

WELL = [Row(load().named["loops/any-tool"], dialect) for dialect in ("chat", "responses")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_client_holds_a_conversation(kind: Kind) -> None:
    """Where nothing goes wrong, every program runs its tool once and tells the answer."""
    with mockrouter.Server(strict=False) as server:
        seen = list(observe(kind, WELL, server))

    assert [("text", 1, 2)] * 2 == [(each.end, len(each.runs), each.requests) for each in seen]
    assert all(each.text for each in seen)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_error_is_told(kind: Kind) -> None:
    """What a client raises is told in its words."""
    with mockrouter.Server(strict=False) as server:
        (seen,) = observe(kind, rows("errors/no-credits"), server)

    assert ("error", []) == (seen.end, seen.runs)
    assert re.search("402|credits|quota", seen.error or ""), seen.error


def test_the_page_is_of_these_scenarios_and_versions() -> None:
    """Every scenario of the ranking has its row, and the versions are those that are installed."""
    head, mark, table = PAGE.read_text("utf-8").partition(MARK)

    assert head
    assert mark
    assert list(RANKED) == re.findall(r"^\| \[`([^`]+)`\]", table, re.MULTILINE)
    for kind in KINDS:
        assert f"{kind.name} {kind.version}" in table


def test_what_is_written_by_hand_is_kept() -> None:
    """Only what stands between the marks is written anew, however often that is done."""
    page = f"Head\n{MARK}\nold\n\n{END}\nTail\n"

    assert page.replace("old", "new") == rewritten(page, "new\n")
    assert f"{MARK}\nnew\n" == rewritten(MARK, "new\n")
