"""What is in `deploy/`, as it is run: mounted maps, a disk that is read-only, a real proxy."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from asgi import BUILTIN
from command_line import line_of
from manifests import DEPLOY, named, pod, settings
from mockrouter import catalogue
from mockrouter.cli.serving import over_http
from mockrouter.cli.sharing import sharing_at
from mockrouter.engine.engine import Engine
from mockrouter.scenario.library import load
from mockrouter.serving.app import App
from mockrouter.serving.reload import Reloader
from mockrouter.serving.server import HttpServer
from mockrouter.values import JsonObject
from scripts import chat

CHAT = "/v1/chat/completions"
ASKS = json.dumps(chat(stream=True))


def mounted(folder: Path, data: dict[str, str]) -> Path:
    """Lay out a ConfigMap as a kubelet mounts it: links into a hidden folder, which it swaps."""
    dated = folder / "..2026_11_21_16_00_00.1"
    dated.mkdir(parents=True)
    (folder / "..data").symlink_to(dated.name)
    for name, text in data.items():
        (dated / name).write_text(text)
        (folder / name).symlink_to(f"..data/{name}")
    return folder


def test_a_mounted_map_is_read_once(tmp_path: Path) -> None:
    """The hidden folders of a mounted ConfigMap are passed over, so that no name comes twice."""
    data = named("ConfigMap", "mockrouter-scenarios")["data"]

    library = load([mounted(tmp_path / "map", data)], None)

    assert ["weather"] == [each.name for each in library.active]


def test_a_map_that_changes_is_served(tmp_path: Path) -> None:
    """A kubelet changes a link, not a file, and the reloader sees it."""
    folder = mounted(tmp_path / "map", {"a.yaml": "turns: [One.]\n"})
    engine = Engine(load([folder], catalogue.folder()))
    told: list[str] = []
    reloader = Reloader(engine, [folder], catalogue.folder(), told.append)
    reloader.reload()

    fresh = folder / "..2"
    fresh.mkdir()
    (fresh / "a.yaml").write_text("turns: [Two, three.]\n")
    (folder / "..tmp").symlink_to(fresh.name)
    (folder / "..tmp").replace(folder / "..data")
    reloader.reload()

    assert ["changed a"] == told
    assert [2] == [len(each.model.turns) for each in engine.library.active]


UNSHARE = ["unshare", "--mount", "--propagation", "private", "sh", "-c"]
READ_ONLY = 'mount -o remount,bind,ro / && exec setpriv --bounding-set=-all "$@"'


def cannot_be_alone() -> bool:
    """Tell whether this machine gives no file system to a process of its own."""
    words = [*UNSHARE, READ_ONLY, "sh", "true"]
    if sys.platform != "linux" or not shutil.which("unshare"):
        return True
    return subprocess.run(words, check=False, stderr=subprocess.DEVNULL).returncode != 0


@pytest.mark.skipif(cannot_be_alone(), reason="needs root and a file system of its own")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_kubelet_finds_a_server_that_cannot_write(tmp_path: Path, workers: str) -> None:
    """On a read-only disk without capabilities, a probe by the pod's address is answered."""
    folder = mounted(tmp_path / "map", named("ConfigMap", "mockrouter-scenarios")["data"])
    environ = {"PATH": os.environ["PATH"], "MOCKROUTER_HOST": "0.0.0.0", "HOME": str(tmp_path)}  # noqa: S104
    environ |= {"MOCKROUTER_WORKERS": workers, "MOCKROUTER_PORT": "0"}
    environ |= {
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    environ |= {k: v for k, v in settings().items() if k != "MOCKROUTER_STATE"}
    serve = [sys.executable, "-m", "mockrouter", "serve", str(folder)]
    words = [*UNSHARE, READ_ONLY, "sh", *serve]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            port = int(line_of(process).rpartition(":")[2])
            paths = [p["httpGet"]["path"] for p in probes()]
            found = [get(port, path, "10.42.0.7:4099") for path in [*paths, "/metrics"]]
            process.terminate()
            assert 0 == process.wait(30)
        finally:
            process.kill()

    assert [200] * 4 == found


def probes() -> list[JsonObject]:
    """List the probes of the pods that serve."""
    (container,) = pod("mockrouter")["containers"]
    return [container[name] for name in ("startupProbe", "readinessProbe", "livenessProbe")]


def get(port: int, path: str, host: str) -> int:
    """Ask as *host*; the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"host": host})
        return connection.getresponse().status
    finally:
        connection.close()


@contextmanager
def proxied(folder: Path, *apps: ASGIApp) -> Iterator[int]:
    """Start replicas behind HAProxy by our own file; gives the proxy's port."""
    with ExitStack() as stack:
        servers = [stack.enter_context(HttpServer(app)) for app in apps]
        door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        lines = [
            f"    server replica{n} {server.url.removeprefix('http://')}"
            for n, server in enumerate(servers)
        ]
        template = "    server-template replica 3 mockrouter:4099 resolvers docker init-addr none"
        text = (DEPLOY / "haproxy.cfg").read_text()
        assert template in text
        text = text.replace(template, "\n".join(lines)).replace(":4099", f"fd@{door.fileno()}")
        file = folder / "haproxy.cfg"
        file.write_text(text)
        words = ["haproxy", "-q", "-db", "-f", str(file)]
        process = stack.enter_context(subprocess.Popen(words, pass_fds=[door.fileno()]))
        stack.callback(process.wait)
        stack.callback(process.terminate)
        yield door.getsockname()[1]


def answer(port: int, path: str) -> tuple[int, bool]:
    """Ask for a stream; its status, and whether it came whole."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", path, ASKS)
        response = connection.getresponse()
        while response.read1():
            pass
    except (http.client.HTTPException, ConnectionError):
        return response.status, False
    finally:
        connection.close()
    return response.status, True


@pytest.mark.skipif(not shutil.which("haproxy"), reason="haproxy is missing: apt install haproxy")
def test_failures_pass_the_proxy(tmp_path: Path) -> None:
    """Through HAProxy a stream comes whole, a cut comes cut; before the headers it is a 502."""
    rows = {
        CHAT: (200, True),
        f"/s/loops/no-call{CHAT}": (200, True),
        f"/s/errors/server-error-forever{CHAT}": (500, True),
        f"/s/wire/disconnect-mid-text{CHAT}": (200, False),
        f"/s/wire/reset{CHAT}": (200, False),
        f"/s/wire/disconnect-before-headers{CHAT}": (502, True),
    }
    with proxied(tmp_path, *(App(Engine(BUILTIN)) for _ in range(3))) as port:
        assert rows == {path: answer(port, path) for path in rows}


@pytest.mark.skipif(not shutil.which("haproxy"), reason="haproxy is missing: apt install haproxy")
def test_a_replica_that_is_not_ready_is_passed_over(tmp_path: Path) -> None:
    """HAProxy sends nothing to a server that lives, but could only say that its state is away."""
    cut_off = Engine(BUILTIN)
    sharing = sharing_at(cut_off, "redis://127.0.0.1:1/0", required=True)
    with proxied(tmp_path, App(Engine(BUILTIN)), over_http(cut_off, sharing=sharing)) as port:
        in_a_row = 0
        for _ in range(5_000):
            in_a_row = in_a_row + 1 if answer(port, CHAT)[0] == 200 else 0
            if in_a_row == 50:
                break
        assert 50 == in_a_row
