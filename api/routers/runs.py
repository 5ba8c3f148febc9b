"""AI runs: start one, see how far it and its agents are, stop it, take it up again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api.calling import CALLABLE, agents_called
from api.dependencies import Caller, Limit, OpenCIM, Opened, PartsOf, open_cim_behind, require
from api.headers import IdempotencyKey
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.starting import id_of, new_message_id, start_or_problem, told
from api.trials import take_message
from domain.model import MAX_SECTIONS
from domain.permissions import Action
from domain.values import NO_TRUTH, Id, Paragraph, content_hash
from store import AgentSession, AgentStatus, BadCursor, Checkpoint, ComposeBounds, Page, Run, RunStatus, Slide
from store.paging import merged, place_of_run
from workflows.contract import DraftKind, ForkPoint, RunInput, TurnInput

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


class Fork(BaseModel):
    model_config = ConfigDict(extra="forbid")

    agent_id: Id
    step: Annotated[int, Field(ge=0, le=10_000), NO_TRUTH]


class StartedRun(BaseModel):
    run_id: str


@router.post("/cims/{cim_id}/runs", operation_id="start_run", status_code=202, responses=problems(403, 404, 413))
async def start_run(
    parts: PartsOf, opened: Opened, body: NewRun, response: Response, idempotency_key: IdempotencyKey = None
) -> StartedRun:
    """Have something drafted out of the documents. Progress comes on the stream as `run` notices."""
    require(opened, Action.BOOKS_RUN)
    slide = None if body.slide_id is None else await _slide(parts, opened, body)
    run_id = id_of("run", opened.cim_id, opened.person.person_id, idempotency_key)
    if idempotency_key is None or await parts.store.run(run_id) is None:
        await take_message(parts, opened)
    instruction_hash = content_hash(body.instruction) if body.instruction else ""
    if body.instruction:
        await parts.store.put_body(opened.cim_id, instruction_hash, body.instruction)
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
    if idempotency_key is None or await parts.store.run(run_id) is None:
        await parts.store.put_run(_queued(run, body.instruction))
    return await _started(parts, run, response)


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
            await each.store.runs_of_deals([deal.deal_id for deal in deals], status=status, cursor=cursor, limit=limit)
            for each in await parts.everywhere({deal.org_id for deal in deals})
        ]
    except BadCursor:
        raise _bad_cursor() from None
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
        return await parts.store.runs(opened.cim_id, status=status, cursor=cursor, limit=limit)
    except BadCursor:
        raise _bad_cursor() from None


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
        return await parts.store.agents(run.cim_id, run_id=run.id, status=status, cursor=cursor, limit=limit)
    except BadCursor:
        raise _bad_cursor() from None


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
        return await parts.store.agents(opened.cim_id, status=status, cursor=cursor, limit=limit)
    except BadCursor:
        raise _bad_cursor() from None


@router.get("/runs/{run_id}/steps", operation_id="list_steps", responses=problems(403, 404))
async def list_steps(
    parts: PartsOf,
    person: Caller,
    run_id: Annotated[Id, Path()],
    agent_id: Annotated[Id, Query(description="The agent session; a draft run is its own.")],
) -> Page[Checkpoint]:
    """The steps of an agent's graph that are kept, in order. Each can be forked."""
    run, _ = await find_run(parts, person, run_id)
    steps = await parts.store.checkpoints(run.cim_id, agent_id)
    return Page[Checkpoint](items=tuple(step for step in steps if step.run_id == run.id))


@router.get("/runs/{run_id}/steps/{agent_id}/{step}", operation_id="read_step", responses=problems(403, 404))
async def read_step(
    parts: PartsOf,
    person: Caller,
    run_id: Annotated[Id, Path()],
    agent_id: Annotated[Id, Path()],
    step: Annotated[int, Path(ge=0, le=10_000)],
) -> Checkpoint:
    """One step with the state of the graph after it."""
    run, _ = await find_run(parts, person, run_id)
    return await _step(parts, run, ForkPoint(agent_id=agent_id, step=step))


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


