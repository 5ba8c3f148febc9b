"""What agents ask of people: the questions, confirmations and plans that wait, and the way to answer them."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Literal, TypeAlias
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import BaseModel, Field, JsonValue

from api.dependencies import Caller, OpenCIM, Opened, PartsOf, unknown_cim
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.routers.commands import raise_where_all_failed
from api.runs import find_run
from api.submitting import CommandAnswer, Submitter
from domain.commands import AnswerConfirmation, AnswerQuestion, Command
from domain.events import RequestAnswered
from domain.requests import ClosedHow, ConfirmationAnswer, QuestionAnswer, RequestBody, RequestKind
from domain.state import ClosedRequest, RequestState
from domain.values import AgentType, Id, Instant, Paragraph, Value, content_hash
from store import Reminder

router = APIRouter(tags=["requests"])

MOST_CLOSED_SHOWN = 50


class RequestView(BaseModel):
    """A request with its body. `answer` is there where somebody answered; `closed_by` is the person."""

    id: str
    run_id: str
    agent_id: str
    agent_type: AgentType
    thread_id: str
    kind: RequestKind
    status: Literal["open"] | ClosedHow
    body: RequestBody
    opened_at: Instant
    closed_at: Instant | None = None
    closed_by: str | None = None
    answer: QuestionAnswer | ConfirmationAnswer | None = None
    reminders: int = 0
    reminded_at: Instant | None = None


class Requests(BaseModel):
    items: list[RequestView]


class ConfirmationGiven(Value):
    """Of a confirmation or a plan. `arguments` take the place of those that were shown; a denial says why."""

    approved: bool
    reason: Paragraph = ""
    arguments: Annotated[dict[str, JsonValue], Field(max_length=100)] | None = None


AnswerGiven: TypeAlias = Annotated[
    ConfirmationGiven | QuestionAnswer,
    Body(description="`{choices, text}` for a question; `{approved, reason, arguments}` for a confirmation or a plan."),
]


@router.get("/cims/{cim_id}/requests", operation_id="list_requests", responses=problems(403, 404))
async def list_requests(
    parts: PartsOf,
    opened: Opened,
    state: Annotated[
        Literal["open", "all"], Query(description="`all`: the last closed ones too, with their answers.")
    ] = "open",
) -> Requests:
    """In the order in which they were opened."""
    book = await parts.store.books.state(opened.cim_id)
    if book is None:
        raise unknown_cim()
    closed = book.closed_requests[-MOST_CLOSED_SHOWN:] if state == "all" else ()
    shown = sorted((*closed, *book.open_requests.values()), key=lambda request: request.seq)
    texts = await parts.store.contents.texts(opened.cim_id, {request.content_hash for request in shown})
    answers = await asyncio.gather(*(_answer_to(parts, opened.cim_id, request) for request in shown))
    reminders = await parts.store.reminders.by_request(opened.cim_id)
    return Requests(
        items=[
            _view(request, texts[request.content_hash], answer, reminders.get(request.id))
            for request, answer in zip(shown, answers, strict=True)
        ]
    )


@router.post(
    "/runs/{run_id}/answers/{request_id}",
    operation_id="answer_request",
    responses={
        202: {"model": CommandAnswer, "description": "Durable and on its way: not answered in time."},
        **problems(403, 404, 409, 413),
    },
)
async def answer_request(
    parts: PartsOf,
    person: Caller,
    run_id: Annotated[Id, Path()],
    request_id: Annotated[Id, Path()],
    body: AnswerGiven,
    response: Response,
) -> CommandAnswer:
    """Answer a question, a confirmation or a plan. Whoever is first settles it; the agent goes on."""
    run, opened = await find_run(parts, person, run_id)
    book = await parts.store.books.state(run.cim_id)
    request = book.open_requests.get(request_id) if book is not None else None
    if request is not None and request.run_id != run_id:
        raise ApiProblem("unknown_request", "This run asks nothing of the kind.", "Read the open requests again.")
    command = await _command(parts, opened, request_id, request, body)
    answers = await Submitter(parts, opened).execute([command])
    raise_where_all_failed(answers, single=True)
    if answers[0].status == "accepted":
        response.status_code = 202
    return answers[0]


async def _command(
    parts: Parts,
    opened: OpenCIM,
    request_id: str,
    request: RequestState | None,
    given: ConfirmationGiven | QuestionAnswer,
) -> Command:
    command_id = _command_id(opened, request_id, given)
    if isinstance(given, QuestionAnswer):
        if request is not None and request.kind == "question":
            await _check_choices(parts, opened.cim_id, request, given)
        return AnswerQuestion(type="answer_question", command_id=command_id, request_id=request_id, answer=given)
    arguments_hash = ""
    if given.arguments is not None:
        text = json.dumps(given.arguments, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        arguments_hash = content_hash(text)
        if request is not None and given.approved:
            await parts.store.contents.put_text(opened.cim_id, arguments_hash, text)
    answer = ConfirmationAnswer(approved=given.approved, reason=given.reason, arguments_hash=arguments_hash)
    return AnswerConfirmation(type="answer_confirmation", command_id=command_id, request_id=request_id, answer=answer)


def _command_id(opened: OpenCIM, request_id: str, given: ConfirmationGiven | QuestionAnswer) -> UUID:
    """The same for a repeated click."""
    said = content_hash(opened.cim_id, request_id, opened.person.person_id, given.model_dump_json())
    return uuid5(NAMESPACE_URL, f"urn:bookrunner:answer:{said}")


async def _check_choices(parts: Parts, cim_id: str, request: RequestState, answer: QuestionAnswer) -> None:
    texts = await parts.store.contents.texts(cim_id, {request.content_hash})
    options = RequestBody.from_kept(texts[request.content_hash]).options
    if foreign := [choice for choice in answer.choices if choice not in options]:
        raise ApiProblem(
            "wrong_answer",
            f"“{foreign[0]}” is not among the options.",
            "Choose among: " + "; ".join(options) + "." if options else "Answer with a text.",
        )


async def _answer_to(parts: Parts, cim_id: str, request: RequestState) -> QuestionAnswer | ConfirmationAnswer | None:
    if not isinstance(request, ClosedRequest) or request.how != "answered":
        return None
    for record in await parts.store.events(cim_id, request.closed_seq - 1, 1):
        event = record.event()
        if isinstance(event, RequestAnswered):
            return event.question or event.confirmation
    return None


def _view(
    request: RequestState,
    text: str,
    answer: QuestionAnswer | ConfirmationAnswer | None,
    reminder: Reminder | None,
) -> RequestView:
    closed = request if isinstance(request, ClosedRequest) else None
    return RequestView(
        id=request.id,
        run_id=request.run_id,
        agent_id=request.agent_id,
        agent_type=request.agent_type,
        thread_id=request.thread_id,
        kind=request.kind,
        status=closed.how if closed else "open",
        body=RequestBody.from_kept(text),
        opened_at=request.opened_at,
        closed_at=closed.closed_at if closed else None,
        closed_by=closed.closed_by if closed else None,
        answer=answer,
        reminders=reminder.count if reminder else 0,
        reminded_at=reminder.last_at if reminder else None,
    )
