"""What agents ask of people, what they tell of their tools, and what people stand for: decisions and evolution.

None of it is content: stage, staleness and slides stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.commands import (
    AcceptFinding,
    AnswerConfirmation,
    AnswerQuestion,
    CloseRequest,
    OpenRequest,
    RecordToolCalls,
    WithdrawAcceptance,
    detach_bulk,
)
from domain.events import (
    AcceptanceWithdrawn,
    FindingAccepted,
    RequestAnswered,
    RequestClosed,
    RequestOpened,
    ToolCalled,
)
from domain.findings import MAX_ACCEPTED_FINDINGS, AcceptedFinding
from domain.refusals import Refusal
from domain.requests import (
    MAX_OPEN_REQUESTS,
    MOST_CLOSED_REQUESTS_KNOWN,
    QuestionAnswer,
    RequestReference,
)
from domain.state import CIMState, ClosedRequest, RequestState
from domain.values import Actor

RequestCommand = (
    OpenRequest
    | AnswerQuestion
    | AnswerConfirmation
    | CloseRequest
    | RecordToolCalls
    | AcceptFinding
    | WithdrawAcceptance
)
RequestEvent = RequestOpened | RequestAnswered | RequestClosed | ToolCalled | FindingAccepted | AcceptanceWithdrawn
Change = tuple[type[RequestEvent], dict[str, object]]


def request_changes(state: CIMState, command: RequestCommand, actor: Actor) -> Iterator[Change]:
    """The events that the command causes. Raises Refusal."""
    _check_actor(command, actor)
    match command:
        case OpenRequest():
            yield from _open(state, command)
        case AnswerQuestion(request_id=request_id, answer=answer):
            request = _require_open(state, request_id, actor)
            _check_question(request, answer)
            yield RequestAnswered, {**_address(request), "question": answer}
        case AnswerConfirmation(request_id=request_id, answer=answer):
            request = _require_open(state, request_id, actor)
            if request.kind == "question":
                raise Refusal("wrong_answer", "This is a question.", "Answer it with choices or a text.")
            if answer.arguments_hash and not answer.approved:
                raise Refusal("wrong_answer", "A denial changes nothing.", "Send arguments only with an approval.")
            yield RequestAnswered, {**_address(request), "confirmation": answer}
        case CloseRequest(request_id=request_id, how=how):
            closed = _closed(state, request_id)
            if closed is None or closed.how != how:
                yield RequestClosed, {**_address(_require_open(state, request_id, actor)), "how": how}
        case RecordToolCalls(calls=calls):
            for call in calls:
                yield ToolCalled, {"call": call}
        case AcceptFinding(finding_id=finding_id, reason=reason):
            yield from _accept(state, finding_id, reason)
        case WithdrawAcceptance(finding_id=finding_id):
            if finding_id not in state.accepted_findings:
                raise Refusal("not_accepted", "Nobody has accepted this finding.", "Read the findings again.")
            yield AcceptanceWithdrawn, {"finding_id": finding_id}


def evolve_requests(state: CIMState, event: RequestEvent) -> dict[str, object]:
    """The fields of the state that the event changes."""
    match event:
        case RequestOpened(request=request):
            opened = RequestState(**request.model_dump(), seq=event.seq, opened_at=event.at, opened_by=event.actor)
            return {"open_requests": {**state.open_requests, opened.id: opened}}
        case RequestAnswered() | RequestClosed():
            request = state.open_requests[event.request_id]
            closed = ClosedRequest(
                **request.model_dump(),
                how=event.how if isinstance(event, RequestClosed) else "answered",
                closed_by=event.actor.person_id,
                closed_at=event.at,
                closed_seq=event.seq,
            )
            return {
                "open_requests": {id_: each for id_, each in state.open_requests.items() if id_ != request.id},
                "closed_requests": (*state.closed_requests, closed)[-MOST_CLOSED_REQUESTS_KNOWN:],
            }
        case ToolCalled():
            return {}
        case FindingAccepted(finding_id=finding_id, reason=reason):
            accepted = AcceptedFinding(finding_id=finding_id, reason=reason, by=event.actor.person_id, at=event.at)
            return {"accepted_findings": {**state.accepted_findings, finding_id: accepted}}
        case AcceptanceWithdrawn(finding_id=finding_id):
            left = {id_: each for id_, each in state.accepted_findings.items() if id_ != finding_id}
            return {"accepted_findings": left}


def _check_actor(command: RequestCommand, actor: Actor) -> None:
    if isinstance(command, AnswerQuestion | AnswerConfirmation | AcceptFinding | WithdrawAcceptance):
        if actor.kind != "user":
            raise Refusal("people_only", "Only a person may decide this.", "Ask a person of the deal team.")
    elif isinstance(command, OpenRequest | RecordToolCalls) and actor.kind == "user":
        raise Refusal("agents_only", "Only agents ask people in this way and tell of their tools.", "Start a run.")


def _open(state: CIMState, command: OpenRequest) -> Iterator[Change]:
    detached = detach_bulk(command)[0]
    assert isinstance(detached, OpenRequest)
    request = detached.request
    assert isinstance(request, RequestReference)
    if request.id in state.open_requests or _closed(state, request.id) is not None:
        return
    if len(state.open_requests) >= MAX_OPEN_REQUESTS:
        raise Refusal(
            "limit_reached",
            f"{MAX_OPEN_REQUESTS} questions and confirmations wait for people already.",
            "Answer or close some of them first.",
        )
    yield RequestOpened, {"request": request}


def _accept(state: CIMState, finding_id: str, reason: str) -> Iterator[Change]:
    known = state.accepted_findings.get(finding_id)
    if known is not None and known.reason == reason:
        return
    if known is None and len(state.accepted_findings) >= MAX_ACCEPTED_FINDINGS:
        raise Refusal(
            "limit_reached",
            f"{MAX_ACCEPTED_FINDINGS} findings are accepted already.",
            "Correct the slides, or withdraw acceptances that are not needed any more.",
        )
    yield FindingAccepted, {"finding_id": finding_id, "reason": reason}


def _require_open(state: CIMState, request_id: str, actor: Actor) -> RequestState:
    request = state.open_requests.get(request_id)
    if request is not None:
        return request
    closed = _closed(state, request_id)
    if closed is None:
        raise Refusal("unknown_request", "There is no such question or confirmation.", "Read the open ones again.")
    by = "you" if closed.closed_by == actor.person_id else closed.closed_by
    raise Refusal(
        "request_closed",
        f"This {closed.kind} was {closed.how} already, by {by} at {closed.closed_at:%Y-%m-%d %H:%M} UTC.",
        "Nothing more is to be done here.",
    )


def _closed(state: CIMState, request_id: str) -> ClosedRequest | None:
    return next((closed for closed in reversed(state.closed_requests) if closed.id == request_id), None)


def _check_question(request: RequestState, answer: QuestionAnswer) -> None:
    if request.kind != "question":
        raise Refusal("wrong_answer", f"This is a {request.kind}.", "Approve it, or deny it with a reason.")
    count = len(answer.choices)
    if count != len(set(answer.choices)) or count > request.option_count:
        raise Refusal(
            "wrong_answer",
            f"The question has {request.option_count} options, each of which can be chosen once.",
            "Choose among them, or answer with a text.",
        )
    if count > 1 and not request.multiple:
        raise Refusal("wrong_answer", "One of the options is to be chosen.", "Send one choice, or a text.")
    if count == 0 and not answer.text.strip():
        raise Refusal("wrong_answer", "The answer is empty.", "Choose an option, or answer with a text.")


def _address(request: RequestState) -> dict[str, object]:
    return {"request_id": request.id, "run_id": request.run_id, "agent_id": request.agent_id}
