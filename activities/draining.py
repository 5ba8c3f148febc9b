"""Moving open books to another build, and bringing an application to rest before its workers go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import WorkerDeploymentVersion
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.worker_versions import OpenWorkflow, WorkerVersions
from domain.applications import Application
from workflows.calls import CIMCalls
from workflows.contract import CIM_WORKFLOW, MOVE_ON_SIGNAL, STATE_QUERY
from workflows.platform import STEP_FAILED

if TYPE_CHECKING:
    from store.application import ApplicationDatabase

AT_ONCE = 10
AT_REST_SECONDS = 30.0
DRAIN_SECONDS = 600.0
QUIET_SECONDS = 6.0
"""Longer than an API may take to notice that an application is closed."""
LOOK_SECONDS = 0.5


class _Revision(BaseModel):
    model_config = ConfigDict(extra="ignore")

    cim_id: str
    rev: int


class Draining:
    def __init__(self, versions: WorkerVersions, open_database: Callable[[str], ApplicationDatabase]) -> None:
        self._versions = versions
        self._client = versions.client
        self._open_database = open_database

    async def move_books(self, application: Application, build: WorkerDeploymentVersion) -> tuple[int, int]:
        """How many went on on this build, and how many were busy; those move when they come to rest."""
        calls = CIMCalls(
            task_queue=application.task_queue,
            continue_after_events=application.settings.continue_as_new_after_events,
        )
        gate = asyncio.Semaphore(AT_ONCE)

        async def move(book: OpenWorkflow) -> bool:
            async with gate:
                return await self._move(application, calls, book)

        async with asyncio.TaskGroup() as group:
            moving = [
                group.create_task(move(book))
                async for book in self._versions.open_workflows(application.task_queue, not_on=build)
            ]
        moved = sum(task.result() for task in moving)
        return moved, len(moving) - moved

    async def drain(self, application: Application) -> int:
        """Waits for runs, imports and exports, and for every book to be recorded; then closes books and threads.

        A closed book is whole in its log, and opens from it. Raises ApplicationError when it does not come to rest.
        """
        ends_at = time.monotonic() + DRAIN_SECONDS
        await asyncio.sleep(QUIET_SECONDS)
        while time.monotonic() < ends_at:
            found = [each async for each in self._versions.open_workflows(application.task_queue)]
            if all(each.waits_for_people for each in found) and await self._are_recorded(application, found):
                for each in found:
                    await self._terminate(each)
                return sum(each.type == CIM_WORKFLOW for each in found)
            await asyncio.sleep(LOOK_SECONDS)
        raise ApplicationError(
            "The application did not come to rest; stop its runs, or try later.", type=STEP_FAILED, non_retryable=True
        )

    async def _move(self, application: Application, calls: CIMCalls, book: OpenWorkflow) -> bool:
        handle = self._client.get_workflow_handle(book.id)
        try:
            await handle.signal(MOVE_ON_SIGNAL)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return True
            raise
        ends_at = time.monotonic() + AT_REST_SECONDS
        while time.monotonic() < ends_at:
            now = await handle.describe()
            if now.status is not WorkflowExecutionStatus.RUNNING:
                await calls.open(self._client, application.org_id, book.deal_id, book.id.rpartition("/")[2])
                return True
            if now.run_id != book.run_id:
                return True
            await asyncio.sleep(LOOK_SECONDS)
        return False

    async def _are_recorded(self, application: Application, found: list[OpenWorkflow]) -> bool:
        database = self._open_database(application.database)
        try:
            for each in found:
                if each.type != CIM_WORKFLOW:
                    continue
                found_state = await self._client.get_workflow_handle(each.id).query(STATE_QUERY)
                if found_state is None:
                    continue
                book = _Revision.model_validate(found_state)
                if await database.rev_of(book.cim_id) < book.rev:
                    return False
        finally:
            await database.close()
        return True

    async def _terminate(self, open_workflow: OpenWorkflow) -> None:
        handle = self._client.get_workflow_handle(open_workflow.id)
        try:
            await handle.terminate("The application is retired; what was said is in its log.")
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
