"""AI runs: start one, see how far it and its agents are, stop it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api.dependencies import Caller, Limit, OpenCIM, Opened, OpenedNow, PartsOf, require
from api.headers import IdempotencyKey
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.runs import StartedRun, bad_cursor, find_run, queued, run_over, start
from api.starting import id_of, told
from api.trials import take_message
from domain.model import MAX_SECTIONS
from domain.permissions import Action
from domain.values import NO_TRUTH, Id, Paragraph, content_hash
from store import AgentSession, AgentStatus, BadCursor, Page, Run, RunStatus, Slide
from store.paging import merged, place_of_run
from workflows.contract import DraftKind, RunInput

router = APIRouter(tags=["runs"])


class NewRun(BaseModel):
    """A run to start. `compose` plans, writes, reviews; `writers_at_once` and `review_rounds` bound it.

    `plan_approval`: whether people look over the plan of a compose run before it goes on. `slide_id`: the one slide
    that `draft_slides` writes again; no other is touched.
    """

    model_config = ConfigDict(extra="forbid")

    kind: DraftKind | Literal["compose"]
    instruction: Paragraph = ""
    section_ids: Annotated[tuple[Id, ...], Field(max_length=MAX_SECTIONS)] = ()
    slide_id: Id | None = None
    plan_approval: StrictBool = True
    writers_at_once: Annotated[int, Field(ge=1, le=8), NO_TRUTH] = 3
    review_rounds: Annotated[int, Field(ge=0, le=5), NO_TRUTH] = 2


@router.post("/cims/{cim_id}/runs", operation_id="start_run", status_code=202, responses=problems(403, 404, 413))
async def start_run(
    parts: PartsOf, opened: OpenedNow, body: NewRun, response: Response, idempotency_key: IdempotencyKey = None
) -> StartedRun:
    """Have something drafted out of the documents. Progress comes on the stream as `run` notices."""
    require(opened, Action.BOOKS_RUN)
    slide = None if body.slide_id is None else await _slide(parts, opened, body)
    run_id = id_of("run", opened.cim_id, opened.person.person_id, idempotency_key)
    if idempotency_key is None or await parts.store.runs.get(run_id) is None:
        await take_message(parts, opened)
    instruction_hash = content_hash(body.instruction) if body.instruction else ""
    if body.instruction:
        await parts.store.contents.put_text(opened.cim_id, instruction_hash, body.instruction)
    run = RunInput(
        run_id=run_id,
        cim_id=opened.cim_id,
        org_id=opened.address.org_id,
        deal_id=opened.address.deal_id,
        kind=body.kind,
        requested_by=opened.actor,
        instruction_hash=instruction_hash,
        section_ids=body.section_ids if slide is None else (slide.section_id,),
        slide_id="" if slide is None else slide.id,
        plan_approval=body.plan_approval,
        writers_at_once=body.writers_at_once,
        review_rounds=body.review_rounds,
        asks_flags=True,
    )
    if idempotency_key is None or await parts.store.runs.get(run_id) is None:
        await parts.store.runs.put(queued(run, body.instruction))
    return await start(parts, run, response)


@router.get("/runs", operation_id="list_all_runs", responses=problems())
async def list_all_runs(
    parts: PartsOf,
    person: Caller,
    status: Annotated[RunStatus | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Limit = 50,
) -> Page[Run]:
    """The runs of every book that you may see, newest first."""
    deals = await parts.grants.deals_of(person.person_id)
    try:
        pages = [
            await each.store.runs.of_deals([deal.deal_id for deal in deals], status=status, cursor=cursor, limit=limit)
            for each in await parts.everywhere({deal.org_id for deal in deals})
        ]
    except BadCursor:
        raise bad_cursor() from None
    return merged(pages, limit, place_of_run)


@router.get("/cims/{cim_id}/runs", operation_id="list_runs", responses=problems(403, 404))
async def list_runs(
    parts: PartsOf,
    opened: Opened,
    status: Annotated[RunStatus | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Limit = 100,
) -> Page[Run]:
    """The newest runs first."""
    try:
        return await parts.store.runs.of_cim(opened.cim_id, status=status, cursor=cursor, limit=limit)
    except BadCursor:
        raise bad_cursor() from None


@router.get("/runs/{run_id}", operation_id="read_run", responses=problems(403, 404))
async def read_run(parts: PartsOf, person: Caller, run_id: Annotated[Id, Path()]) -> Run:
    run, _ = await find_run(parts, person, run_id)
    return run


@router.get("/runs/{run_id}/agents", operation_id="list_agents", responses=problems(403, 404))
async def list_agents(
    parts: PartsOf,
    person: Caller,
    run_id: Annotated[Id, Path()],
    status: Annotated[AgentStatus | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Limit = 100,
) -> Page[AgentSession]:
    """The agent sessions of a run, in the order in which they began."""
    run, _ = await find_run(parts, person, run_id)
    try:
        return await parts.store.agents.of_cim(run.cim_id, run_id=run.id, status=status, cursor=cursor, limit=limit)
    except BadCursor:
        raise bad_cursor() from None


@router.get("/cims/{cim_id}/agents", operation_id="list_agents_of_book", responses=problems(403, 404))
async def list_agents_of_book(
    parts: PartsOf,
    opened: Opened,
    status: Annotated[AgentStatus | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Limit = 100,
) -> Page[AgentSession]:
    """The agent sessions of a book, such as all that are running."""
    try:
        return await parts.store.agents.of_cim(opened.cim_id, status=status, cursor=cursor, limit=limit)
    except BadCursor:
        raise bad_cursor() from None


@router.post("/runs/{run_id}/cancel", operation_id="cancel_run", status_code=202, responses=problems(403, 404, 409))
async def cancel_run(parts: PartsOf, person: Caller, run_id: Annotated[Id, Path()]) -> StartedRun:
    """Stop a run with all its agents. What is saved and said stays; a model that is speaking is cut off."""
    run, opened = await find_run(parts, person, run_id)
    require(opened, Action.BOOKS_ASK if run.kind == "chat" else Action.BOOKS_RUN)
    if run.is_over:
        raise run_over()
    if not await told(parts.gateway.cancel_run(run.cim_id, run.id)):
        waits = run.kind == "chat" and run.status == "queued"
        if not waits or not await told(parts.gateway.drop_turn(run.cim_id, run.thread_id, run.id)):
            raise run_over()
    return StartedRun(run_id=run.id)


async def _slide(parts: Parts, opened: OpenCIM, body: NewRun) -> Slide:
    if body.kind != "draft_slides":
        raise ApiProblem("invalid_input", "Only `draft_slides` is for one slide.", "Leave `slide_id` out.")
    slide = await parts.store.books.slide(opened.cim_id, body.slide_id or "")
    if slide is None:
        raise ApiProblem("unknown_slide", "The book has no such slide.", "It may have been removed.", status=404)
    return slide