@router.post("/runs/{run_id}/resume", operation_id="resume_run", status_code=202, responses=problems(403, 404, 409))
async def resume_run(
    parts: PartsOf,
    person: Caller,
    run_id: Annotated[Id, Path()],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> StartedRun:
    """Take up a run that failed or was stopped: what its agents finished counts, the rest is done again.

    The message of a chat run is answered anew, on a branch of its own.
    """
    run, opened = await find_run(parts, person, run_id)
    require(opened, Action.BOOKS_RUN)
    if not run.is_over or run.status == "completed":
        raise ApiProblem("run_not_over", f"This run is {run.status}.", "Only a failed or stopped run can be resumed.")
    resumed_id = id_of("resume", run.id, person.person_id, idempotency_key)
    if run.kind == "chat":
        return await _turn_again(parts, run, opened, None, resumed_id, response)
    again = _again(run, opened, resumed_id).model_copy(update={"resumes": run.id})
    await parts.store.put_run(_queued(again, run.instruction))
    return await _started(parts, again, response)


@router.post("/runs/{run_id}/fork", operation_id="fork_run", status_code=202, responses=problems(403, 404, 409))
async def fork_run(
    parts: PartsOf,
    person: Caller,
    run_id: Annotated[Id, Path()],
    body: Fork,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> StartedRun:
    """Go on from a step of an agent in a run of its own. The old run stays as it is."""
    run, opened = await find_run(parts, person, run_id)
    require(opened, Action.BOOKS_RUN)
    kept = await _step(parts, run, ForkPoint(agent_id=body.agent_id, step=body.step))
    if kept.state.get("is_done"):
        raise ApiProblem("not_possible", "The answer was complete after this step.", "Go on from an earlier step.")
    session = await parts.store.agent(body.agent_id)
    point = ForkPoint(
        agent_id=body.agent_id,
        step=body.step,
        graph=kept.graph,
        agent_type=session.agent_type if session is not None else "writer",
    )
    forked_id = id_of("fork", run.id, person.person_id, idempotency_key)
    if run.kind == "chat":
        return await _turn_again(parts, run, opened, point, forked_id, response)
    forked = _again(run, opened, forked_id).model_copy(update={"forks": point})
    await parts.store.put_run(_queued(forked, run.instruction))
    return await _started(parts, forked, response)


async def _turn_again(
    parts: Parts, run: Run, opened: OpenCIM, point: ForkPoint | None, run_id: str, response: Response
) -> StartedRun:
    """The message again, on a branch of its own, answered from the step on, or anew."""
    said = await parts.store.message(run.message_id)
    if said is None:
        raise _unknown()
    text_hash = content_hash(said.text)
    await parts.store.put_body(run.cim_id, text_hash, said.text)
    message_id = new_message_id()
    agents = agents_called(said.text, said.mentions)
    if point is not None:
        agents = () if point.agent_type == "assistant" else (point.agent_type,)
    turn = TurnInput(
        run=_again(run, opened, run_id).model_copy(
            update={
                "mode": said.mode,
                "thread_id": run.thread_id,
                "message_id": message_id,
                "answer_id": f"{message_id}a",
                "agents": agents,
                "named": tuple(mention for mention in said.mentions if mention not in CALLABLE),
                "forks": point,
            }
        ),
        text_hash=text_hash,
        parent_id=said.parent_id,
        starts_branch=True,
        mentions=said.mentions,
        sent_at=datetime.now(UTC),
    )
    accepted = await start_or_problem(parts.gateway.submit_turn(turn))
    response.headers["Location"] = f"/runs/{accepted.run_id}"
    return StartedRun(run_id=accepted.run_id)


async def find_run(parts: Parts, person: Caller, run_id: str) -> tuple[Run, OpenCIM]:
    """A run and its book. Raises `unknown_run` also for runs of other tenants."""
    run = await parts.store.run(run_id)
    if run is None:
        raise _unknown()
    return run, await open_cim_behind(run.cim_id, parts, person, _unknown())


def run_over() -> ApiProblem:
    return ApiProblem("run_over", "This run is over.", "Start another one.")


async def _started(parts: Parts, run: RunInput, response: Response) -> StartedRun:
    await start_or_problem(parts.gateway.start_run(run))
    response.headers["Location"] = f"/runs/{run.run_id}"
    return StartedRun(run_id=run.run_id)


async def _slide(parts: Parts, opened: OpenCIM, body: NewRun) -> Slide:
    if body.kind != "draft_slides":
        raise ApiProblem("invalid_input", "Only `draft_slides` is for one slide.", "Leave `slide_id` out.")
    slide = await parts.store.slide(opened.cim_id, body.slide_id or "")
    if slide is None:
        raise ApiProblem("unknown_slide", "The book has no such slide.", "It may have been removed.", status=404)
    return slide


async def _step(parts: Parts, run: Run, point: ForkPoint) -> Checkpoint:
    found = await parts.store.checkpoint(f"{point.agent_id}:{point.step:04}")
    if found is None or found.run_id != run.id:
        raise ApiProblem("unknown_step", "The run has no such step.", "Look at the steps that are kept.")
    return found


def _queued(run: RunInput, instruction: str) -> Run:
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


def _again(run: Run, opened: OpenCIM, run_id: str) -> RunInput:
    """The same run under another id."""
    return RunInput.model_validate(
        {
            "run_id": run_id,
            "cim_id": run.cim_id,
            "org_id": run.org_id,
            "deal_id": opened.address.deal_id,
            "kind": run.kind,
            "requested_by": opened.actor,
            "instruction_hash": content_hash(run.instruction) if run.instruction else "",
            "section_ids": run.section_ids,
            "slide_id": run.slide_id,
            "asks_flags": True,
            **(run.bounds.model_dump() if run.bounds is not None else {}),
        }
    )


def _bad_cursor() -> ApiProblem:
    return ApiProblem("invalid_input", "This cursor is not one of a page.", "Begin again without it.")


def _unknown() -> ApiProblem:
    return ApiProblem("unknown_run", "There is no such run.", "Look at the runs of the book.")
