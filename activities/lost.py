"""Work whose workflow is gone, as when Temporal was set up anew: it is told so, and people can begin it again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import NAMESPACE_URL, uuid5

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.each_book import left_out_if_unreadable
from activities.sessions import EndAnswer, SessionLedger
from agents.ports import CIMAddress, CommandSender
from domain.commands import CloseRequest
from domain.state import RequestState
from domain.values import Actor
from store import Store
from store.models import AgentSession, Export, Run, Source
from workflows.contract import export_workflow_id, ingest_workflow_id, run_workflow_id, thread_workflow_id

BEGINS_WITHIN = timedelta(minutes=1)
"""How long after its record the workflow of some work may begin."""
RUN_LOST = "The workflow service lost this run. What it saved stays; start it again."
READING_LOST = "The workflow service lost this document while it was read. Upload it again."
EXPORT_LOST = "The workflow service lost this export. Ask for it again."


class Workflows(Protocol):
    async def is_open(self, workflow_id: str) -> bool: ...


class TemporalWorkflows:
    """Raises RPCError while Temporal does not answer."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def is_open(self, workflow_id: str) -> bool:
        try:
            found = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return found.status is WorkflowExecutionStatus.RUNNING


class LostWork:
    """What people wait for, and nobody does any more. Each may be settled again: it is found settled."""

    def __init__(
        self,
        store: Store,
        workflows: Workflows,
        sessions: SessionLedger,
        sender: CommandSender,
        tell: Callable[[Run], Awaitable[None]],
    ) -> None:
        """`tell` says to those who look on where a run stands."""
        self._store = store
        self._workflows = workflows
        self._sessions = sessions
        self._sender = sender
        self._tell = tell

    async def settle(self, now: datetime) -> int:
        """How much was lost."""
        lost = 0
        for run in await self._store.runs.unfinished():
            with left_out_if_unreadable(run.cim_id):
                if await self._is_lost(run, now):
                    await self._end_run(run, now)
                    lost += 1
        for cim_id in await self._store.open_cims():
            with left_out_if_unreadable(cim_id):
                for source in await self._store.sources.of_cim(cim_id):
                    lost += await self._settle_source(source, now)
                for export in await self._store.exports.of_cim(cim_id):
                    lost += await self._settle_export(export, now)
        return lost

    async def _is_lost(self, run: Run, now: datetime) -> bool:
        if run.started_at > now - BEGINS_WITHIN:
            return False
        if run.status == "queued" and run.thread_id:
            thread = thread_workflow_id(run.cim_id, run.thread_id)
            if await self._workflows.is_open(thread):
                return False
        return not await self._workflows.is_open(run_workflow_id(run.cim_id, run.id))

    async def _end_run(self, run: Run, now: datetime) -> None:
        state = await self._store.books.state(run.cim_id)
        if state is not None:
            await self._close(run, [each for each in state.open_requests.values() if each.run_id == run.id])
            async for session in self._unfinished_sessions(run):
                failed = {"status": "failed", "error": RUN_LOST, "completed_at": now, "waits_for": ()}
                await self._sessions.put_session(session.model_copy(update=failed))
            for message_id in run.answer_ids:
                await self._sessions.end_answer(EndAnswer(message_id=message_id, status="failed", error=RUN_LOST))
        ended = run.model_copy(update={"status": "failed", "error": RUN_LOST, "completed_at": now})
        await self._store.runs.put(ended)
        await self._tell(ended)

    async def _close(self, run: Run, requests: Sequence[RequestState]) -> None:
        """In the name of the agents that asked, as they would close them themselves."""
        for request in requests:
            command_id = uuid5(NAMESPACE_URL, f"bookrunner:request/{run.cim_id}/{request.id}/lost")
            close = CloseRequest(type="close_request", command_id=command_id, request_id=request.id, how="cancelled")
            agent = Actor(kind="agent", id=request.opened_by.id, on_behalf_of=run.actor.person_id)
            address = CIMAddress(cim_id=run.cim_id, org_id=run.org_id, deal_id=run.deal_id)
            await self._sender.send(address, agent, [close])

    async def _unfinished_sessions(self, run: Run) -> AsyncGenerator[AgentSession]:
        cursor: str | None = None
        while True:
            page = await self._store.agents.of_cim(run.cim_id, run_id=run.id, cursor=cursor)
            for session in page.items:
                if session.status in ("idle", "running"):
                    yield session
            if (cursor := page.next_cursor) is None:
                return

    async def _settle_source(self, source: Source, now: datetime) -> bool:
        if source.status not in ("received", "reading") or source.created_at > now - BEGINS_WITHIN:
            return False
        if await self._workflows.is_open(ingest_workflow_id(source.cim_id, source.id)):
            return False
        await self._store.sources.put(source.model_copy(update={"status": "refused", "problem": READING_LOST}))
        return True

    async def _settle_export(self, export: Export, now: datetime) -> bool:
        if export.status not in ("queued", "making") or export.created_at > now - BEGINS_WITHIN:
            return False
        if await self._workflows.is_open(export_workflow_id(export.cim_id, export.id)):
            return False
        failed = {"status": "failed", "error": EXPORT_LOST, "completed_at": now}
        await self._store.exports.put(export.model_copy(update=failed))
        return True
