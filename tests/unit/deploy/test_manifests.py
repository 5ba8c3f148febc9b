"""The manifests for a cluster: built by Kustomize, valid by the schemas of Kubernetes, of one mind with the rest."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import kubernetes_validate  # pyright: ignore[reportMissingTypeStubs]
import pytest
import yaml
from prometheus_client import REGISTRY
from pydantic import TypeAdapter

from deploy.embedded.places import CHECKOUT
from settings import Settings
from tests.unit.deploy.test_containers import OF_OTHERS, instructions, known_variables
from tests.unit.telemetry.test_rules import OF_THE_SDK
from worker import HAND_BACK_SECONDS

KUBERNETES = CHECKOUT / "deploy" / "kubernetes"
BUILT = ("single", "production", "application", "migration")
KUBERNETES_VERSION = "1.32"
CUSTOM = {"PodMonitor", "PrometheusRule"}
"""Kinds of the Prometheus operator, whose schemas Kubernetes does not have."""
SECRETS = {
    *("MONGODB_URL", "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_ANON_KEY", "SUPABASE_JWT_SECRET"),
    *("BOOKRUNNER_ASSERTION_KEYS", "BOOKRUNNER_MASTER_KEYS"),
}
FINISHING_SECONDS = 5
Documents = TypeAdapter(list[dict[str, Any]])


def documents(text: str) -> list[dict[str, Any]]:
    return Documents.validate_python([one for one in yaml.safe_load_all(text) if one is not None])


@functools.cache
def build(overlay: str) -> str:
    for command in (["kubectl", "kustomize"], ["kustomize", "build"]):
        if shutil.which(command[0]) is not None:
            done = subprocess.run([*command, KUBERNETES / overlay], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout
    pytest.skip("neither kubectl nor kustomize is here to build the manifests")


def of_kind(overlay: str, kind: str) -> list[dict[str, Any]]:
    return [one for one in documents(build(overlay)) if one["kind"] == kind]


def deployment(overlay: str, name: str) -> dict[str, Any]:
    return next(one for one in of_kind(overlay, "Deployment") if one["metadata"]["name"] == name)


def container(overlay: str, name: str) -> dict[str, Any]:
    [only] = deployment(overlay, name)["spec"]["template"]["spec"]["containers"]
    return only


def variables(overlay: str, name: str) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container(overlay, name)["env"]}


def written() -> Iterator[Path]:
    for path in sorted(KUBERNETES.rglob("*.yaml")):
        if path.name not in ("kustomization.yaml", "adapter-rules.yaml"):
            yield path


@pytest.mark.parametrize("path", list(written()), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_file_is_valid_by_the_schema_of_its_kind(path: Path) -> None:
    check(documents(path.read_text()))


@pytest.mark.parametrize("overlay", BUILT)
def test_what_is_built_is_valid_by_the_schemas(overlay: str) -> None:
    check(documents(build(overlay)))


def check(found: list[dict[str, Any]]) -> None:
    assert found
    for one in found:
        if one["kind"] not in CUSTOM:
            cast("Any", kubernetes_validate).validate(one, KUBERNETES_VERSION, strict=True)


def test_a_schema_refuses_what_is_wrong() -> None:
    wrong = deployment("single", "bookrunner-api")
    wrong["spec"]["template"]["spec"]["containers"][0]["readinessProb"] = {}
    with pytest.raises(cast("Any", kubernetes_validate).ValidationError):
        check([wrong])


@pytest.mark.parametrize("name", ["bookrunner-api", "bookrunner-worker"])
@pytest.mark.parametrize("overlay", ["single", "production"])
def test_pods_may_do_nothing_that_they_need_not(overlay: str, name: str) -> None:
    pod = deployment(overlay, name)["spec"]["template"]["spec"]
    user = next(text for kind, text in instructions() if kind == "USER")
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == user
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert container(overlay, name)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container(overlay, name)["resources"]["limits"]["memory"]
    [budget] = [one for one in of_kind(overlay, "PodDisruptionBudget") if one["metadata"]["name"] == name]
    assert budget["spec"]["selector"] == deployment(overlay, name)["spec"]["selector"]


def test_nobody_is_killed_before_the_drain_is_over() -> None:
    worker = deployment("production", "bookrunner-worker")["spec"]["template"]["spec"]
    drain = float(variables("production", "bookrunner-worker")["BOOKRUNNER_WORKER_DRAIN_SECONDS"])
    assert worker["terminationGracePeriodSeconds"] > drain + HAND_BACK_SECONDS
    api = deployment("production", "bookrunner-api")["spec"]["template"]["spec"]
    drain = float(variables("production", "bookrunner-api")["BOOKRUNNER_API_DRAIN_SECONDS"])
    assert api["terminationGracePeriodSeconds"] > drain + FINISHING_SECONDS
    probe = container("production", "bookrunner-api")["readinessProbe"]
    assert probe["httpGet"]["path"] == "/ready"
    assert drain > probe["periodSeconds"] * probe["failureThreshold"], "traffic would still come when it is gone"


@pytest.mark.parametrize("overlay", BUILT)
def test_every_variable_means_something_and_none_is_missing(overlay: str) -> None:
    given = {name: value for one in of_kind(overlay, "ConfigMap") for name, value in one["data"].items()}
    names = {one["metadata"]["name"] for one in of_kind(overlay, "Deployment")}
    for name in names:
        assert set(variables(overlay, name)) | set(given) <= known_variables() | set(OF_OTHERS)
    if overlay in ("single", "production"):
        told = set(given) | SECRETS
        needed = {Settings.variable_of(name) for name in ("temporal_address", "mongodb_url", "supabase_url")}
        assert needed <= told
        assert not SECRETS & set(given)


def test_ports_of_metrics_are_those_that_are_told() -> None:
    for name, asked in {
        "bookrunner-api": ["BOOKRUNNER_API_METRICS_ADDRESS"],
        "bookrunner-worker": ["BOOKRUNNER_WORKER_METRICS_ADDRESS", "BOOKRUNNER_TEMPORAL_METRICS_ADDRESS"],
    }.items():
        told = {int(variables("production", name)[one].rpartition(":")[2]) for one in asked}
        ports = {one["containerPort"]: one["name"] for one in container("production", name)["ports"]}
        assert told <= set(ports)
        [monitor] = of_kind("production", "PodMonitor")
        assert {ports[one] for one in told} <= {one["port"] for one in monitor["spec"]["podMetricsEndpoints"]}
        allowed = [port["port"] for rule in policy("bookrunner")["ingress"] for port in rule["ports"]]
        assert told <= set(allowed)


def policy(name: str) -> dict[str, Any]:
    return next(one for one in of_kind("production", "NetworkPolicy") if one["metadata"]["name"] == name)["spec"]


def test_workers_and_apis_grow_by_metrics_that_are_told() -> None:
    rules = yaml.safe_load((KUBERNETES / "adapter-rules.yaml").read_text())["rules"]["custom"]
    made = {rule["name"]["as"]: rule for rule in rules}
    for scaler in of_kind("production", "HorizontalPodAutoscaler"):
        assert "replicas" not in deployment("production", scaler["spec"]["scaleTargetRef"]["name"])["spec"]
        [asked] = [one["pods"]["metric"]["name"] for one in scaler["spec"]["metrics"] if one["type"] == "Pods"]
        sources = set(re.findall(r"(\w+)\{<<", made[asked]["metricsQuery"]))
        assert sources
        assert sources <= OF_THE_SDK | {metric.name for metric in REGISTRY.collect()}


ALERTS = CHECKOUT / "deploy" / "observing" / "alerts.yaml"


def test_the_rules_of_the_cluster_are_those_of_everybody() -> None:
    [rules] = documents((KUBERNETES / "observing" / "rules.yaml").read_text())
    assert rules["spec"]["groups"] == yaml.safe_load(ALERTS.read_text())["groups"]


def test_workers_of_an_application_are_told_apart_from_the_others() -> None:
    one = deployment("application", "example-bookrunner-worker")
    labels = one["spec"]["selector"]["matchLabels"]
    assert labels["bookrunner/application"] == "example"
    assert labels.items() <= one["spec"]["template"]["metadata"]["labels"].items()
    sources = [
        source["configMapRef"]["name"]
        for source in container("application", one["metadata"]["name"])["envFrom"]
        if "configMapRef" in source
    ]
    [own] = of_kind("application", "ConfigMap")
    assert sources[-1] == own["metadata"]["name"], "what is said last counts"


def test_workers_of_an_application_grow_by_themselves() -> None:
    [scaler] = of_kind("application", "HorizontalPodAutoscaler")
    [workers] = of_kind("application", "Deployment")
    assert scaler["spec"]["scaleTargetRef"]["name"] == workers["metadata"]["name"]
    assert "replicas" not in workers["spec"]
    [of_all] = [one for one in of_kind("production", "HorizontalPodAutoscaler") if "worker" in one["metadata"]["name"]]
    assert scaler["spec"]["metrics"] == of_all["spec"]["metrics"]
