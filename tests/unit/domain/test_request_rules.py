"""Questions and confirmations are settled once, by people; findings are accepted by people; tools leave a trace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.commands import (
    AcceptFinding,
    AnswerConfirmation,
    AnswerQuestion,
    CloseRequest,
    Command,
    Complete,
    OpenRequest,
    RecordToolCalls,
    Restore,
    WithdrawAcceptance,
)
from domain.events import RequestAnswered, ToolCalled
from domain.findings import MAX_ACCEPTED_FINDINGS
from domain.permissions import Role, may_send
from domain.refusals import Refusal
from domain.requests import (
    MAX_OPEN_REQUESTS,
    MOST_CLOSED_REQUESTS_KNOWN,
    ConfirmationAnswer,
    QuestionAnswer,
    RequestBody,
    RequestDraft,
)
from domain.tool_calls import ToolCall, ToolCallBody
from domain.values import Actor, CIMStatus

from .books import AGENT, LEA, Book, full_book

OTHER = Actor(kind="user", id="otto")
SYSTEM = Actor(kind="system", id="ingest")


def opened(
    book: Book, id_: str, kind: str = "question", options: tuple[str, ...] = (), multiple: bool = False
) -> Command:
    body = RequestBody.model_validate({"kind": kind, "text": "What?", "options": options, "multiple": multiple})
    draft = RequestDraft(id=id_, run_id="r1", agent_id="a1", body=body)
    return OpenRequest(type="open_request", command_id=book.command_id(), request=draft)


def answer(book: Book, id_: str, *choices: str, text: str = "") -> Command:
    given = QuestionAnswer(choices=choices, text=text)
    return AnswerQuestion(type="answer_question", command_id=book.command_id(), request_id=id_, answer=given)


def confirm(book: Book, id_: str, approved: bool = True) -> Command:
    given = ConfirmationAnswer(approved=approved, reason="" if approved else "too bold")
    return AnswerConfirmation(type="answer_confirmation", command_id=book.command_id(), request_id=id_, answer=given)


def denied_with_arguments(book: Book, id_: str) -> Command:
    given = ConfirmationAnswer(approved=False, arguments_hash="0" * 64)
    return AnswerConfirmation(type="answer_confirmation", command_id=book.command_id(), request_id=id_, answer=given)


def close(book: Book, id_: str, how: str = "cancelled") -> Command:
    fields = {"type": "close_request", "command_id": book.command_id(), "request_id": id_, "how": how}
    return CloseRequest.model_validate(fields)


def accept(book: Book, id_: str, reason: str = "The auditor agrees.") -> Command:
    return AcceptFinding(type="accept_finding", command_id=book.command_id(), finding_id=id_, reason=reason)


def withdraw(book: Book, id_: str) -> Command:
    return WithdrawAcceptance(type="withdraw_acceptance", command_id=book.command_id(), finding_id=id_)


def tool_calls(book: Book, *ids: str) -> Command:
    calls = tuple(
        ToolCall(
            id=id_,
            run_id="r1",
            agent_id="a1",
            agent_type="assistant",
            tool="search_documents",
            status="done",
            content_hash=ToolCallBody(arguments={"query": id_}).hash,
        )
        for id_ in ids
    )
    return RecordToolCalls(type="record_tool_calls", command_id=book.command_id(), calls=calls)


@pytest.fixture
def book() -> Book:
    """Free, one of two, several of three; a confirmation; a plan; and a question that was superseded."""
    made = full_book()
    for command in (
        opened(made, "free"),
        opened(made, "one", options=("A", "B")),
        opened(made, "many", options=("A", "B", "C"), multiple=True),
        opened(made, "yes-no", kind="confirmation"),
        opened(made, "plan", kind="plan"),
        opened(made, "gone"),
        close(made, "gone", "superseded"),
    ):
        made.send(command, AGENT)
    return made


REFUSED: list[tuple[str, Actor, Callable[[Book], Command]]] = [
    ("unknown_request", LEA, lambda b: answer(b, "none", text="yes")),
    ("unknown_request", LEA, lambda b: close(b, "none")),
    ("request_closed", LEA, lambda b: answer(b, "gone", text="yes")),
    ("request_closed", LEA, lambda b: close(b, "gone", "cancelled")),
    ("wrong_answer", LEA, lambda b: answer(b, "yes-no", text="yes")),
    ("wrong_answer", LEA, lambda b: answer(b, "plan", text="yes")),
    ("wrong_answer", LEA, lambda b: confirm(b, "free")),
    ("wrong_answer", LEA, lambda b: denied_with_arguments(b, "plan")),
    ("wrong_answer", LEA, lambda b: answer(b, "free")),
    ("wrong_answer", LEA, lambda b: answer(b, "free", text="  ")),
    ("wrong_answer", LEA, lambda b: answer(b, "free", "A")),
    ("wrong_answer", LEA, lambda b: answer(b, "one")),
    ("wrong_answer", LEA, lambda b: answer(b, "one", "A", "B")),
    ("wrong_answer", LEA, lambda b: answer(b, "many")),
    ("wrong_answer", LEA, lambda b: answer(b, "many", "A", "A")),
    ("wrong_answer", LEA, lambda b: answer(b, "many", "A", "B", "C", "D")),
    ("people_only", AGENT, lambda b: answer(b, "free", text="yes")),
    ("people_only", SYSTEM, lambda b: confirm(b, "yes-no")),
    ("people_only", AGENT, lambda b: confirm(b, "plan")),
    ("people_only", AGENT, lambda b: accept(b, "f1")),
    ("people_only", AGENT, lambda b: withdraw(b, "f1")),
    ("agents_only", LEA, lambda b: opened(b, "mine")),
    ("agents_only", LEA, lambda b: tool_calls(b, "t1")),
    ("not_accepted", LEA, lambda b: withdraw(b, "f1")),
]


@pytest.mark.parametrize(
    ("code", "actor", "make"), REFUSED, ids=[f"{code}-{n}" for n, (code, _, _) in enumerate(REFUSED)]
)
def test_refused_without_a_trace(book: Book, code: str, actor: Actor, make: Callable[[Book], Command]) -> None:
    before = book.session
    with pytest.raises(Refusal) as refused:
        book.send(make(book), actor)
    assert refused.value.problem.code == code
    assert refused.value.problem.message.endswith(".")
    assert book.session == before


SETTLED: list[tuple[str, Callable[[Book], Command]]] = [
    ("free", lambda b: answer(b, "free", text="yes")),
    ("one", lambda b: answer(b, "one", "B", text="since it grows")),
    ("one", lambda b: answer(b, "one", text="neither")),
    ("many", lambda b: answer(b, "many", "A", "C")),
    ("yes-no", lambda b: confirm(b, "yes-no")),
    ("plan", lambda b: confirm(b, "plan", approved=False)),
]


@pytest.mark.parametrize(("id_", "make"), SETTLED)
def test_settled_once_and_the_second_hears_how_and_by_whom(
    book: Book, id_: str, make: Callable[[Book], Command]
) -> None:
    [event] = book.send(make(book), OTHER).events
    assert isinstance(event, RequestAnswered)
    assert (event.request_id, event.run_id, event.agent_id) == (id_, "r1", "a1")
    assert id_ not in book.state.open_requests
    for actor, by in ((LEA, "otto"), (OTHER, "you")):
        with pytest.raises(Refusal) as refused:
            book.send(make(book), actor)
        assert refused.value.problem.code == "request_closed"
        assert f"answered already, by {by} at 2026-01-05" in refused.value.problem.message


def test_opening_or_closing_again_is_nothing(book: Book) -> None:
    assert book.send(opened(book, "free"), AGENT).events == ()
    assert book.send(opened(book, "gone"), AGENT).events == ()
    assert book.send(close(book, "gone", "superseded"), AGENT).events == ()


def test_a_person_cancels_a_question(book: Book) -> None:
    [event] = book.send(close(book, "free"), LEA).events
    assert event.type == "request_closed"
    assert book.state.closed_requests[-1].how == "cancelled"


def test_tools_leave_one_event_for_each_call_and_change_nothing(book: Book) -> None:
    before = book.state
    events = book.send(tool_calls(book, "t1", "t2"), AGENT).events
    assert [event.call.id for event in events if isinstance(event, ToolCalled)] == ["t1", "t2"]
    assert book.state == before.model_copy(update={"rev": before.rev + 2, "updated_at": book.state.updated_at})


def test_open_and_known_requests_are_bounded() -> None:
    book = Book()
    for n in range(MAX_OPEN_REQUESTS):
        book.send(opened(book, f"q{n}"), AGENT)
    with pytest.raises(Refusal) as refused:
        book.send(opened(book, "more"), AGENT)
    assert refused.value.problem.code == "limit_reached"
    for n in range(MAX_OPEN_REQUESTS, MAX_OPEN_REQUESTS + MOST_CLOSED_REQUESTS_KNOWN):
        book.send(close(book, f"q{n - MAX_OPEN_REQUESTS}"), AGENT)
        book.send(opened(book, f"q{n}"), AGENT)
    assert len(book.state.closed_requests) == MOST_CLOSED_REQUESTS_KNOWN


def test_a_complete_book_still_talks_but_is_not_changed(book: Book) -> None:
    for slide_id in ("a2", "b1"):
        book.approve(slide_id)
    book.send(Complete(type="complete", command_id=book.command_id(), open_findings=()))
    for command, actor in (
        (opened(book, "late"), AGENT),
        (answer(book, "late", text="yes"), LEA),
        (confirm(book, "plan"), LEA),
        (close(book, "free"), LEA),
        (tool_calls(book, "t1"), AGENT),
    ):
        assert book.send(command, actor).events
    assert book.content.status is CIMStatus.COMPLETE
    with pytest.raises(Refusal) as refused:
        book.send(accept(book, "f1"))
    assert refused.value.problem.code == "cim_complete"


def test_requests_and_acceptances_are_no_content(book: Book) -> None:
    content, rev = full_book().content, full_book().state.rev
    book.send(accept(book, "f1"))
    assert book.content == content
    book.save_persona("other")
    state = book.state
    book.send(Restore(type="restore", command_id=book.command_id(), to_seq=rev, content=content))
    assert book.content == content
    assert book.state.open_requests == state.open_requests
    assert book.state.closed_requests == state.closed_requests
    assert book.state.accepted_findings == state.accepted_findings


def _ready() -> Book:
    book = full_book()
    for slide_id in ("a2", "b1"):
        book.approve(slide_id)
    return book


@pytest.mark.parametrize("findings", [None, ()])
def test_complete_without_findings(findings: tuple[str, ...] | None) -> None:
    book = _ready()
    book.send(Complete(type="complete", command_id=book.command_id(), open_findings=findings))
    assert book.content.status is CIMStatus.COMPLETE


def test_findings_block_until_each_is_accepted() -> None:
    book = _ready()

    def complete() -> Command:
        return Complete(type="complete", command_id=book.command_id(), open_findings=("f1", "f2"))

    book.send(accept(book, "f1"))
    with pytest.raises(Refusal) as refused:
        book.send(complete())
    assert refused.value.problem.code == "not_ready"
    assert "1 figure is contradicted or not supported by the documents" in refused.value.problem.message
    book.send(accept(book, "f2"), OTHER)
    assert book.state.accepted_findings["f2"].by == "otto"
    book.send(withdraw(book, "f1"))
    with pytest.raises(Refusal):
        book.send(complete())
    book.send(accept(book, "f1"))
    book.send(complete())
    assert book.content.status is CIMStatus.COMPLETE


def test_acceptances_are_bounded_and_the_reason_may_change() -> None:
    book = Book()
    for n in range(MAX_ACCEPTED_FINDINGS):
        book.send(accept(book, f"f{n}"))
    with pytest.raises(Refusal) as refused:
        book.send(accept(book, "more"))
    assert refused.value.problem.code == "limit_reached"
    assert book.send(accept(book, "f1")).events == ()
    book.send(accept(book, "f1", "Management's own estimate."))
    assert book.state.accepted_findings["f1"].reason == "Management's own estimate."


MAY: list[tuple[Role, Callable[[Book], Command], bool]] = [
    (Role.VIEWER, lambda b: answer(b, "free", text="yes"), False),
    (Role.VIEWER, lambda b: opened(b, "q"), False),
    (Role.REVIEWER, lambda b: answer(b, "free", text="yes"), True),
    (Role.REVIEWER, lambda b: opened(b, "q"), True),
    (Role.REVIEWER, lambda b: close(b, "q"), True),
    (Role.REVIEWER, lambda b: tool_calls(b, "t1"), True),
    (Role.REVIEWER, lambda b: confirm(b, "plan"), False),
    (Role.REVIEWER, lambda b: accept(b, "f1"), False),
    (Role.EDITOR, lambda b: confirm(b, "plan"), True),
    (Role.EDITOR, lambda b: accept(b, "f1"), True),
    (Role.EDITOR, lambda b: withdraw(b, "f1"), True),
    (Role.LEAD, lambda b: confirm(b, "plan"), True),
]


@pytest.mark.parametrize(("role", "make", "may"), MAY)
def test_who_may_do_what(role: Role, make: Callable[[Book], Command], may: bool) -> None:
    assert may_send(role, make(Book())) is may
