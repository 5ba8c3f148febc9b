"""The workflow of one agent session: a LangGraph graph run to its end, with waits for people that cost nothing."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError
from temporalio.exceptions import TimeoutError as StepTimeout

from domain.requests import ClosedHow, RequestAnswer
from workflows.contract import (
    AGENT_WORKFLOW,
    ANSWERED_SIGNAL,
    LOOK_UP_TIMEOUT,
    OVERTAKEN_SIGNAL,
    RECORD_RETRY,
    AgentInput,
    AgentOutcome,
)
from workflows.patches import CALLS_PROVED, STOP_COUNTS
from workflows.proving import UNPROVEN, is_proved

with workflow.unsafe.imports_passed_through():
    from activities.sessions import (
        CloseRequests,
        EndAnswer,
        HeardAnswer,
        SessionActivities,
        SessionReport,
        SessionStatus,
    )
    from agents.running import CannotGoOn, GraphRun

REPORT_TIMEOUT = timedelta(seconds=20)
REPORT_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=10))
LONGEST_WAIT_FOR_THE_BOOK = timedelta(seconds=30)
"""The book tells an agent what became of each of its requests; this long it is waited for."""
SENTENCES_FOR_PEOPLE = frozenset({"RunFailed", "ModelRefused", "ModelUnavailable", "BudgetUsedUp", "CommandsHeldUp"})
"""Types of errors whose message is meant for people."""


@workflow.defn(name=AGENT_WORKFLOW)
class AgentWorkflow:
    @workflow.init
    def __init__(self, start: AgentInput) -> None:
        self._start = start
        self._needs_proof = workflow.patched(CALLS_PROVED)
        self._started_at = workflow.now()
        self._graph = GraphRun(start.graph, start.agent_id)
        self._answers: dict[str, RequestAnswer] = {}
        self._waits_for: tuple[str, ...] = ()
        self._overtaken = 0
        self._begun: asyncio.Task[None] | None = None
        self._steps = 0
        self._doing = ""
        self._show("running")

    @workflow.run
    async def run(self, start: AgentInput) -> AgentOutcome:
        proof = asyncio.create_task(self._is_proved())
        try:
            if not await asyncio.shield(proof):
                workflow.set_current_details(UNPROVEN)
                return AgentOutcome(agent_id=start.agent_id, status="failed", error=UNPROVEN)
            self._begun = asyncio.create_task(self._report("running"))
            await self._work()
            await self._begun
        except asyncio.CancelledError:
            if not await proof:
                raise
            await asyncio.shield(self._end("cancelled", "Stopped."))
            raise
        except ActivityError as error:
            if isinstance(error.cause, CancelledError):
                await asyncio.shield(self._end("cancelled", "Stopped."))
                raise
            return await self._failed(sentence_of(error))
        except CannotGoOn as reason:
            return await self._failed(str(reason))
        return await self._completed()

    @workflow.signal(name=ANSWERED_SIGNAL, unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON)
    async def answered(self, answer: RequestAnswer) -> None:
        """What became of a request; the first word counts. What people said is read in the log of the book."""
        recorded = await self._recorded(answer) if self._needs_proof and answer.how == "answered" else answer
        if recorded is None:
            workflow.logger.warning("the book has no such answer to %s as this agent was told of", answer.request_id)
            return
        self._answers.setdefault(recorded.request_id, recorded)

    @workflow.signal(name=OVERTAKEN_SIGNAL)
    def overtaken(self) -> None:
        """People have said something new: what is asked now is superseded by it."""
        self._overtaken += 1

    async def _is_proved(self) -> bool:
        return not self._needs_proof or await is_proved(self._start)

    async def _work(self) -> None:
        start = self._start
        if start.forks is not None:
            await self._graph.go_on_from(
                await workflow.execute_activity_method(
                    SessionActivities.checkpoint_at,
                    start.forks,
                    start_to_close_timeout=REPORT_TIMEOUT,
                    retry_policy=REPORT_RETRY,
                ),
                start.state,
            )
        else:
            self._graph.begin(start.state)
        while True:
            async with aclosing(self._graph.steps()) as steps:
                async for node in steps:
                    self._steps += 1
                    self._doing = node
                    self._show("running")
                    _stop_where_asked_to()
            requests = self._graph.requests
            if not requests:
                return
            self._graph.answer(await self._answers_to(requests))

    async def _answers_to(self, requests: tuple[str, ...]) -> list[RequestAnswer]:
        """One answer for each request; waits for as long as it takes."""
        overtaken = self._overtaken
        self._waits_for = tuple(one for one in requests if one not in self._answers)
        if self._waits_for:
            self._show("running")
            await self._report("waiting")
            await workflow.wait_condition(
                lambda: all(one in self._answers for one in requests) or self._overtaken > overtaken
            )
            await self._supersede()
            await self._report("running")
        return [self._answers[one] for one in requests]

    async def _supersede(self) -> None:
        """Closes what is not answered yet. The book has the last word: an answer that came first counts."""
        left = self._unanswered()
        await self._close_open_requests("superseded")
        try:
            await workflow.wait_condition(
                lambda: all(one in self._answers for one in left), timeout=LONGEST_WAIT_FOR_THE_BOOK
            )
        except TimeoutError:
            for request_id in left:
                self._answers.setdefault(request_id, RequestAnswer(request_id=request_id, how="superseded"))

    async def _recorded(self, answer: RequestAnswer) -> RequestAnswer | None:
        start = self._start
        return await workflow.execute_local_activity_method(
            SessionActivities.answer_in_log,
            HeardAnswer(cim_id=start.cim_id, agent_id=start.agent_id, request_id=answer.request_id, seq=answer.seq),
            start_to_close_timeout=LOOK_UP_TIMEOUT,
            retry_policy=RECORD_RETRY,
        )

    def _unanswered(self) -> tuple[str, ...]:
        return tuple(one for one in self._waits_for if one not in self._answers)

    async def _close_open_requests(self, how: ClosedHow) -> None:
        left = self._unanswered()
        self._waits_for = ()
        if left:
            await workflow.execute_activity_method(
                SessionActivities.close_requests,
                CloseRequests(start=self._start, request_ids=left, how=how),
                start_to_close_timeout=REPORT_TIMEOUT,
                retry_policy=REPORT_RETRY,
            )

    async def _completed(self) -> AgentOutcome:
        await self._report("completed")
        self._show("completed")
        return AgentOutcome(agent_id=self._start.agent_id, status="completed", state=self._graph.state)

    async def _failed(self, sentence: str) -> AgentOutcome:
        await self._end("failed", sentence)
        return AgentOutcome(agent_id=self._start.agent_id, status="failed", state=self._graph.state, error=sentence)

    async def _end(self, status: SessionStatus, error: str) -> None:
        """Leaves nothing open: requests, the answer under way, the record."""
        self._show(status)
        if self._begun is not None:
            await workflow.wait([self._begun])
        await self._close_open_requests("cancelled")
        if self._start.answer_id:
            await workflow.execute_activity_method(
                SessionActivities.end_answer,
                EndAnswer(
                    message_id=self._start.answer_id,
                    status="stopped" if status == "cancelled" else "failed",
                    error=None if status == "cancelled" else error,
                ),
                start_to_close_timeout=REPORT_TIMEOUT,
                retry_policy=REPORT_RETRY,
            )
        await self._report(status, error)

    async def _report(self, status: SessionStatus, error: str | None = None) -> None:
        report = SessionReport(
            start=self._start,
            status=status,
            doing=self._doing,
            steps=self._steps,
            waits_for=self._waits_for,
            state=self._graph.state if status == "completed" else {},
            error=error,
            started_at=self._started_at,
            completed_at=workflow.now() if status not in ("running", "waiting") else None,
        )
        await workflow.execute_activity_method(
            SessionActivities.record_session, report, start_to_close_timeout=REPORT_TIMEOUT, retry_policy=REPORT_RETRY
        )

    def _show(self, status: SessionStatus) -> None:
        start = self._start
        name = f"{start.agent_type.capitalize()}{f' ({start.title})' if start.title else ''}"
        if self._waits_for:
            now = f"waits for {len(self._waits_for)} answer{'s' if len(self._waits_for) > 1 else ''} of people"
        else:
            now = self._doing or "begins" if status == "running" else status
        workflow.set_current_details(f"{name}: {now}. {self._steps} steps.")


def _stop_where_asked_to() -> None:
    """A step that is waited for to its end takes the request to stop with it."""
    if workflow.cancellation_reason() is not None and workflow.patched(STOP_COUNTS):
        raise asyncio.CancelledError


def sentence_of(error: ActivityError) -> str:
    """Why an agent failed, for people."""
    cause = error.cause
    if isinstance(cause, ApplicationError):
        if cause.type in SENTENCES_FOR_PEOPLE:
            return cause.message
        return f"It ended with an internal error ({cause.type}). Try again; if it stays, tell the operators."
    if isinstance(cause, StepTimeout):
        return "A step took longer than it may. Try again."
    return "It ended unexpectedly. Try again."
