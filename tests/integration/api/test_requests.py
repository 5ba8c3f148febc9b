"""Questions of agents over HTTP: listed with their bodies, answered once by whoever has the right."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import Client

from domain.commands import Command, OpenRequest, RecordToolCalls
from domain.requests import RequestBody, RequestDraft
from domain.tool_calls import ToolCall, ToolCallBody
from domain.values import Actor
from store import Run
from workflows.contract import Entry, Submission

from .conftest import Book, Site


class Agent:
    """Sends commands to a book as agents do, for a person."""

    def __init__(self, site: Site, book: Book, role: str = "lead") -> None:
        person = site.person(role)
        self.site = site
        self.book = book
        self.person = person
        self.actor = Actor(kind="agent", id="assistant", on_behalf_of=person.user_id)
        self.run_id = f"run-{uuid.uuid4().hex[:12]}"

    async def begin(self) -> None:
        run = Run(
            id=self.run_id,
            cim_id=self.book.id,
            org_id=self.person.org_id or "",
            kind="chat",
            actor=Actor(kind="user", id=self.person.user_id),
            started_at=datetime.now(UTC),
        )
        await self.site.store.runs.put(run)

    async def send(self, command: Command) -> None:
        assert self.site.addresses.temporal_address is not None
        client = await Client.connect(self.site.addresses.temporal_address, data_converter=self.site.converter)
        proof = self.site.api.parts.proofs.of_agent(self.actor, self.book.id, f"run/{self.book.id}/{self.run_id}")
        submission = Submission(entries=(Entry(actor=self.actor, command=command, proof=proof),))
        org_id, deal_id = self.person.org_id or "", self.person.deal_id or ""
        answer = await self.site.calls.execute(client, org_id, deal_id, self.book.id, submission)
        assert answer.results[0].problem is None, answer.results[0].problem

    async def ask(self, body: RequestBody) -> str:
        request_id = f"req-{uuid.uuid4().hex[:12]}"
        draft = RequestDraft(id=request_id, run_id=self.run_id, agent_id=f"{self.run_id}-0", body=body)
        await self.send(OpenRequest(type="open_request", command_id=uuid.uuid4(), request=draft))
        return request_id

    async def ask_market(self) -> str:
        return await self.ask(
            RequestBody(kind="question", text="Which market?", hint="Sets the outline", options=("Europe", "Asia"))
        )

    async def call_tool(self, tool: str, run_id: str | None = None) -> None:
        body = ToolCallBody(arguments={"of": tool}, result={"found": [1, 2]})
        await self.site.store.contents.put_text(self.book.id, body.hash, body.model_dump_json())
        call = ToolCall(
            id=uuid.uuid4().hex,
            run_id=run_id or self.run_id,
            agent_id=f"{self.run_id}-0",
            agent_type="assistant",
            tool=tool,
            status="done",
            summary=f"Did {tool}",
            content_hash=body.hash,
        )
        await self.send(RecordToolCalls(type="record_tool_calls", command_id=uuid.uuid4(), calls=(call,)))

    def answers_url(self, request_id: str) -> str:
        return f"/runs/{self.run_id}/answers/{request_id}"


@pytest.fixture
async def agent(site: Site, book: Book) -> Agent:
    found = Agent(site, book)
    await found.begin()
    return found


async def listed(book: Book, state: str = "open") -> list[dict[str, Any]]:
    response = await book.client.get(f"{book.url}/requests", params={"state": state})
    assert response.status_code == 200, response.text
    return response.json()["items"]


async def test_a_question_is_listed_answered_and_told_with_its_answer(book: Book, agent: Agent) -> None:
    request_id = await agent.ask_market()
    [shown] = await listed(book)
    assert (shown["id"], shown["status"], shown["body"]["options"]) == (request_id, "open", ["Europe", "Asia"])
    body = {"choices": ["Asia"], "text": "from next year"}
    response = await book.client.post(agent.answers_url(request_id), json=body)
    assert response.status_code == 200, response.text
    [event] = response.json()["events"]
    assert (event["type"], event["data"]["question"]) == ("request_answered", body)
    assert await listed(book) == []
    [closed] = await listed(book, "all")
    assert (closed["status"], closed["answer"]) == ("answered", body)
    assert closed["closed_by"] == agent.person.user_id


async def test_a_repeated_click_is_one_answer_and_another_comes_too_late(site: Site, book: Book, agent: Agent) -> None:
    request_id = await agent.ask_market()
    url = agent.answers_url(request_id)
    responses = await asyncio.gather(*(book.client.post(url, json={"choices": ["Asia"]}) for _ in range(3)))
    assert [response.status_code for response in responses] == [200, 200, 200]
    events = {response.json()["events"][0]["seq"] for response in responses}
    assert len(events) == 1
    async with site.client("editor") as editor:
        late = await editor.post(url, json={"choices": ["Europe"]})
    assert (late.status_code, late.json()["code"]) == (409, "request_closed")
    assert "answered already" in late.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"choices": ["Mars"]}, 422, "wrong_answer"),
        ({"choices": ["Asia", "Europe"]}, 422, "wrong_answer"),
        ({}, 422, "wrong_answer"),
        ({"approved": True}, 422, "wrong_answer"),
        ({"approved": True, "choices": ["Asia"]}, 422, "invalid_input"),
        ({"text": 7}, 422, "invalid_input"),
        ([], 422, "invalid_input"),
    ],
)
async def test_an_answer_that_does_not_fit_leaves_the_question_open(
    book: Book, agent: Agent, body: Any, status: int, code: str
) -> None:
    request_id = await agent.ask_market()
    response = await book.client.post(agent.answers_url(request_id), json=body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert [shown["id"] for shown in await listed(book)] == [request_id]


async def test_a_plan_goes_back_changed(site: Site, book: Book, agent: Agent) -> None:
    request_id = await agent.ask(RequestBody(kind="plan", text="The plan", arguments={"sections": ["a", "b"]}))
    denied = await book.client.post(agent.answers_url(request_id), json={"approved": False, "arguments": {}})
    assert (denied.status_code, denied.json()["code"]) == (422, "wrong_answer")
    changed = {"sections": ["b"], "note": "shorter"}
    response = await book.client.post(agent.answers_url(request_id), json={"approved": True, "arguments": changed})
    assert response.status_code == 200, response.text
    [event] = response.json()["events"]
    arguments_hash = event["data"]["confirmation"]["arguments_hash"]
    text = await site.store.contents.text(book.id, arguments_hash)
    assert text is not None
    assert json.loads(text) == changed


async def test_who_may_not_answer(site: Site, book: Book, agent: Agent) -> None:
    question = await agent.ask_market()
    confirmation = await agent.ask(RequestBody(kind="confirmation", text="Save it?", tool="save_slide"))
    async with site.client("viewer") as viewer, site.client("reviewer") as reviewer, site.client("outsider") as other:
        answers = [
            await viewer.post(agent.answers_url(question), json={"choices": ["Asia"]}),
            await reviewer.post(agent.answers_url(confirmation), json={"approved": True}),
            await other.post(agent.answers_url(question), json={"choices": ["Asia"]}),
        ]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
            (403, "forbidden"),
            (403, "forbidden"),
            (404, "unknown_run"),
        ]
        allowed = await reviewer.post(agent.answers_url(question), json={"choices": ["Asia"]})
        assert allowed.status_code == 200
    denied = {"approved": False, "reason": "Too bold"}
    response = await book.client.post(agent.answers_url(confirmation), json=denied)
    assert response.json()["events"][0]["data"]["confirmation"]["reason"] == "Too bold"


async def test_unknown_requests_and_those_of_another_run(site: Site, book: Book, agent: Agent) -> None:
    unknown = await book.client.post(agent.answers_url("nothing"), json={"text": "yes"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_request")
    other = Agent(site, book)
    await other.begin()
    request_id = await agent.ask_market()
    elsewhere = await book.client.post(other.answers_url(request_id), json={"choices": ["Asia"]})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "unknown_request")


async def test_a_person_cancels_a_question_but_cannot_ask_one(book: Book, agent: Agent) -> None:
    request_id = await agent.ask_market()
    closed = await book.done("close_request", request_id=request_id, how="cancelled")
    assert [event["type"] for event in closed["events"]] == ["request_closed"]
    asked = await book.send("open_request", request={})
    assert (asked.status_code, asked.json()["code"]) == (422, "invalid_input")


async def test_tool_calls_come_in_pages_with_arguments_and_results(book: Book, agent: Agent) -> None:
    for n in range(3):
        await agent.call_tool(f"tool{n}")
    await agent.call_tool("elsewhere", run_id="run-other")
    url = f"{book.url}/tool-calls"
    first = (await book.client.get(url, params={"run_id": agent.run_id, "limit": 2})).json()
    assert [item["call"]["tool"] for item in first["items"]] == ["tool0", "tool1"]
    assert first["items"][0]["arguments"] == {"of": "tool0"}
    assert first["items"][0]["result"] == {"found": [1, 2]}
    rest = (await book.client.get(url, params={"run_id": agent.run_id, "after": first["next_cursor"]})).json()
    assert [item["call"]["tool"] for item in rest["items"]] == ["tool2"]
    assert rest["next_cursor"] is None
    everything = (await book.client.get(url)).json()["items"]
    assert [item["call"]["tool"] for item in everything] == ["tool0", "tool1", "tool2", "elsewhere"]
