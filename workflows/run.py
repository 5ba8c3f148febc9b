"""The workflow of one AI run: a LangGraph graph whose nodes are activities. It changes the CIM by commands alone."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, CancelledError

from domain.flags import COMPOSE_RUNS
from domain.values import Value
from workflows.agent import sentence_of
from workflows.agent_calls import AgentCalls, PartsFailed
from workflows.composing import ComposeProgress, compose
from workflows.contract import (
    CANCEL_RUN_SIGNAL,
    CHECK_RETRY,
    LOOK_UP_TIMEOUT,
    OVERTAKEN_SIGNAL,
    RUN_WORKFLOW,
    RunInput,
)
from workflows.forking import go_on_from_step
from workflows.patches import CALLS_PROVED
from workflows.proving import UNPROVEN, is_proved
from workflows.turning import answer_in_turn

with workflow.unsafe.imports_passed_through():
    from activities.flagging import FlagActivities, FlagQuestion
    from activities.running import RunActivities, RunEnd, RunReport, StepTime
    from agents.running import draft_steps
    from agents.state import DraftState

PROGRESS_QUERY = "progress"
MOST_STEP_TIMES = 2_000
REPORT_TIMEOUT = timedelta(seconds=20)
REPORT_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=10))
PROGRESS_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=3)


class RunOutcome(Value):
    """How a run ended. A failed run says why in `error`."""

    status: RunEnd
    saved: int = 0
    error: str | None = None


class RunView(Value):
    """Answer of the `progress` query: `done` of `total` parts."""

    status: RunEnd
    done: int
    total: int
    doing: str
    saved: int
    error: str | None = None


_DOING = {
    "gather": "reading the documents",
    "compose": "drafting",
    "check": "checking every figure",
    "repair": "mending the draft",
    "save": "saving",
}
_NEXT = {"gather": "compose", "compose": "check", "check": "save", "repair": "check", "save": "compose"}


@workflow.defn(name=RUN_WORKFLOW)
class RunWorkflow:
    @workflow.init
    def __init__(self, start: RunInput) -> None:
        self._start = start
        self._started_at = workflow.now()
        self._status: RunEnd = "running"
        self._doing = _DOING["gather"]
        self._done = 0
        self._total = 0
        self._saved = 0
        self._error: str | None = None
        self._report_hashes: tuple[str, ...] = ()
        self._steps: list[StepTime] = []
        self._working: asyncio.Task[None] | None = None
        self._cancel_asked = False
        self._needs_proof = workflow.patched(CALLS_PROVED)
        self._agents = AgentCalls(start, signs=self._needs_proof)
        self._show()

    @workflow.run
    async def run(self, start: RunInput) -> RunOutcome:
        proof = asyncio.create_task(self._is_proved())
        try:
            if not await asyncio.shield(proof):
                workflow.set_current_details(UNPROVEN)
                return RunOutcome(status="failed", error=UNPROVEN)
            await self._report(REPORT_RETRY)
            await self._work_unless_cancelled()
        except asyncio.CancelledError:
            if not await proof:
                raise
            await self._end("cancelled")
            if not self._cancel_asked:
                raise
        except ActivityError as error:
            if isinstance(error.cause, CancelledError):
                await self._end("cancelled")
                if not self._cancel_asked:
                    raise
            else:
                await self._end("failed", sentence_of(error))
        except PartsFailed as failed:
            await self._end("failed", str(failed))
        else:
            await self._end("cancelled" if self._cancel_asked and self._status != "completed" else "completed")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return RunOutcome(status=self._status, saved=self._saved, error=self._error)

    @workflow.signal(name=CANCEL_RUN_SIGNAL)
    def cancel(self) -> None:
        """Ends the run after the step in hand; what is saved stays."""
        self._cancel_asked = True
        if self._working is not None:
            self._working.cancel()

    @workflow.signal(name=OVERTAKEN_SIGNAL)
    async def overtaken(self) -> None:
        """People have said something new: what the agents ask now is superseded by it."""
        await self._agents.overtake()

    @workflow.query(name=PROGRESS_QUERY)
    def progress(self) -> RunView:
        return RunView(
            status=self._status,
            done=self._done,
            total=self._total,
            doing=self._doing,
            saved=self._saved,
            error=self._error,
        )

    async def _is_proved(self) -> bool:
        return not self._needs_proof or await is_proved(self._start)

    async def _work_unless_cancelled(self) -> None:
        if self._cancel_asked:
            raise asyncio.CancelledError
        self._working = asyncio.create_task(self._work())
        await self._working

    async def _work(self) -> None:
        match self._start.kind:
            case "chat":
                self._doing = "answering"
                await answer_in_turn(self._start, self._agents)
            case _ if self._start.forks is not None:
                self._doing = "going on from an earlier step"
                await go_on_from_step(self._start, self._start.forks, self._agents)
            case "compose":
                await self._must_be_on(COMPOSE_RUNS)
                await compose(self._start, self._agents, self._tell)
            case _:
                await self._draft()

    async def _must_be_on(self, flag: str) -> None:
        """Raises PartsFailed where the feature is off for who asked; the answer is part of the history."""
        if not self._start.asks_flags:
            return
        answers = await workflow.execute_local_activity_method(
            FlagActivities.flags_for,
            FlagQuestion(org_id=self._start.org_id, person_id=self._start.requested_by.person_id),
            start_to_close_timeout=LOOK_UP_TIMEOUT,
            retry_policy=CHECK_RETRY,
        )
        if flag not in answers:
            raise PartsFailed("This kind of run is switched off for you; the people who run your organisation can say.")

    async def _tell(self, progress: ComposeProgress) -> None:
        """Shows how far the run is."""
        self._done, self._total, self._doing = progress.done, progress.total, progress.doing
        self._saved, self._report_hashes = progress.saved, progress.report_hashes
        self._show()
        await self._report(PROGRESS_RETRY, needed=False)

    async def _draft(self) -> None:
        start = self._start
        state: DraftState = {
            "scope": {**start.scope, "kind": start.kind},
            "instruction_hash": start.instruction_hash,
            "section_ids": list(start.section_ids),
        }
        since = workflow.now()
        async for node, change in draft_steps(start.kind, state):
            now = workflow.now()
            self._finished(node, change, now - since)
            since = now
            if node in ("gather", "save"):
                await self._report(PROGRESS_RETRY, needed=False)

    def _finished(self, node: str, change: DraftState, took: timedelta) -> None:
        if len(self._steps) < MOST_STEP_TIMES:
            self._steps.append(StepTime(node=node, part=self._done + 1, seconds=round(took.total_seconds(), 3)))
        if node == "gather":
            self._total = len(change.get("section_ids", []))
        if node == "save":
            self._done = change.get("index", self._done)
            self._saved = change.get("saved", self._saved)
            self._report_hashes = tuple(change.get("report_hashes", []))
        self._doing = _DOING[_NEXT[node]]
        self._show()

    async def _end(self, status: RunEnd, error: str | None = None) -> None:
        self._status = status
        self._error = error
        self._doing = ""
        self._show()
        await asyncio.shield(self._report(REPORT_RETRY, completed_at=workflow.now()))

    async def _report(self, retry: RetryPolicy, *, completed_at: datetime | None = None, needed: bool = True) -> None:
        report = RunReport(
            start=self._start,
            status=self._status,
            done=self._done,
            total=self._total,
            doing=self._doing,
            saved=self._saved,
            started_at=self._started_at,
            completed_at=completed_at,
            error=self._error,
            report_hashes=self._report_hashes,
            steps=tuple(self._steps),
        )
        try:
            await workflow.execute_activity_method(
                RunActivities.record_run, report, start_to_close_timeout=REPORT_TIMEOUT, retry_policy=retry
            )
        except ActivityError as error:
            if needed or isinstance(error.cause, CancelledError):
                raise
            workflow.logger.warning("progress of a run could not be recorded; the run goes on")

    def _show(self) -> None:
        kind = self._start.kind.replace("_", " ")
        part = f", part {min(self._done + 1, self._total)} of {self._total}" if self._total > 1 else ""
        now = f"{self._doing}{part}" if self._status == "running" else self._status
        ending = f" {self._error}" if self._error else ""
        workflow.set_current_details(f"{kind.capitalize()}: {now}.{ending}")
