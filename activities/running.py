"""What a run workflow tells the world about itself."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import Field
from temporalio import activity

from agents.desk import Desk
from agents.ports import Workspace
from agents.state import StepReport
from domain.values import AgentType, Instant, Value
from store.models import AgentSession, ComposeBounds, Run, RunProgress
from workflows.contract import RunInput, answer_ids

RunEnd = Literal["running", "completed", "failed", "cancelled"]


DRAFTED_BY: dict[str, AgentType] = {
    "draft_buyer_persona": "writer",
    "draft_hero_context": "writer",
    "draft_outline": "outline",
    "draft_slides": "writer",
}


class StepTime(Value):
    """How long a node of the graph took, in seconds as the workflow saw it. `part` counts sections from 1."""

    node: str
    part: int
    seconds: float


class RunReport(Value):
    """Where a run stands. `report_hashes` are the texts in which its nodes say what they did."""

    start: RunInput
    status: RunEnd
    done: int = 0
    total: int = 0
    doing: str = ""
    saved: int = 0
    started_at: Instant
    completed_at: Instant | None = None
    error: str | None = None
    report_hashes: tuple[str, ...] = ()
    steps: tuple[StepTime, ...] = Field(default=(), max_length=2_000)


class RunLedger(Protocol):
    """Keeps the record of runs, and tells those who look on."""

    async def has_book(self, cim_id: str) -> bool: ...

    async def put_run(self, run: Run) -> None: ...

    async def put_session(self, session: AgentSession) -> None: ...

    async def tell(self, run: Run) -> None: ...


class RunActivities:
    """Idempotent: the same report twice leaves the same record."""

    def __init__(self, ledger: RunLedger, workspace: Workspace) -> None:
        self._ledger = ledger
        self._workspace = workspace

    @activity.defn
    async def record_run(self, report: RunReport) -> None:
        """Nothing where the book was deleted: what the nodes said went with it."""
        start = report.start
        if not await self._ledger.has_book(start.cim_id):
            return
        desk = Desk(self._workspace, start.cim_id)
        steps = [await desk.load(StepReport, hash_) for hash_ in report.report_hashes]
        run = Run(
            id=start.run_id,
            cim_id=start.cim_id,
            org_id=start.org_id,
            deal_id=start.deal_id,
            kind=start.kind,
            status=report.status,
            progress=RunProgress(done=report.done, total=report.total, doing=report.doing),
            actor=start.requested_by,
            thread_id=start.thread_id,
            message_id=start.message_id,
            answer_ids=answer_ids(start) if start.answer_id else (),
            resumes=start.resumes,
            instruction=await _instruction(desk, start.instruction_hash),
            section_ids=start.section_ids,
            slide_id=start.slide_id,
            bounds=_bounds(start),
            started_at=report.started_at,
            completed_at=report.completed_at,
            error=report.error,
            notes=tuple(_with_section(step, note) for step in steps for note in step.notes),
            result={
                "saved": report.saved,
                "slides": [saved.model_dump() for step in steps for saved in step.saved],
                "steps": [step.model_dump() for step in report.steps],
                "cited": [one.model_dump(mode="json") for step in steps for one in step.cited],
            },
        )
        await self._ledger.put_run(run)
        if start.kind in DRAFTED_BY:
            await self._ledger.put_session(_session(report, run))
        await self._ledger.tell(run)


def _bounds(start: RunInput) -> ComposeBounds | None:
    if start.kind != "compose":
        return None
    return ComposeBounds(
        plan_approval=start.plan_approval, writers_at_once=start.writers_at_once, review_rounds=start.review_rounds
    )


def _session(report: RunReport, run: Run) -> AgentSession:
    """A draft run is the session of its one agent, under the run's id."""
    return AgentSession(
        id=run.id,
        cim_id=run.cim_id,
        org_id=run.org_id,
        run_id=run.id,
        agent_type=DRAFTED_BY[run.kind],
        status="failed" if report.status == "cancelled" else report.status,
        doing=report.doing,
        input={"kind": run.kind, "section_ids": list(run.section_ids)},
        output=run.result if report.status == "completed" else {},
        error="Stopped." if report.status == "cancelled" else report.error,
        started_at=report.started_at,
        completed_at=report.completed_at,
        steps=len(report.steps),
    )


async def _instruction(desk: Desk, hash_: str) -> str:
    """Empty where it is not kept: the run fails for that in its first step, and this record has to say so."""
    try:
        return await desk.instruction(hash_)
    except LookupError:
        return ""


def _with_section(step: StepReport, note: str) -> str:
    return f"{step.section_title}: {note}" if step.section_title else note
