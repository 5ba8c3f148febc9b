"""Talking with the AI: a message starts a run that answers it; branches are switched; a run under way is steered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.calling import CALLABLE, agents_called
from api.dependencies import Caller, OpenedNow, PartsOf, require
from api.headers import IdempotencyKey
from api.problems import ApiProblem, problems
from api.runs import find_run, run_over
from api.starting import id_of, new_message_id, start_or_problem, told
from api.trials import take_message
from domain.permissions import Action, may
from domain.values import NO_NUL, Id, Mode, content_hash
from store import RunClosed, Thread
from workflows.contract import (
    BranchChoice,
    RunInput,
    TurnAccepted,
    TurnInput,
    TurnPolicy,
)

router = APIRouter(tags=["messages"])

MessageText = Annotated[str, StringConstraints(min_length=1, max_length=100_000, pattern=NO_NUL)]
SteeringText = Annotated[str, StringConstraints(min_length=1, max_length=4_000, pattern=NO_NUL)]


class NewMessage(BaseModel):
    """What you say. `mentions` are ids of slides, sections, entities or documents, or names of artifacts or agents.

    `parent_id`: the message that yours follows, where that is not the end of the active branch. `edits`: your message
    stands in place of that one, on a branch of its own; both stay.
    """

    model_config = ConfigDict(extra="forbid")

    text: MessageText
    thread_id: Id = "main"
    parent_id: Id | None = None
    edits: Id | None = None
    mode: Mode = "draft"
    mentions: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    policy: TurnPolicy = "enqueue"


class Steering(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: SteeringText


class SteeringTaken(BaseModel):
    """`number` counts what was added to the run, from 1."""

    run_id: str
    number: int


class ActiveBranch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    leaf_id: Id = Field(description="The last message of the branch.")


@router.post(
    "/cims/{cim_id}/messages", operation_id="send_message", status_code=202, responses=problems(403, 404, 409, 413)
)
async def send_message(
    parts: PartsOf, opened: OpenedNow, body: NewMessage, response: Response, idempotency_key: IdempotencyKey = None
) -> TurnAccepted:
    """Say something. The answers are written under `answer_ids`, and stream as they are written."""
    require(opened, Action.BOOKS_ASK)
    if body.mode != "ask" and not may([opened.role], Action.BOOKS_RUN):
        raise ApiProblem("forbidden", f"A {opened.role.value} may only ask.", "Send the message with mode `ask`.")
    parent_id, starts_branch = body.parent_id, False
    if body.edits is not None:
        edited = await parts.store.messages.get(body.edits)
        if edited is None or (edited.cim_id, edited.thread_id) != (opened.cim_id, body.thread_id):
            raise _unknown_message()
        if edited.role != "user":
            raise ApiProblem("invalid_input", "Only messages of people can be edited.", "Edit the question instead.")
        parent_id, starts_branch = edited.parent_id, True
    elif parent_id is not None:
        parent = await parts.store.messages.get(parent_id)
        if parent is None or (parent.cim_id, parent.thread_id) != (opened.cim_id, body.thread_id):
            raise _unknown_message()
    run_id = id_of("turn", opened.cim_id, opened.person.person_id, idempotency_key)
    if idempotency_key is not None and (known := await parts.store.runs.get(run_id)) is not None:
        return TurnAccepted(message_id=known.message_id, answer_ids=known.answer_ids, run_id=run_id)
    await take_message(parts, opened)
    now = datetime.now(UTC)
    text_hash = content_hash(body.text)
    await parts.store.contents.put_text(opened.cim_id, text_hash, body.text)
    message_id = new_message_id()
    turn = TurnInput(
        run=RunInput(
            run_id=run_id,
            cim_id=opened.cim_id,
            org_id=opened.address.org_id,
            deal_id=opened.address.deal_id,
            kind="chat",
            requested_by=opened.actor,
            mode=body.mode,
            thread_id=body.thread_id,
            message_id=message_id,
            answer_id=f"{message_id}a",
            agents=agents_called(body.text, body.mentions),
            named=tuple(mention for mention in body.mentions if mention not in CALLABLE),
        ),
        text_hash=text_hash,
        parent_id=parent_id,
        starts_branch=starts_branch,
        policy=body.policy,
        mentions=body.mentions,
        sent_at=now,
    )
    accepted = await start_or_problem(parts.gateway.submit_turn(turn))
    response.headers["Location"] = f"/runs/{accepted.run_id}"
    return accepted


@router.put(
    "/cims/{cim_id}/threads/{thread_id}/branch", operation_id="switch_branch", responses=problems(403, 404, 409)
)
async def switch_branch(
    parts: PartsOf, opened: OpenedNow, thread_id: Annotated[Id, Path()], body: ActiveBranch
) -> Thread:
    """Make a branch of the thread the active one: what is said next follows its end. Nothing is lost."""
    require(opened, Action.BOOKS_ASK)
    thread = await parts.store.threads.get(thread_id, of_cim=opened.cim_id)
    if thread is None or body.leaf_id not in thread.leaves:
        raise _unknown_message()
    choice = BranchChoice(
        cim_id=opened.cim_id,
        thread_id=thread_id,
        leaf_id=body.leaf_id,
        org_id=opened.address.org_id,
        chosen_by=opened.actor,
    )
    await start_or_problem(parts.gateway.switch_branch(opened.address, choice))
    return thread.model_copy(update={"leaf_id": body.leaf_id})


@router.post("/runs/{run_id}/steering", operation_id="steer_run", status_code=202, responses=problems(403, 404, 409))
async def steer_run(parts: PartsOf, person: Caller, run_id: Annotated[Id, Path()], body: Steering) -> SteeringTaken:
    """Add something to a run under way. Its agent reads it before the next step; what it asks is superseded."""
    run, opened = await find_run(parts, person, run_id)
    require(opened, Action.BOOKS_ASK)
    if run.is_over:
        raise run_over()
    try:
        number = await parts.store.steers.add(run.cim_id, run.id, body.text, opened.person.person_id)
    except RunClosed:
        raise run_over() from None
    await told(parts.gateway.overtake_run(run.cim_id, run.id))
    return SteeringTaken(run_id=run.id, number=number)


def _unknown_message() -> ApiProblem:
    return ApiProblem("unknown_message", "The thread has no such message.", "Read the thread again.")
