"""Recorded histories, and whether code replays them: `python -m tests.workflow.recorded FOLDER SAID`.

It runs with the code of other releases too.
"""

from __future__ import annotations

import asyncio
import gzip
import importlib
import json
import pkgutil
import sys
from collections.abc import Mapping
from pathlib import Path

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

import workflows
from agents.plugin import replay_plugin
from workflows.converter import data_converter
from workflows.sandbox import checking_runner


def served_workflows() -> dict[str, type]:
    """Every class of a workflow that there is, by the name of its type."""
    found: dict[str, type] = {}
    for module in pkgutil.iter_modules(workflows.__path__):
        for each in vars(importlib.import_module(f"workflows.{module.name}")).values():
            definition = _definition(each) if isinstance(each, type) else None
            if definition is not None and definition.name is not None:
                found[definition.name] = definition.cls
    return found


def _definition(each: type) -> workflow._Definition | None:  # pyright: ignore[reportPrivateUsage]
    return workflow._Definition.from_class(each)  # pyright: ignore[reportPrivateUsage]


def name_of(path: Path) -> str:
    return path.name.partition(".json")[0]


def history_in(path: Path) -> WorkflowHistory:
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], text)


def type_of(history: WorkflowHistory) -> str:
    return history.events[0].workflow_execution_started_event_attributes.workflow_type.name


def marks_in(history: WorkflowHistory) -> list[str]:
    """The patches that were asked, in order."""
    details = [event.marker_recorded_event_attributes.details for event in history.events]
    return [json.loads(each["patch-data"].payloads[0].data)["id"] for each in details if "patch-data" in each]


async def replay(history: WorkflowHistory, by_type: Mapping[str, type]) -> None:
    """Raises NondeterminismError where the code does another thing than was recorded, and RuntimeError where it fails
    for another reason, such as an input that it cannot read."""
    replayer = Replayer(
        workflows=[by_type[type_of(history)]],
        data_converter=data_converter(),
        workflow_runner=checking_runner(),
        plugins=[replay_plugin()],
    )
    await replayer.replay_workflow(history)


async def _main(folder: Path, into: Path) -> None:
    """Writes by name what each history comes to: nothing, or why it does not replay."""
    by_type = served_workflows()
    said: dict[str, str] = {}
    for path in sorted(folder.glob("*.json*")):
        try:
            await replay(history_in(path), by_type)
        except (KeyError, RuntimeError, workflow.NondeterminismError) as error:
            said[name_of(path)] = f"{type(error).__name__}: {error}"
        else:
            said[name_of(path)] = ""
    into.write_text(json.dumps(said, indent=1))


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), Path(sys.argv[2])))
