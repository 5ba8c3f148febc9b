"""Versions of workers as Temporal keeps them: who polls, which one takes new work, and the books on it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta

from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.deployment.v1 import WorkerDeploymentVersion as VersionMessage
from temporalio.api.enums.v1 import TaskQueueType, WorkerDeploymentVersionStatus
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    DescribeWorkerDeploymentVersionRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client
from temporalio.common import PinnedVersioningOverride, WorkerDeploymentVersion, WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from workflows.contract import CIM_WORKFLOW, DEAL_ID, THREAD_WORKFLOW
from workflows.platform import PROBE_WORKFLOW, ProbeAnswer, ProbeQuestion, probe_workflow_id

RPC_TIMEOUT = timedelta(seconds=10)
PROBE_EXECUTION = timedelta(seconds=60)
MOST_WORKFLOWS = 10_000
_BOTH = {TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY}


@dataclass(frozen=True)
class OpenWorkflow:
    id: str
    run_id: str
    type: str
    deal_id: str

    @property
    def waits_for_people(self) -> bool:
        """Books and threads stay open until somebody says something; all else ends by itself."""
        return self.type in (CIM_WORKFLOW, THREAD_WORKFLOW)


class WorkerVersions:
    """Raises RPCError while Temporal does not answer."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def polls(self, deployment: str, build_id: str, task_queue: str) -> bool:
        """Whether workers of this build have ever polled the queue, for workflows and for activities.

        Where the server does not know the build for activities, it gives those to the current build.
        """
        request = DescribeWorkerDeploymentVersionRequest(
            namespace=self.client.namespace,
            deployment_version=VersionMessage(deployment_name=deployment, build_id=build_id),
        )
        try:
            found = await self.client.workflow_service.describe_worker_deployment_version(request, timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        queues = found.worker_deployment_version_info.task_queue_infos
        return {queue.type for queue in queues if queue.name == task_queue} >= _BOTH

    async def probe(
        self, org_id: str, task_queue: str, version: WorkerDeploymentVersion, question: ProbeQuestion
    ) -> ProbeAnswer:
        """What a worker of exactly this build answers. Raises WorkflowFailureError when none does."""
        handle = await self.client.start_workflow(
            PROBE_WORKFLOW,
            question,
            id=probe_workflow_id(org_id, question.application_id, question.build_id),
            task_queue=task_queue,
            result_type=ProbeAnswer,
            execution_timeout=PROBE_EXECUTION,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            versioning_override=PinnedVersioningOverride(version),
            rpc_timeout=RPC_TIMEOUT,
        )
        return await handle.result()

    async def current(self, deployment: str) -> str:
        """The build that takes new work; empty for none."""
        found = await self._described(deployment)
        return "" if found is None else found.routing_config.current_deployment_version.build_id

    async def set_current(self, deployment: str, build_id: str, *, unattended: bool = False) -> None:
        """Give new work to a build; none where it is empty. `unattended`: also where none of its workers polls."""
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self.client.namespace,
            deployment_name=deployment,
            build_id=build_id,
            ignore_missing_task_queues=unattended,
            allow_no_pollers=unattended and build_id != "",
        )
        await self.client.workflow_service.set_worker_deployment_current_version(request, timeout=RPC_TIMEOUT)

    async def ramp_of(self, deployment: str, build_id: str) -> float:
        """The share of new work, in percent, that a build gets without being the current one."""
        found = await self._described(deployment)
        routing = None if found is None else found.routing_config
        is_ramping = routing is not None and routing.ramping_deployment_version.build_id == build_id
        return routing.ramping_version_percentage if routing is not None and is_ramping else 0.0

    async def set_ramp(self, deployment: str, build_id: str, percent: float) -> None:
        """Give a share of new work to a build; none where it is empty."""
        request = SetWorkerDeploymentRampingVersionRequest(
            namespace=self.client.namespace, deployment_name=deployment, build_id=build_id, percentage=percent
        )
        await self.client.workflow_service.set_worker_deployment_ramping_version(request, timeout=RPC_TIMEOUT)

    async def drained(self, deployment: str) -> list[str]:
        """Builds that took work once, and have none left."""
        found = await self._described(deployment)
        if found is None:
            return []
        done = WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED
        return [each.deployment_version.build_id for each in found.version_summaries if each.status == done]

    async def open_workflows(
        self, task_queue: str, *, not_on: WorkerDeploymentVersion | None = None
    ) -> AsyncGenerator[OpenWorkflow]:
        """At most 10,000 at a time. `not_on`: only the books that are on another build."""
        query = f"TaskQueue = '{task_queue}' AND ExecutionStatus = 'Running'"
        if not_on is not None:
            shown = f"{not_on.deployment_name}:{not_on.build_id}"
            query += f" AND WorkflowType = '{CIM_WORKFLOW}' AND TemporalWorkerDeploymentVersion != '{shown}'"
        async for each in self.client.list_workflows(query, limit=MOST_WORKFLOWS):
            yield OpenWorkflow(each.id, each.run_id, each.workflow_type, each.typed_search_attributes.get(DEAL_ID, ""))

    async def _described(self, deployment: str) -> WorkerDeploymentInfo | None:
        request = DescribeWorkerDeploymentRequest(namespace=self.client.namespace, deployment_name=deployment)
        try:
            found = await self.client.workflow_service.describe_worker_deployment(request, timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return found.worker_deployment_info
