"""The dashboard and the alert rules speak of metrics that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

import telemetry.metrics
from deploy.embedded.places import CHECKOUT

FOLDER = CHECKOUT / "deploy" / "observing"
OURS = re.compile(r"\bbookrunner_\w+")
OF_THE_SDK = {
    "temporal_workflow_task_execution_failed",
    "temporal_activity_execution_failed",
    "temporal_worker_task_slots_available",
    "temporal_worker_task_slots_used",
    "temporal_workflow_task_schedule_to_start_latency_bucket",
    "temporal_activity_schedule_to_start_latency_bucket",
}


def expressions(file: Path) -> Iterator[str]:
    if file.suffix == ".json":
        dashboard = json.loads(file.read_text())
        yield from (target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    else:
        yield from (rule["expr"] for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"])


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.*")), ids=lambda file: file.name)
def test_every_metric_is_told_by_somebody(file: Path) -> None:
    known = {
        name
        for metric in REGISTRY.collect()
        for name in (metric.name, f"{metric.name}_total", f"{metric.name}_bucket", f"{metric.name}_count")
    }
    assert telemetry.metrics.REQUESTS is not None
    named = [name for expression in expressions(file) for name in OURS.findall(expression)]
    assert named
    assert set(named) <= known
    assert {
        name for expression in expressions(file) for name in re.findall(r"\btemporal_\w+", expression)
    } <= OF_THE_SDK


def test_every_alert_says_what_is_felt_and_what_to_do() -> None:
    for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]:
        for rule in group["rules"]:
            assert {"summary", "next_step"} <= rule["annotations"].keys()
            assert rule["labels"]["severity"] in ("page", "ticket")


def test_panels_do_not_overlap() -> None:
    panels = json.loads((FOLDER / "grafana-dashboard.json").read_text())["panels"]
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert len({panel["id"] for panel in panels}) == len(panels)
