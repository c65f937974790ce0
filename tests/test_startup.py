"""What a start-up does not wait for: it is part of every test session of a user's."""

from __future__ import annotations

import json
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import pytest

from command_line import GOOD, line_of, started
from scripts import chat

START: Final = """
import json, sys
from pydantic import BaseModel
from mockrouter.engine.engine import Engine
from mockrouter.scenario.library import load
from mockrouter.serving.app import App
from mockrouter.serving.server import HttpServer

def below(model):
    for each in model.__subclasses__():
        yield each
        yield from below(each)

with HttpServer(App(Engine(load()))):
    compiled = [each.__qualname__ for each in below(BaseModel) if each.__pydantic_complete__]
    print(json.dumps({"compiled": compiled, "modules": sorted(sys.modules)}))
"""

UNUSED: Final = {
    *("faker", "h11", "jinja2", "jsonschema", "rich", "yaml"),
    *("mockrouter.auto", "mockrouter.generate.maker"),
    *("mockrouter.scenario.reading.document", "mockrouter.scenario.sandbox"),
}
"""What only some scenarios or requests need."""


def test_a_start_up_is_light() -> None:
    """A server that was asked for nothing has imported no more, and compiled no model of ours."""
    ran = subprocess.run([sys.executable, "-c", START], capture_output=True, check=True)

    found = json.loads(ran.stdout)

    assert [] == sorted(UNUSED & {*found["modules"]})
    assert ["RootModel", "RootModel[Any]"] == sorted(found["compiled"])


UNASKED: Final = {
    *("email.parser", "starlette.requests", "starlette.responses", "starlette.routing"),
    *("mockrouter.entries", "mockrouter.serving.control", "mockrouter.serving.routes"),
    *("mockrouter.faults.drop", "mockrouter.faults.writes"),
    *("mockrouter.state.sharing", "mockrouter.cli.banner", "rich", "jinja2", "faker"),
}
"""What nobody needs who asks a model for an answer that is written down, and nothing else."""


@pytest.mark.parametrize("paths", [["scenario.yaml"], []], ids=["a file", "none"])
def test_the_first_reply_waits_for_little(
    paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its start to its first reply, a quiet server imports nothing that this does not need."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    Path("scenario.yaml").write_text(GOOD, encoding="utf-8")
    with (
        Path("imports").open("w", encoding="utf-8") as imports,
        started("serve", *paths, "--port", "0", "--quiet", stderr=imports.fileno()) as process,
    ):
        connection = HTTPConnection(line_of(process).rpartition("/")[2].strip())
        connection.request("POST", "/v1/chat/completions", json.dumps(chat()))
        assert 200 == connection.getresponse().status
        connection.close()
        found = {line.split()[-1] for line in Path("imports").read_text().splitlines()}
        process.terminate()

    assert {"mockrouter.engine.engine"} <= found
    assert [] == sorted(UNASKED & found)
