"""What becomes of the calls of one message: run, asked about, refused; once each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from pydantic import JsonValue
from temporalio.exceptions import ApplicationError

from agents.sending import CommandsHeldUp
from agents.tools.runner import MOST_CALLS, MOST_RESULT_CHARACTERS, Call, Settled, calls_of, request_id_of
from agents.tools.tool import Tool, ToolDesk, ToolResult
from domain.refusals import Problem, RefusalCode
from domain.requests import RequestAnswer
from domain.tool_calls import ToolCallBody
from domain.values import Value, content_hash
from tests.unit.agents.packs import MemoryBook
from tests.unit.agents.tools.desks import (
    LivingBook,
    Turn,
    answered,
    approved,
    denied,
    refusal,
    told,
    with_book,
)

PERSONA: dict[str, Any] = {"type": "Financial sponsor", "motivations": ["Cash"], "concerns": ["Debt"]}


def persona_of(book: MemoryBook) -> str:
    view = book.current.artifacts.buyer_persona
    return view.value.type if view else ""


async def test_a_call_that_is_asked_for_is_run_and_recorded() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Change the persona.")
    settled = await turn.call("save_buyer_persona", **PERSONA)
    assert persona_of(book) == "Financial sponsor"
    [record] = settled.records
    assert (record.tool, record.status, record.confirmed_by) == ("save_buyer_persona", "done", "")
    assert record.summary == "The buyer persona is saved."
    body = ToolCallBody.model_validate_json(settled.bodies[record.content_hash])
    assert body.arguments == PERSONA
    assert settled.messages[0].tool_call_id == "1"
    assert settled.left == ()


async def test_a_repeated_call_changes_nothing_twice() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Change the persona. Add a slide on sales.")
    calls = [
        Call(id="1", name="save_buyer_persona", arguments=dict(PERSONA)),
        Call(
            id="2",
            name="save_slide",
            arguments={"section_id": "s2", "title": "What comes next", "layout_type": "section"},
        ),
    ]
    first = await turn.settle(*calls)
    rev, slides = book.session.rev, len(book.slide_heads())
    second = await turn.settle(*calls)
    assert (book.session.rev, len(book.slide_heads())) == (rev, slides)
    assert [record.status for record in second.records] == ["done", "done"]
    assert [record.id for record in second.records] == [record.id for record in first.records]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (Call(id="1", name="format_disk", arguments={}), "no tool"),
        (Call(id="1", name="save_buyer_persona", malformed="Expecting value"), "cannot be read"),
        (Call(id="1", name="save_buyer_persona", arguments={"type": "x"}), "motivations: Field required"),
        (Call(id="1", name="save_buyer_persona", arguments=["x"]), "do not fit"),
        (Call(id="1", name="save_buyer_persona", arguments={**PERSONA, "approve": True}), "approve"),
        (Call(id="1", name="read_slide", arguments={"slide_id": "x" * 300_000}), "longer than"),
        (Call(id="1", name="read_slide", arguments={"slide_id": "slide99"}), "no slide slide99"),
    ],
)
async def test_what_cannot_be_called_is_refused_in_words(call: Call, words: str) -> None:
    book = with_book(MemoryBook())
    settled = await Turn(book, "Change the persona.").settle(call)
    assert words in refusal(settled)
    assert settled.records[0].status == "refused"
    assert settled.messages[0].status == "error"
    assert book.sendings == 0


async def test_too_many_calls_are_refused() -> None:
    turn = Turn(with_book(MemoryBook()))
    calls = [Call(id=str(n), name="read_book", arguments={}) for n in range(MOST_CALLS + 2)]
    settled = await turn.settle(*calls)
    assert [record.status for record in settled.records] == ["done"] * MOST_CALLS + ["refused"] * 2


def test_calls_of_a_message_keep_what_cannot_be_read() -> None:
    message = AIMessage(
        content="",
        tool_calls=[{"id": "1", "name": "read_book", "args": {}}, {"id": "2", "name": "read_book", "args": {}}],
        invalid_tool_calls=[{"id": "3", "name": "save_slide", "args": "{", "error": None, "type": "invalid_tool_call"}],
    )
    assert [call.id for call in calls_of(message, {"1"})] == ["2", "3"]
    assert calls_of(message)[-1].malformed


async def test_ask_only_reads() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Change the persona.", mode="ask")
    assert "only reads" in refusal(await turn.call("save_buyer_persona", **PERSONA))
    assert (await turn.call("read_book")).records[0].status == "done"
    assert (await turn.call("open_panel", panel="outline")).records[0].status == "done"
    assert (await turn.call("ask_question", question="Why?")).requests
    assert book.sendings == 0


async def test_revise_changes_only_what_is_named() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Shorten Net sales by year.", mode="revise")
    assert "slide1 is not named" in refusal(await turn.call("save_slide", slide_id="slide1", title="Who"))
    assert "nothing new" in refusal(await turn.call("save_slide", section_id="s1", title="Who", layout_type="section"))
    assert "not part of it" in refusal(await turn.call("commit_decision", text="x", reason="y"))
    assert "buyer_persona is not named" in refusal(await turn.call("save_buyer_persona", **PERSONA))
    assert (await turn.call("save_slide", slide_id="slide3", title="Sales")).records[0].status == "done"
    assert {slide.title for slide in book.slide_heads()} == {"Who the company is", "Sales"}


async def test_a_tool_of_another_agent_is_not_there() -> None:
    turn = Turn(with_book(MemoryBook()), "Change the persona.", agent="research")
    assert "no tool" in refusal(await turn.call("save_buyer_persona", **PERSONA))


async def test_a_question_waits_and_its_answer_is_the_result() -> None:
    turn = Turn(with_book(MemoryBook()))
    question: dict[str, Any] = {"question": "Which?", "options": ["537.3", "573.3"], "hint": "The timing."}
    asked = await turn.call("ask_question", **question)
    [request] = asked.requests
    assert (request.body.kind, request.body.options, request.body.hint) == (
        "question",
        ("537.3", "573.3"),
        "The timing.",
    )
    assert (asked.waiting, asked.left, asked.messages) == ((request.id,), ("1",), ())
    assert (await turn.call("ask_question", **question)).requests == asked.requests
    settled = await turn.call("ask_question", [answered(request.id, "537.3", text="As filed.")], **question)
    assert told(settled) == {"choices": ["537.3"], "text": "As filed."}
    assert (settled.records[0].summary, settled.records[0].confirmed_by) == ("537.3, As filed.", "lea")


async def asked_about(turn: Turn) -> Settled:
    settled = await turn.call("save_buyer_persona", **PERSONA)
    assert len(settled.requests) == 1
    assert not settled.messages
    return settled


async def test_what_nobody_asked_for_is_confirmed_as_a_diff() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "What do you think of the persona?")
    [request] = (await asked_about(turn)).requests
    assert request.body.kind == "confirmation"
    assert request.body.tool == "save_buyer_persona"
    assert {"field": "type", "before": "Strategic", "after": "Financial sponsor"} in request.body.change
    assert request.body.hint == "Outline becomes stale; 2 slides need review."
    assert book.sendings == 0
    settled = await turn.call("save_buyer_persona", [approved(request.id)], **PERSONA)
    assert persona_of(book) == "Financial sponsor"
    assert settled.records[0].confirmed_by == "lea"


async def test_a_denial_carries_its_reason() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Hello.")
    [request] = (await asked_about(turn)).requests
    settled = await turn.call("save_buyer_persona", [denied(request.id, "The seller has not decided.")], **PERSONA)
    assert refusal(settled) == "A person said no: The seller has not decided."
    assert settled.records[0].status == "denied"
    assert book.sendings == 0


@pytest.mark.parametrize("how", ["superseded", "cancelled"])
async def test_a_closed_request_does_nothing(how: Any) -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Hello.")
    [request] = (await asked_about(turn)).requests
    settled = await turn.call("save_buyer_persona", [RequestAnswer(request_id=request.id, how=how)], **PERSONA)
    assert how in refusal(settled)
    assert book.sendings == 0


async def test_a_person_may_change_the_arguments() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Hello.")
    [request] = (await asked_about(turn)).requests
    for text, outcome in ((json.dumps({"type": "Family office"}), "Family office"), ('{"type": ""}', "Strategic")):
        book.texts[content_hash(text)] = text
        settled = await turn.call("save_buyer_persona", [approved(request.id, content_hash(text))], **PERSONA)
        if outcome == "Strategic":
            assert "cannot be used" in refusal(settled)
        else:
            assert persona_of(book) == outcome
            body = ToolCallBody.model_validate_json(settled.bodies[settled.records[0].content_hash])
            assert body.arguments == {**PERSONA, "type": "Family office"}


async def test_a_confirmation_holds_only_for_what_was_shown() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Hello.")
    [request] = (await asked_about(turn)).requests
    await Turn(book, "Change the persona.").call("save_buyer_persona", type="Family", motivations=[], concerns=[])
    settled = await turn.call("save_buyer_persona", [approved(request.id)], **PERSONA)
    assert "has changed since people were shown it" in refusal(settled)
    assert persona_of(book) == "Family"


async def test_a_confirmed_call_that_is_repeated_is_done_once() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Hello.")
    [request] = (await asked_about(turn)).requests
    for _ in range(2):
        settled = await turn.call("save_buyer_persona", [approved(request.id)], **PERSONA)
        assert settled.records[0].status == "done"
    assert book.session.rev == (await Turn(book).desk()).context.book.rev
    assert persona_of(book) == "Financial sponsor"


async def test_a_waiting_call_keeps_its_place() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Add a section on risks.")
    calls = [
        Call(id="1", name="save_buyer_persona", arguments=dict(PERSONA)),
        Call(id="2", name="save_outline", arguments={"sections": [*_outline(), {"title": "Risks"}]}),
        Call(id="3", name="read_book", arguments={}),
        Call(id="4", name="commit_decision", arguments={"text": "Go", "reason": "Because"}),
    ]
    settled = await turn.settle(*calls)
    assert [message.tool_call_id for message in settled.messages] == ["3"]
    assert settled.left == ("1", "2", "4")
    assert [request.body.tool for request in settled.requests] == ["save_buyer_persona", "commit_decision"]
    assert book.sendings == 0
    first, last = settled.waiting
    rest = [call for call in calls if call.id in settled.left]
    held = await turn.settle(*rest, answers=[approved(last)])
    assert (held.left, held.messages) == (("1", "2", "4"), ())
    done = await turn.settle(*rest, answers=[denied(first, "No."), approved(last)])
    assert [record.status for record in done.records] == ["denied", "done", "done"]
    assert [section.title for section in book.current.sections][-1] == "Risks"


def _outline() -> list[JsonValue]:
    titles = ("Company", "Markets and channels", "Financials", "Growth plan")
    return [{"id": f"s{n}", "title": title} for n, title in enumerate(titles, start=1)]


async def test_what_is_open_is_not_asked_again() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Hello.")
    [request] = (await asked_about(turn)).requests
    desk = await turn.desk()
    again = await turn.runner.settle(
        [Call(id="1", name="save_buyer_persona", arguments=dict(PERSONA))], lambda _: desk, opened=[request.id]
    )
    assert (again.requests, again.waiting, again.left) == ((), (request.id,), ("1",))
    assert request_id_of(desk.call_id) == request.id


async def test_nothing_is_written_behind_a_question_of_the_same_message() -> None:
    book = with_book(MemoryBook())
    turn = Turn(book, "Change the persona.")
    settled = await turn.settle(
        Call(id="1", name="ask_question", arguments={"question": "Which?"}),
        Call(id="2", name="save_buyer_persona", arguments=dict(PERSONA)),
    )
    assert settled.left == ("1",)
    assert "asked something first" in refusal(settled)
    assert book.sendings == 0


async def test_a_refusal_of_the_book_reaches_the_model() -> None:
    book = with_book(MemoryBook())
    book.refuses = Problem(code="cim_complete", message="This book is complete.", next_step="Reopen it to change it.")
    settled = await Turn(book, "Change the persona.").call("save_buyer_persona", **PERSONA)
    assert refusal(settled) == "This book is complete. Reopen it to change it."
    assert settled.records[0].status == "refused"


@pytest.mark.parametrize("code", ["access_unavailable", "unproven"])
async def test_what_passes_by_itself_is_tried_again(code: RefusalCode) -> None:
    book = with_book(MemoryBook())
    book.refuses = Problem(code=code, message="It could not be checked just now.")
    with pytest.raises(CommandsHeldUp):
        await Turn(book, "Change the persona.").call("save_buyer_persona", **PERSONA)


class Nothing(Value):
    pass


def failing(error: Exception | None = None, content: str = "") -> Tool[Nothing]:
    async def run(arguments: Nothing, desk: ToolDesk) -> ToolResult:
        if error is not None:
            raise error
        return ToolResult(content=content)

    return Tool(name="probe", description="", arguments=Nothing, permission="read", run=run)


async def test_errors_of_tools_are_retried_or_told() -> None:
    book = with_book(MemoryBook())
    passing = ApplicationError("The provider is busy.")
    with pytest.raises(ApplicationError):
        await Turn(book, tools=[failing(passing)]).call("probe")
    lasting = ApplicationError("There is no such index.", non_retryable=True)
    settled = await Turn(book, tools=[failing(lasting)]).call("probe")
    assert (refusal(settled), settled.records[0].status) == ("There is no such index.", "failed")


async def test_a_long_result_is_cut_and_says_so() -> None:
    book = with_book(MemoryBook())
    settled = await Turn(book, tools=[failing(content="x" * 50_000)]).call("probe")
    assert "50,002 characters" in told(settled)["cut"]
    assert len(settled.messages[0].text) < MOST_RESULT_CHARACTERS + 500
    body = ToolCallBody.model_validate_json(settled.bodies[settled.records[0].content_hash])
    assert body.result == "x" * 50_000


async def test_removals_are_always_confirmed() -> None:
    book = with_book(LivingBook())
    turn = Turn(book, "Remove the slide Net sales by year.")
    [request] = (await turn.call("remove_slide", slide_id="slide3")).requests
    assert request.body.change == ({"field": "slide", "before": "Net sales by year", "after": None},)
    assert "no slide slide9" in refusal(await turn.call("remove_slide", slide_id="slide9"))
    for _ in range(2):
        settled = await turn.call("remove_slide", [approved(request.id)], slide_id="slide3")
        assert settled.records[0].status == "done"
    assert [slide.id for slide in book.slide_heads()] == ["slide1"]
