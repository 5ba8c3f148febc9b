"""Questions of agents: opened in the log, answered once, and the answer reaches the session that waits."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.worker import Worker

from domain.commands import (
    AcceptFinding,
    AnswerConfirmation,
    AnswerQuestion,
    CloseRequest,
    Complete,
    Delete,
    OpenRequest,
)
from domain.events import RequestAnswered
from domain.requests import ConfirmationAnswer, QuestionAnswer, RequestAnswer, RequestBody, RequestDraft
from domain.values import Actor
from workflows.contract import agent_workflow_id
from workflows.sandbox import checking_runner

from .conftest import LEA, Desk
from .dying_worker import EVENTS
from .waiting_agent import WaitingAgent

AGENT = Actor(kind="agent", id="assistant", on_behalf_of="lea")
PATIENCE_SECONDS = 20


def question(agent_id: str, request_id: str = "q1") -> OpenRequest:
    body = RequestBody(kind="question", text="Which market?", options=("Europe", "Asia"))
    return opening(agent_id, request_id, body)


def opening(agent_id: str, request_id: str, body: RequestBody) -> OpenRequest:
    draft = RequestDraft(id=request_id, run_id="run1", agent_id=agent_id, body=body)
    return OpenRequest(type="open_request", command_id=uuid.uuid4(), request=draft)


def answer(*choices: str, request_id: str = "q1") -> AnswerQuestion:
    return AnswerQuestion(
        type="answer_question",
        command_id=uuid.uuid4(),
        request_id=request_id,
        answer=QuestionAnswer(choices=choices),
    )


async def waiting(desk: Desk, agent_id: str) -> WorkflowHandle[Any, RequestAnswer]:
    return await desk.client.start_workflow(
        WaitingAgent.run, id=agent_workflow_id(desk.cim_id, agent_id), task_queue=desk.queue
    )


async def result(agent: WorkflowHandle[Any, RequestAnswer]) -> RequestAnswer:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await agent.result()


async def test_an_answer_reaches_the_session_that_waits_for_it(desk: Desk) -> None:
    async with desk.worker(WaitingAgent):
        await desk.create()
        agent, other = await waiting(desk, "agent1"), await waiting(desk, "agent2")
        [opened] = await desk.execute(question("agent1"), actor=AGENT)
        assert [event.type for event in opened.events] == ["request_opened"]
        [answered] = await desk.execute(answer("Asia"))
        assert answered.problem is None
        heard = await result(agent)
        assert heard == RequestAnswer(
            request_id="q1", how="answered", question=QuestionAnswer(choices=("Asia",)), by="lea", seq=3
        )
        assert await other.query(WaitingAgent.heard) == []


async def test_a_question_is_answered_once_from_whichever_tab(desk: Desk) -> None:
    async with desk.worker(WaitingAgent):
        await desk.create()
        agent = await waiting(desk, "agent1")
        await desk.execute(question("agent1"), actor=AGENT)
        answers = [answer("Asia"), answer("Europe"), answer("Asia")]
        results = await asyncio.gather(*(desk.execute(each) for each in answers))
        codes = [each.problem.code if each.problem else "done" for [each] in results]
        assert sorted(codes) == ["done", "request_closed", "request_closed"]
        [event] = [event for event in desk.store.log[desk.cim_id] if isinstance(event, RequestAnswered)]
        assert (await result(agent)).question == event.question


async def test_a_session_that_is_gone_is_no_error(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        await desk.execute(question("nobody"), actor=AGENT)
        [answered] = await desk.execute(answer("Asia"))
        assert answered.problem is None
        [saved] = await desk.execute(desk.save_persona())
        assert saved.problem is None


async def test_closing_and_deleting_tell_the_sessions(desk: Desk) -> None:
    async with desk.worker(WaitingAgent):
        await desk.create()
        first, second = await waiting(desk, "agent1"), await waiting(desk, "agent2")
        plan = opening("agent2", "p1", RequestBody(kind="plan", text="Look it over"))
        await desk.execute(question("agent1"), plan, actor=AGENT)
        close = CloseRequest(type="close_request", command_id=uuid.uuid4(), request_id="q1", how="superseded")
        await desk.execute(close, actor=AGENT)
        assert (await result(first)).how == "superseded"
        [late] = await desk.execute(answer("Asia"))
        assert late.problem is not None
        assert "superseded" in late.problem.message
        await desk.execute(Delete(type="delete", command_id=uuid.uuid4()))
        assert await result(second) == RequestAnswer(request_id="p1", how="cancelled", by="lea")
        await desk.handle.result()


async def test_a_worker_killed_between_record_and_delivery_loses_no_answer(
    desk: Desk, temporal_address: str, tmp_path: Path
) -> None:
    (tmp_path / "cim_id").write_text(desk.cim_id)
    command = [sys.executable, "-m", "tests.workflow.dying_worker", temporal_address, desk.queue, str(tmp_path)]
    sessions = f"{desk.queue}-sessions"
    async with Worker(desk.client, task_queue=sessions, workflows=[WaitingAgent], workflow_runner=checking_runner()):
        id_ = agent_workflow_id(desk.cim_id, "agent1")
        agent = await desk.client.start_workflow(WaitingAgent.run, id=id_, task_queue=sessions)
        first = subprocess.Popen(command)
        try:
            await desk.create()
            await desk.execute(question("agent1"), actor=AGENT)
            (tmp_path / "die").touch()
            await desk.signal(answer("Asia"))
            assert await asyncio.to_thread(first.wait, PATIENCE_SECONDS) == -signal.SIGKILL
        finally:
            first.kill()
            first.wait()
        log = EVENTS.validate_json((tmp_path / "log.json").read_text())
        assert sum(isinstance(event, RequestAnswered) for event in log) == 1
        assert await agent.query(WaitingAgent.heard) == []
        second = subprocess.Popen(command)
        try:
            async with asyncio.timeout(60):
                heard = await agent.result()
        finally:
            second.kill()
            second.wait()
    assert heard.question == QuestionAnswer(choices=("Asia",))
    assert EVENTS.validate_json((tmp_path / "log.json").read_text()) == log


async def test_a_run_that_goes_on_from_the_log_delivers_the_last_answers_again(desk: Desk) -> None:
    async with desk.worker(WaitingAgent):
        await desk.create()
        await desk.execute(question("agent1"), actor=AGENT)
        await desk.execute(answer("Asia"))
        await desk.handle.terminate()
        agent = await waiting(desk, "agent1")
        [saved] = await desk.execute(desk.save_persona())
        assert saved.problem is None
        assert (await result(agent)).question == QuestionAnswer(choices=("Asia",))


async def test_requests_outlive_continue_as_new_and_every_answer_arrives(client: Client) -> None:
    desk = Desk(client, continue_after_events=60)
    async with desk.worker(WaitingAgent):
        await desk.create()
        first = await desk.handle.describe()
        numbers = range(12)
        agents = [await waiting(desk, f"agent{n}") for n in numbers]
        for n in numbers:
            await desk.execute(question(f"agent{n}", f"q{n}"), actor=AGENT)
        for n in numbers:
            await desk.execute(answer("Asia", request_id=f"q{n}"))
        assert [(await result(agent)).request_id for agent in agents] == [f"q{n}" for n in numbers]
        assert (await desk.handle.describe()).run_id != first.run_id
        [again] = await desk.execute(answer("Europe", request_id="q0"))
        assert again.problem is not None
        assert again.problem.code == "request_closed"


async def test_a_book_closed_when_idle_wakes_for_an_answer(client: Client) -> None:
    desk = Desk(client, idle_close_seconds=0.3)
    async with desk.worker(WaitingAgent):
        await complete_book(desk)
        agent = await waiting(desk, "agent1")
        await desk.execute(question("agent1"), actor=AGENT)
        await desk.handle.result()
        assert (await desk.handle.describe()).status is WorkflowExecutionStatus.COMPLETED
        [answered] = await desk.execute(answer("Asia"))
        assert answered.problem is None
        assert (await result(agent)).by == "lea"


async def test_the_ui_says_what_people_are_waited_for(desk: Desk) -> None:
    async with desk.worker():
        await desk.create()
        confirmation = opening("agent1", "c1", RequestBody(kind="confirmation", text="A secret change"))
        await desk.execute(question("agent1"), question("agent1", "q2"), confirmation, actor=AGENT)
        shown = str(await desk.handle.query("__temporal_workflow_metadata"))
        assert "Waits for an answer: 1 confirmation, 2 questions." in shown
        assert "secret" not in shown
        state = (await desk.handle.fetch_history()).to_json()
        assert "A secret change" not in state


@pytest.mark.parametrize(
    ("command", "actor", "code"),
    [
        (answer("Asia"), AGENT, "people_only"),
        (answer("Asia"), Actor(kind="user", id="vi"), "forbidden"),
        (answer("Asia", "Europe"), LEA, "wrong_answer"),
        (question("agent1", "q9"), LEA, "agents_only"),
        (
            AnswerConfirmation(
                type="answer_confirmation",
                command_id=uuid.uuid4(),
                request_id="q1",
                answer=ConfirmationAnswer(approved=True),
            ),
            LEA,
            "wrong_answer",
        ),
    ],
    ids=["agent-answers", "viewer-answers", "two-choices", "person-asks", "wrong-kind"],
)
async def test_who_may_not_is_refused_and_the_question_stays_open(
    desk: Desk, command: OpenRequest | AnswerQuestion | AnswerConfirmation, actor: Actor, code: str
) -> None:
    async with desk.worker():
        await desk.create()
        await desk.execute(question("agent1"), actor=AGENT)
        [refused] = await desk.execute(command.model_copy(update={"command_id": uuid.uuid4()}), actor=actor)
        assert refused.problem is not None
        assert refused.problem.code == code
        [answered] = await desk.execute(answer("Asia"))
        assert answered.problem is None


async def complete_book(desk: Desk) -> None:
    await ready_book(desk)
    [completed] = await desk.execute(Complete(type="complete", command_id=uuid.uuid4()))
    assert completed.problem is None, completed.problem


async def ready_book(desk: Desk) -> None:
    await desk.create()
    await desk.execute(desk.save_persona(), desk.save_hero(), desk.save_outline("a"), desk.save_slide("s1"))
    await desk.execute(desk.approve("s1"))


async def test_complete_is_held_against_the_sources(desk: Desk) -> None:
    async with desk.worker():
        await ready_book(desk)
        desk.evidence.found = ("f1", "f2")
        command = Complete(type="complete", command_id=uuid.uuid4(), open_findings=())
        [refused] = await desk.execute(command)
        assert refused.problem is not None
        assert refused.problem.code == "not_ready"
        assert "2 figures are contradicted or not supported" in refused.problem.message
        for finding_id in desk.evidence.found:
            accept = AcceptFinding(
                type="accept_finding", command_id=uuid.uuid4(), finding_id=finding_id, reason="The auditor agrees."
            )
            [accepted] = await desk.execute(accept)
            assert accepted.problem is None
        [completed] = await desk.execute(command)
        assert completed.problem is None
        checks = desk.evidence.checks
        [again] = await desk.execute(command)
        assert again.repeated
        assert desk.evidence.checks == checks


async def test_a_check_that_cannot_be_made_refuses_and_changes_nothing(desk: Desk) -> None:
    async with desk.worker():
        await ready_book(desk)
        desk.evidence.is_down = True
        command = Complete(type="complete", command_id=uuid.uuid4())
        [refused] = await desk.execute(command)
        assert refused.problem is not None
        assert refused.problem.code == "evidence_unavailable"
        desk.evidence.is_down = False
        [completed] = await desk.execute(command)
        assert completed.problem is None
