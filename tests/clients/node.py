"""The programs in tests/node: what they need, how they are run, what they are told."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from clients.scripts import LOOP, PARALLEL
from mockrouter.values import JsonObject

FOLDER = Path(__file__).resolve().parents[1] / "node"
PROGRAMS = ("openai", "openrouter", "ai", "fetch", "samples")
SECONDS = 60

STATUSES = (400, 401, 402, 403, 404, 408, 422, 429, 500, 502, 503)

SCRIPTS = {
    "loop": LOOP,
    "parallel": PARALLEL,
    "json": "turns: [{say: [{json: {title: Door stuck, labels: [door, lab]}}]}]",
    "berlin": """
        turns:
          - say: [{tool_call: get_weather, id: call_1, arguments: {city: Berlin}}]
          - say:
              - text: It is {{ result.temperature }} °C in Berlin, wind {{ result.wind }} kph.
        """,
    "amid": """
        turns:
          - say: [{text: One two three}]
            stream: {text: 1 word}
            error: {status: 502, message: The model fell over, after: 2}
        """,
    "retried": """
        turns:
          - attempts:
              - error: {status: 429, retry_after: 0, headers: {retry-after-ms: "1"}}
              - error: {status: 500, headers: {retry-after-ms: "1"}}
              - say: [{text: Third time lucky.}]
        """,
    **{
        f"status-{status}": f"turns: [{{error: {{status: {status}, message: Not today}}}}]"
        for status in (*STATUSES, 409)
    },
}
"""What the mock plays, by the names that the programs ask for."""


def missing() -> str | None:
    """Say what has to be installed for these tests to run."""
    if shutil.which("node") is None:
        return "node is missing; install Node.js 20 or newer"
    if not (FOLDER / "node_modules").is_dir():
        return "the Node clients are missing; install them: npm ci --prefix tests/node"
    return None


def run(root: str) -> dict[str, JsonObject]:
    """
    Run all programs at once against the server at *root*.

    Returns:
        What each case told, by the case's name: ``told``, or ``threw`` and the error's fields.
    """
    running = [
        subprocess.Popen(
            ["node", f"{program}.mjs", root],  # noqa: S607 - from the PATH, as users have it
            cwd=FOLDER,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for program in PROGRAMS
    ]
    found: dict[str, JsonObject] = {}
    for program, process in zip(PROGRAMS, running, strict=True):
        output, complaints = process.communicate(timeout=SECONDS)
        assert 0 == process.returncode, f"{program}.mjs: {complaints}"
        lines = [json.loads(line) for line in output.splitlines()]
        found |= {line["case"]: line for line in lines}
    return found
