"""AI runs: start one, see how far it is, stop it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import Caller, OpenCIM, Opened, PartsOf, open_cim, require
from api.gateway import NotRunning, Refused, TryAgain
from api.headers import IdempotencyKey
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.starting import id_of, start_or_problem
from domain.model import MAX_SECTIONS
from domain.permissions import Role
from domain.values import Id, Paragraph, content_hash
from store import Run
from workflows.contract import RunInput, RunKind

router = APIRouter(tags=["runs"])

OVER = ("completed", "failed", "cancelled")


class NewRun(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: RunKind
    instruction: Paragraph = ""
    section_ids: Annotated[tuple[Id, ...], Field(max_length=MAX_SECTIONS)] = ()


class StartedRun(BaseModel):
    run_id: str


class Runs(BaseModel):
    items: list[Run]


@router.post("/cims/{cim_id}/runs", operation_id="start_run", status_code=202, responses=problems(403, 404, 413))
async def start_run(
    parts: PartsOf, opened: Opened, body: NewRun, response: Response, idempotency_key: IdempotencyKey = None
) -> StartedRun:
    """Have something drafted out of the documents. Progress comes on the stream as `run` notices."""
    require(opened, Role.LEAD, Role.EDITOR)
    run_id = id_of("run", opened.cim_id, opened.person.person_id, idempotency_key)
    run = Run(
        id=run_id,
        cim_id=opened.cim_id,
        org_id=opened.address.org_id,
        kind=body.kind,
        actor=opened.actor,
        instruction=body.instruction,
        section_ids=body.section_ids,
        started_at=datetime.now(UTC),
    )
    instruction_hash = content_hash(body.instruction) if body.instruction else ""
    if body.instruction:
        await parts.store.put_body(opened.cim_id, instruction_hash, body.instruction)
    if idempotency_key is None or await parts.store.run(run_id) is None:
        await parts.store.put_run(run)
    await start_or_problem(
        parts.gateway.start_run(
            RunInput(
                run_id=run_id,
                cim_id=opened.cim_id,
                org_id=opened.address.org_id,
                deal_id=opened.address.deal_id,
                kind=body.kind,
                requested_by=opened.actor,
                instruction_hash=instruction_hash,
                section_ids=body.section_ids,
            )
        )
    )
    response.headers["Location"] = f"/runs/{run_id}"
    return StartedRun(run_id=run_id)


@router.get("/cims/{cim_id}/runs", operation_id="list_runs", responses=problems(403, 404))
async def list_runs(parts: PartsOf, opened: Opened) -> Runs:
    """The newest runs first."""
    return Runs(items=await parts.store.runs(opened.cim_id))


@router.get("/runs/{run_id}", operation_id="read_run", responses=problems(403, 404))
async def read_run(parts: PartsOf, person: Caller, run_id: Annotated[Id, Path()]) -> Run:
    run, _ = await _run(parts, person, run_id)
    return run


@router.post("/runs/{run_id}/cancel", operation_id="cancel_run", status_code=202, responses=problems(403, 404, 409))
async def cancel_run(parts: PartsOf, person: Caller, run_id: Annotated[Id, Path()]) -> StartedRun:
    """Ask a run to stop; what it has saved stays."""
    run, opened = await _run(parts, person, run_id)
    require(opened, Role.LEAD, Role.EDITOR)
    if run.status in OVER:
        raise _over()
    try:
        await parts.gateway.cancel_run(run.cim_id, run.id)
    except NotRunning:
        raise _over() from None
    except (TryAgain, Refused):
        raise ApiProblem(
            "workflow_unavailable", "The workflow service does not answer just now.", "Try again in a moment."
        ) from None
    return StartedRun(run_id=run.id)


async def _run(parts: Parts, person: Caller, run_id: str) -> tuple[Run, OpenCIM]:
    run = await parts.store.run(run_id)
    if run is None:
        raise _unknown()
    try:
        return run, await open_cim(run.cim_id, parts, person)
    except ApiProblem as problem:
        raise (_unknown() if problem.details.code == "unknown_cim" else problem) from None


def _unknown() -> ApiProblem:
    return ApiProblem("unknown_run", "There is no such run.", "Look at the runs of the book.")


def _over() -> ApiProblem:
    return ApiProblem("run_over", "This run is over.", "Start another one.")
