"""A page of memory on which workers number their requests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mockrouter.state.page import Page
from mockrouter.state.protocol import StateAway

pytestmark = pytest.mark.skipif(os.name != "posix", reason="workers need fork and exec")

HOLDER = """
import os, sys
os.lockf(int(sys.argv[1]), os.F_LOCK, 0)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a state."""
    made = Page.made("epoch")
    yield made
    made.close()


def test_requests_are_numbered_in_their_order(page: Page) -> None:
    """From 1, and one after the other, however many at once."""
    page.tell("epoch/7")

    found = [page.begin(numbers) for numbers in (1, 3, 0, 1)]

    assert [1, 2, 0, 5] == [begun.number for begun in found]
    assert {"epoch/7"} == {begun.change for begun in found}


def test_a_worker_that_stands_still_does_not_stop_the_others(page: Page) -> None:
    """Who cannot number a request in time does without; the lock of one that died is free."""
    descriptor = page.descriptor()
    command = [sys.executable, "-c", HOLDER, str(descriptor)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[descriptor]
    ) as holder:
        os.close(descriptor)
        assert holder.stdout
        assert b"held\n" == holder.stdout.readline()
        with pytest.raises(StateAway, match="stands still"):
            page.begin(1)
        assert 0 == page.begin(0).number
        holder.kill()

    assert 1 == page.begin(1).number
