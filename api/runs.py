"""A run, found, kept and started: what the calls about runs have in common."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import Response
from pydantic import BaseModel

from api.dependencies import Caller, OpenCIM, open_cim_behind
from api.parts import Parts
from api.problems import ApiProblem
from api.starting import start_or_problem
from store import ComposeBounds, Run
from workflows.contract import RunInput


class StartedRun(BaseModel):
    run_id: str


async def find_run(parts: Parts, person: Caller, run_id: str) -> tuple[Run, OpenCIM]:
    """A run and its book. Raises `unknown_run` also for runs of other tenants."""
    run = await parts.store.runs.get(run_id)
    if run is None:
        raise unknown_run()
    return run, await open_cim_behind(run.cim_id, parts, person, unknown_run())


def run_over() -> ApiProblem:
    return ApiProblem("run_over", "This run is over.", "Start another one.")


async def start(parts: Parts, run: RunInput, response: Response) -> StartedRun:
    await start_or_problem(parts.gateway.start_run(run))
    response.headers["Location"] = f"/runs/{run.run_id}"
    return StartedRun(run_id=run.run_id)


def queued(run: RunInput, instruction: str) -> Run:
    return Run(
        id=run.run_id,
        cim_id=run.cim_id,
        org_id=run.org_id,
        deal_id=run.deal_id,
        kind=run.kind,
        actor=run.requested_by,
        instruction=instruction,
        section_ids=run.section_ids,
        slide_id=run.slide_id,
        bounds=ComposeBounds(
            plan_approval=run.plan_approval, writers_at_once=run.writers_at_once, review_rounds=run.review_rounds
        )
        if run.kind == "compose"
        else None,
        started_at=datetime.now(UTC),
    )


def bad_cursor() -> ApiProblem:
    return ApiProblem("invalid_input", "This cursor is not one of a page.", "Begin again without it.")


def unknown_run() -> ApiProblem:
    return ApiProblem("unknown_run", "There is no such run.", "Look at the runs of the book.")
