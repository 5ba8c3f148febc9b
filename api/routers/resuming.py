"""Runs taken up again: after they ended, or from a step that is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.calling import CALLABLE, agents_called
from api.dependencies import Caller, OpenCIM, PartsOf, require
from api.headers import IdempotencyKey
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.runs import StartedRun, find_run, queued, start, unknown_run
from api.starting import id_of, new_message_id, start_or_problem
from domain.permissions import Action
from domain.values import NO_TRUTH, Id, content_hash
from store import Checkpoint, Page, Run
from workflows.contract import ForkPoint, RunInput, TurnInput

router = APIRouter(tags=["runs"])


class Fork(BaseModel):
    model_config = ConfigDict(extra="forbid")

    agent_id: Id
    step: Annotated[int, Field(ge=0, le=10_000), NO_TRUTH]


@router.get("/runs/{run_id}/steps", operation_id="list_steps", responses=problems(403, 404))
async def list_steps(
    parts: PartsOf,
    person: Caller,
    run_id: Annotated[Id, Path()],
    agent_id: Annotated[Id, Query(description="The agent session; a draft run is its own.")],
) -> Page[Checkpoint]:
    """The steps of an agent's graph that are kept, in order. Each can be forked."""
    run, _ = await find_run(parts, person, run_id)
    steps = await parts.store.checkpoints.of_agent(run.cim_id, agent_id)
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
    await parts.store.runs.put(queued(again, run.instruction))
    return await start(parts, again, response)


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
    session = await parts.store.agents.get(body.agent_id)
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
    await parts.store.runs.put(queued(forked, run.instruction))
    return await start(parts, forked, response)


async def _turn_again(
    parts: Parts, run: Run, opened: OpenCIM, point: ForkPoint | None, run_id: str, response: Response
) -> StartedRun:
    """The message again, on a branch of its own, answered from the step on, or anew."""
    said = await parts.store.messages.get(run.message_id)
    if said is None:
        raise unknown_run()
    text_hash = content_hash(said.text)
    await parts.store.contents.put_text(run.cim_id, text_hash, said.text)
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


async def _step(parts: Parts, run: Run, point: ForkPoint) -> Checkpoint:
    found = await parts.store.checkpoints.get(f"{point.agent_id}:{point.step:04}")
    if found is None or found.run_id != run.id:
        raise ApiProblem("unknown_step", "The run has no such step.", "Look at the steps that are kept.")
    return found


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
