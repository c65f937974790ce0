"""What is in `deploy/`, as values."""

from __future__ import annotations

import yaml

from mockrouter.values import JsonObject
from pages import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE: JsonObject = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
MANIFESTS: list[JsonObject] = [
    manifest
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for manifest in yaml.safe_load_all(path.read_text())
]


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
