"""The dashboard and the alert rules speak of metrics that there are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from prometheus_client import REGISTRY
from pydantic import BaseModel, Field

import telemetry.metrics
from activities.housekeeping import HousekeepingActivities
from deploy.embedded.places import CHECKOUT
from workflows.chores import TIMINGS, Chore

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
        yield from (rule["expr"] for rule in alert_rules(file))


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


def alert_rules(file: Path = FOLDER / "alerts.yaml") -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]


def test_every_alert_says_what_is_felt_and_what_to_do() -> None:
    for rule in alert_rules():
        assert {"summary", "next_step"} <= rule["annotations"].keys()
        assert rule["labels"]["severity"] in ("page", "ticket")


UPDATE_MINUTES = 30
"""How long workers of two releases may run side by side and nobody is paged."""
LONGEST_RETRY_MINUTES = 11
"""Between tries of a workflow task that fails again and again, as the server has it by default."""


def rule(alert: str) -> Rule:
    return next(Rule.model_validate(one) for one in alert_rules() if one["alert"] == alert)


class Rule(BaseModel):
    expr: str
    waits: str = Field(alias="for")
    annotations: dict[str, str]

    @property
    def window_minutes(self) -> int:
        [window] = re.findall(r"\[(\d+)m\]", self.expr)
        return int(window)

    @property
    def waits_minutes(self) -> int:
        return int(self.waits.removesuffix("m"))


PROMTOOL = shutil.which("promtool")
TROUBLE = Path(__file__).with_name("alerts.test.yaml")


def test_every_alert_has_a_trouble_that_it_tells() -> None:
    alerts = {rule["alert"] for rule in alert_rules()}
    expected = [
        sample["labels"]
        for trouble in yaml.safe_load(TROUBLE.read_text())["tests"]
        for looked_at in trouble["promql_expr_test"]
        for sample in looked_at["exp_samples"]
    ]
    assert {name for labels in expected for name in re.findall(r'alertname="(\w+)"', labels)} == alerts


def prometheus(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    if PROMTOOL is None:
        pytest.skip("promtool, a part of Prometheus, is not on PATH")
    return subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, check=False)


def test_prometheus_tells_of_trouble_and_of_nothing_else() -> None:
    told = prometheus("test", "rules", TROUBLE)
    assert told.returncode == 0, told.stdout + told.stderr


def test_prometheus_reads_every_panel(tmp_path: Path) -> None:
    panels = [
        {"record": f"panel:{place}", "expr": expression.replace("$__rate_interval", "5m")}
        for place, expression in enumerate(expressions(FOLDER / "grafana-dashboard.json"))
    ]
    rules = tmp_path / "panels.yaml"
    rules.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": panels}]}))
    told = prometheus("check", "rules", rules)
    assert told.returncode == 0, told.stdout + told.stderr


def test_an_update_pages_nobody() -> None:
    failing = rule("BookrunnerWorkflowTasksFail")
    assert failing.waits_minutes >= failing.window_minutes + UPDATE_MINUTES
    assert failing.window_minutes > LONGEST_RETRY_MINUTES
    assert "docs/releases.md" in failing.annotations["next_step"]


def test_housekeeping_that_never_was_is_told() -> None:
    resting = rule("BookrunnerChoresRest")
    [counted] = set(re.findall(r"bookrunner_chores_total\{[^}]*\}", resting.expr))
    assert counted == f'bookrunner_chores_total{{chore="{Chore.USAGE_HOURS}"}}'
    assert resting.expr.endswith(f" or absent({counted})")
    assert TIMINGS[Chore.USAGE_HOURS].cron.split(" ", 1)[1] == "* * * *", "it is done every hour"
    assert resting.window_minutes > 60
    assert resting.waits_minutes > 60


def test_every_chore_counts_from_nought_as_a_worker_starts() -> None:
    nobody = cast("Any", None)
    telemetry.metrics.CHORES.clear()
    HousekeepingActivities(nobody, nobody, nobody)
    told = {chore: REGISTRY.get_sample_value("bookrunner_chores_total", {"chore": chore}) for chore in Chore}
    assert told == dict.fromkeys(Chore, 0.0)


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
