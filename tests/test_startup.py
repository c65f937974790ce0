"""What a start-up does not wait for: it is part of every test session of a user's."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

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
