"""The id of the request that something is done for, on its way from the API through workflows to activities.

It travels in headers of Temporal, which stand in histories in the clear, and is for log lines alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Protocol

from temporalio import client, worker, workflow
from temporalio.api.common.v1 import Payload

from telemetry.ids import current_ids, identify, ids_in, ids_of_workflow

HEADER = "request-id"
SOUND = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What counts as the id of a request, whoever gives it."""


class _WithHeaders(Protocol):
    headers: Mapping[str, Payload]


class CarriedRequests(client.Interceptor, worker.Interceptor):
    """For clients of Temporal, and with them for workers."""

    def intercept_client(self, next: client.OutboundInterceptor) -> client.OutboundInterceptor:
        return _Client(next)

    def workflow_interceptor_class(
        self, input: worker.WorkflowInterceptorClassInput
    ) -> type[worker.WorkflowInboundInterceptor]:
        return _IntoWorkflow


def request_in(headers: Mapping[str, Payload]) -> str:
    """Empty where there is none."""
    if HEADER not in headers:
        return ""
    try:
        told = json.loads(headers[HEADER].data)
    except ValueError:
        return ""
    return told if isinstance(told, str) and SOUND.fullmatch(told) else ""


def _carry(onward: _WithHeaders, request_id: str | None = None) -> None:
    """That of this task, unless another one is given; empty is none."""
    carried = current_ids().get("request_id", "") if request_id is None else request_id
    if carried:
        payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(carried).encode())
        onward.headers = {**onward.headers, HEADER: payload}


class _Client(client.OutboundInterceptor):
    async def start_workflow(self, input: client.StartWorkflowInput) -> client.WorkflowHandle[Any, Any]:
        _carry(input)
        return await super().start_workflow(input)

    async def signal_workflow(self, input: client.SignalWorkflowInput) -> None:
        _carry(input)
        await super().signal_workflow(input)

    async def start_workflow_update(self, input: client.StartWorkflowUpdateInput) -> client.WorkflowUpdateHandle[Any]:
        _carry(input)
        return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self, input: client.StartWorkflowUpdateWithStartInput
    ) -> client.WorkflowUpdateHandle[Any]:
        _carry(input.start_workflow_input)
        _carry(input.update_workflow_input)
        return await super().start_update_with_start_workflow(input)


class _IntoWorkflow(worker.WorkflowInboundInterceptor):
    """A handler works for the request that it was called by, and the workflow itself for the one that started it.

    That of a book is open for weeks: what it does itself, such as recording what several commands changed, is for the
    request that reached it last. That of a thread starts each run for the request that asked for it.
    """

    def init(self, outbound: worker.WorkflowOutboundInterceptor) -> None:
        self._own: dict[str, str] = {}
        self._of_runs: dict[str, str] = {}
        super().init(_OutOfWorkflow(outbound, self._of_runs))

    async def execute_workflow(self, input: worker.ExecuteWorkflowInput) -> Any:
        self._own = _begin(request_in(input.headers), **ids_in(input.args))
        return await super().execute_workflow(input)

    async def handle_signal(self, input: worker.HandleSignalInput) -> None:
        self._hear_of(request_in(input.headers))
        await super().handle_signal(input)

    async def handle_update_handler(self, input: worker.HandleUpdateInput) -> Any:
        self._hear_of(request_in(input.headers), update_id=input.id)
        return await super().handle_update_handler(input)

    def _hear_of(self, request_id: str, update_id: str = "") -> None:
        ids = _begin(request_id)
        match workflow.info().workflow_id.partition("/")[0]:
            case "cim":
                self._own.clear()
                self._own.update(ids)
            case "thread" if update_id:
                self._of_runs[update_id] = request_id
            case _:
                return


def _begin(request_id: str, **ids: str) -> dict[str, str]:
    workflow_id = workflow.info().workflow_id
    return identify(workflow_id=workflow_id, request_id=request_id, **{**ids_of_workflow(workflow_id), **ids})


class _OutOfWorkflow(worker.WorkflowOutboundInterceptor):
    def __init__(self, next: worker.WorkflowOutboundInterceptor, of_runs: dict[str, str]) -> None:
        """`of_runs`: the requests that asked for runs, by the id of the run, which is that of the update."""
        super().__init__(next)
        self._of_runs = of_runs

    def start_activity(self, input: worker.StartActivityInput) -> workflow.ActivityHandle[Any]:
        _carry(input)
        return super().start_activity(input)

    def start_local_activity(self, input: worker.StartLocalActivityInput) -> workflow.ActivityHandle[Any]:
        _carry(input)
        return super().start_local_activity(input)

    async def start_child_workflow(
        self, input: worker.StartChildWorkflowInput
    ) -> workflow.ChildWorkflowHandle[Any, Any]:
        run_id = ids_of_workflow(input.id).get("run_id", "")
        _carry(input, self._of_runs.pop(run_id, None))
        return await super().start_child_workflow(input)

    async def signal_child_workflow(self, input: worker.SignalChildWorkflowInput) -> None:
        _carry(input)
        await super().signal_child_workflow(input)

    async def signal_external_workflow(self, input: worker.SignalExternalWorkflowInput) -> None:
        _carry(input)
        await super().signal_external_workflow(input)
