"""Runs under way: words that stream, stop, wait their turn, are steered, ask people, and go wrong."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory

from tests.providers.script import Reply, ToolUse
from workflows.contract import agent_workflow_id, run_workflow_id, thread_workflow_id

from .conftest import Book, Site
from .speaking import (
    SpeakingSite,
    last_words,
    message,
    open_requests,
    run_over,
    say,
    speaking_site,
    until_it_says,
)

LONG = "First sentence of many. " + "And one more of them. " * 40


@pytest.fixture(scope="module")
async def speaking(site: Site) -> AsyncIterator[SpeakingSite]:
    async with speaking_site(site) as found:
        yield found


@pytest.fixture
async def talk(speaking: SpeakingSite) -> AsyncIterator[Book]:
    async with speaking.site.client("lead") as client:
        speaking.voice.in_turn(Reply(text="Yes."))
        speaking.provider.hung_up.clear()
        yield await speaking.book(client)


def asks(question: str, **fields: Any) -> Reply:
    arguments: dict[str, Any] = {"question": question, "options": [], "multiple": False, "hint": "", **fields}
    return Reply(tool_uses=(ToolUse("ask_question", json.dumps(arguments)),))


async def agents_of(book: Book, run_id: str) -> list[dict[str, Any]]:
    return (await book.client.get(f"/runs/{run_id}/agents")).json()["items"]


async def test_words_stream_while_they_come(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(text=LONG, pause=0.01))
    sent = await say(talk, "Tell me.")
    await run_over(talk.client, sent["run_id"])
    entries = await speaking.site.store.talk(talk.id, 0, 500)
    deltas = [str(entry.data["text"]) for entry in entries if entry.kind == "delta"]
    assert len(deltas) >= 5
    assert "".join(deltas).strip() == LONG.strip() == (await message(talk, sent["answer_ids"][0]))["text"]


async def test_stop_cuts_the_model_off_and_keeps_what_was_said(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(text=LONG * 5, pause=0.02))
    sent = await say(talk, "Tell me everything.")
    await until_it_says(talk, sent["answer_ids"][0], "First sentence")
    stopped = await talk.client.post(f"/runs/{sent['run_id']}/cancel")
    assert stopped.status_code == 202
    run = await run_over(talk.client, sent["run_id"])
    assert run["status"] == "cancelled"
    answer = await message(talk, sent["answer_ids"][0])
    assert answer["status"] == "stopped"
    assert answer["text"]
    assert (LONG * 5).startswith(answer["text"].rstrip())
    assert await asyncio.to_thread(speaking.provider.hung_up.wait, 10)
    agents = await agents_of(talk, sent["run_id"])
    assert [(agent["status"], agent["error"]) for agent in agents] == [("failed", "Stopped.")]


async def test_a_stop_between_two_steps_counts(speaking: SpeakingSite, talk: Book) -> None:
    """A step that is nearly done when the stop comes ends as if nothing were; nothing follows it."""
    look_up = ToolUse("search_documents", json.dumps({"query": "net sales"}))
    speaking.voice.in_turn(Reply(tool_uses=(look_up,), delay=0.5), Reply(text="It says so.", delay=0.5))
    before = len(speaking.provider.asked)
    sent = await say(talk, "What do the documents say?")
    async with asyncio.timeout(30):
        while len(speaking.provider.asked) == before:
            await asyncio.sleep(0.01)
    assert (await talk.client.post(f"/runs/{sent['run_id']}/cancel")).status_code == 202
    assert (await run_over(talk.client, sent["run_id"]))["status"] == "cancelled"
    answer = await message(talk, sent["answer_ids"][0])
    assert (answer["status"], answer["text"]) == ("stopped", "")
    assert len(speaking.provider.asked) == before + 1


async def test_a_stopped_answer_is_resumed_on_a_branch_of_its_own(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(text=LONG * 5, pause=0.02))
    sent = await say(talk, "Tell me everything.")
    await until_it_says(talk, sent["answer_ids"][0], "First sentence")
    await talk.client.post(f"/runs/{sent['run_id']}/cancel")
    assert (await run_over(talk.client, sent["run_id"]))["status"] == "cancelled"
    speaking.voice.in_turn(Reply(text="In short: yes."))
    resumed = await talk.client.post(f"/runs/{sent['run_id']}/resume")
    assert resumed.status_code == 202, resumed.text
    run = await run_over(talk.client, resumed.json()["run_id"])
    assert run["status"] == "completed", run
    page = (await talk.client.get(f"{talk.url}/messages")).json()["items"]
    assert [one["text"] for one in page] == ["Tell me everything.", "In short: yes."]
    branches = (await talk.client.get(f"{talk.url}/threads/main/branches")).json()["items"]
    assert len(branches) == 2


async def test_messages_wait_their_turn(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.says = lambda asked: Reply(
        text=f"To {'two' if 'Number two' in str(asked.body) else 'one'}", delay=0.5
    )
    first = await say(talk, "Number one")
    second = await say(talk, "Number two")
    assert second["ahead"] == 1
    await run_over(talk.client, first["run_id"])
    await run_over(talk.client, second["run_id"])
    page = (await talk.client.get(f"{talk.url}/messages")).json()["items"]
    assert [one["text"] for one in page] == ["Number one", "To one", "Number two", "To two"]


async def test_a_message_may_be_refused_while_another_is_answered(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(text="Slowly.", delay=1.0))
    first = await say(talk, "Number one")
    refused = await talk.client.post(f"{talk.url}/messages", json={"text": "Number two", "policy": "reject"})
    assert refused.status_code == 409
    assert refused.json()["code"] == "thread_busy"
    await run_over(talk.client, first["run_id"])
    page = (await talk.client.get(f"{talk.url}/messages")).json()["items"]
    assert [one["text"] for one in page] == ["Number one", "Slowly."]


async def test_a_message_may_interrupt(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.says = lambda asked: (
        Reply(text="At once.") if "Number two" in str(asked.body) else Reply(text=LONG * 5, pause=0.02)
    )
    first = await say(talk, "Number one")
    await until_it_says(talk, first["answer_ids"][0], "First")
    second = await say(talk, "Number two", policy="interrupt")
    assert (await run_over(talk.client, first["run_id"]))["status"] == "cancelled"
    assert (await run_over(talk.client, second["run_id"]))["status"] == "completed"
    assert (await message(talk, first["answer_ids"][0]))["status"] == "stopped"
    assert (await message(talk, second["answer_ids"][0]))["text"] == "At once."


async def test_a_turn_that_waits_can_be_dropped(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(text="Slowly.", delay=1.5))
    first = await say(talk, "Number one")
    second = await say(talk, "Number two")
    assert (await talk.client.post(f"/runs/{second['run_id']}/cancel")).status_code == 202
    assert (await run_over(talk.client, first["run_id"]))["status"] == "completed"
    assert (await run_over(talk.client, second["run_id"]))["status"] == "cancelled"
    assert (await message(talk, second["answer_ids"][0]))["status"] == "stopped"


async def test_a_run_under_way_is_steered(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(text="I begin.", delay=3.0), Reply(text="In French, then."))
    before = len(speaking.asked)
    sent = await say(talk, "Tell me.")
    async with asyncio.timeout(30):
        while len(speaking.asked) == before:
            await asyncio.sleep(0.02)
    steered = await talk.client.post(f"/runs/{sent['run_id']}/steering", json={"text": "In French, please."})
    assert steered.status_code == 202, steered.text
    await run_over(talk.client, sent["run_id"])
    answer = await message(talk, sent["answer_ids"][0])
    assert answer["text"] == "I begin.\n\nIn French, then."
    assert answer["steering"] == ["In French, please."]
    assert last_words(speaking.asked[-1]) == "In French, please."
    late = await talk.client.post(f"/runs/{sent['run_id']}/steering", json={"text": "Too late."})
    assert (late.status_code, late.json()["code"]) == (409, "run_over")


async def test_a_question_waits_and_is_answered_once_by_anybody_with_the_right(
    speaking: SpeakingSite, talk: Book
) -> None:
    speaking.voice.in_turn(
        asks("Which buyer?", options=["A strategic one", "A sponsor"]), Reply(text="A sponsor, then.")
    )
    sent = await say(talk, "Write the persona.")
    [request] = await open_requests(talk)
    assert request["body"]["text"] == "Which buyer?"
    async with asyncio.timeout(30):
        while [request["id"]] != (await agents_of(talk, sent["run_id"]))[0]["waits_for"]:
            await asyncio.sleep(0.05)
    url = f"/runs/{sent['run_id']}/answers/{request['id']}"
    async with speaking.site.client("viewer") as viewer:
        assert (await viewer.post(url, json={"choices": ["A sponsor"]})).status_code == 403
    assert (await talk.client.post(url, json={"choices": ["Somebody else"]})).status_code == 422
    async with speaking.site.client("editor") as editor:
        answered = await editor.post(url, json={"choices": ["A sponsor"]})
        assert answered.status_code == 200, answered.text
    again = await talk.client.post(url, json={"choices": ["A strategic one"]})
    assert (again.status_code, again.json()["code"]) == (409, "request_closed")
    assert (await run_over(talk.client, sent["run_id"]))["status"] == "completed"
    assert "A sponsor" in last_words(speaking.asked[-1])
    assert (await message(talk, sent["answer_ids"][0]))["text"] == "A sponsor, then."


async def test_a_new_message_supersedes_a_question(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(asks("Which buyer?"), Reply(text="Never mind."), Reply(text="Done."))
    first = await say(talk, "Write the persona.")
    [request] = await open_requests(talk)
    second = await say(talk, "Something else.")
    await run_over(talk.client, second["run_id"])
    assert (await run_over(talk.client, first["run_id"]))["status"] == "completed"
    late = await talk.client.post(f"/runs/{first['run_id']}/answers/{request['id']}", json={"text": "A sponsor"})
    assert late.status_code == 409
    assert "superseded" in late.json()["detail"]


async def test_a_denial_with_its_reason_reaches_the_model(speaking: SpeakingSite, talk: Book) -> None:
    persona: dict[str, Any] = {"type": "A sponsor", "motivations": [], "concerns": []}
    speaking.voice.in_turn(
        Reply(tool_uses=(ToolUse("save_buyer_persona", json.dumps(persona)),)), Reply(text="Then I leave it.")
    )
    sent = await say(talk, "Hello there.")
    [request] = await open_requests(talk)
    assert request["kind"] == "confirmation"
    denied = await talk.client.post(
        f"/runs/{sent['run_id']}/answers/{request['id']}", json={"approved": False, "reason": "Not agreed yet."}
    )
    assert denied.status_code == 200, denied.text
    await run_over(talk.client, sent["run_id"])
    assert "Not agreed yet." in last_words(speaking.asked[-1])
    head = (await talk.client.get(talk.url)).json()
    assert head["artifacts"]["buyer_persona"] is None
    calls = (await talk.client.get(f"{talk.url}/tool-calls")).json()["items"]
    assert [(one["call"]["tool"], one["call"]["status"]) for one in calls] == [("save_buyer_persona", "denied")]
    assert calls[0]["arguments"]["type"] == "A sponsor"
    assert calls[0]["call"]["confirmed_by"] == speaking.site.person("lead").user_id


async def test_stopping_a_run_closes_its_questions(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(asks("Which buyer?"))
    sent = await say(talk, "Write the persona.")
    [request] = await open_requests(talk)
    await talk.client.post(f"/runs/{sent['run_id']}/cancel")
    await run_over(talk.client, sent["run_id"])
    assert (await talk.client.get(f"{talk.url}/requests")).json()["items"] == []
    late = await talk.client.post(f"/runs/{sent['run_id']}/answers/{request['id']}", json={"text": "A sponsor"})
    assert late.status_code == 409


async def test_a_stream_that_breaks_is_begun_again(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(text=LONG, cut_after=20), Reply(text="Whole this time."))
    sent = await say(talk, "Tell me.")
    await run_over(talk.client, sent["run_id"])
    assert (await message(talk, sent["answer_ids"][0]))["text"] == "Whole this time."
    kinds = [entry.kind for entry in await speaking.site.store.talk(talk.id, 0, 500)]
    assert "message_reset" in kinds
    assert kinds.index("delta") < kinds.index("message_reset")


async def test_a_wrong_key_fails_at_once_with_a_sentence(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(status=401, error="Incorrect API key provided."))
    before = len(speaking.asked)
    sent = await say(talk, "Tell me.")
    run = await run_over(talk.client, sent["run_id"])
    assert run["status"] == "failed"
    assert "key" in run["error"]
    assert len(speaking.asked) == before + 1
    answer = await message(talk, sent["answer_ids"][0])
    assert (answer["status"], answer["error"]) == ("failed", run["error"])


async def test_a_rate_limit_is_waited_for(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(status=429, error="Slow down.", headers={"Retry-After": "2"}), Reply(text="Now."))
    began = time.monotonic()
    sent = await say(talk, "Tell me.")
    await run_over(talk.client, sent["run_id"])
    assert (await message(talk, sent["answer_ids"][0]))["text"] == "Now."
    assert time.monotonic() - began >= 2


async def test_a_step_can_be_looked_at_and_gone_on_from(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(text="The first answer."))
    sent = await say(talk, "Tell me.")
    await run_over(talk.client, sent["run_id"])
    agent_id = (await agents_of(talk, sent["run_id"]))[0]["id"]
    listed = await talk.client.get(f"/runs/{sent['run_id']}/steps", params={"agent_id": agent_id})
    steps = listed.json()["items"]
    assert [step["node"] for step in steps] == ["assemble", "think", "finish", "tend"]
    one = await talk.client.get(f"/runs/{sent['run_id']}/steps/{agent_id}/{steps[0]['step']}")
    assert one.json()["node"] == "assemble"
    speaking.voice.in_turn(Reply(text="Another answer."))
    forked = await talk.client.post(
        f"/runs/{sent['run_id']}/fork", json={"agent_id": agent_id, "step": steps[0]["step"]}
    )
    assert forked.status_code == 202, forked.text
    run = await run_over(talk.client, forked.json()["run_id"])
    assert run["status"] == "completed", run
    assert (await message(talk, run["answer_ids"][0]))["text"] == "Another answer."
    assert (await message(talk, sent["answer_ids"][0]))["text"] == "The first answer."
    missing = await talk.client.post(f"/runs/{sent['run_id']}/fork", json={"agent_id": agent_id, "step": 99})
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_step")


async def test_what_comes_after_the_last_word_is_refused_and_not_lost(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(text="One. Two. Three. Four. Five. Six.", pause=0.5))
    sent = await say(talk, "Tell me.")
    await until_it_says(talk, sent["answer_ids"][0], "One")
    assert await speaking.site.store.steers.close(talk.id, sent["run_id"], 0, sent["answer_ids"][0])
    late = await talk.client.post(f"/runs/{sent['run_id']}/steering", json={"text": "And in French."})
    assert (late.status_code, late.json()["code"]) == (409, "run_over")
    assert (await run_over(talk.client, sent["run_id"]))["status"] == "completed"


async def test_after_the_last_word_there_is_nothing_to_go_on_with(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(Reply(text="The only answer."))
    sent = await say(talk, "Tell me.")
    await run_over(talk.client, sent["run_id"])
    agent_id = (await agents_of(talk, sent["run_id"]))[0]["id"]
    steps = (await talk.client.get(f"/runs/{sent['run_id']}/steps", params={"agent_id": agent_id})).json()["items"]
    for step in steps[-2:]:
        body = {"agent_id": agent_id, "step": step["step"]}
        forked = await talk.client.post(f"/runs/{sent['run_id']}/fork", json=body)
        assert (step["node"], forked.status_code) == (step["node"], 409), forked.text
        assert forked.json()["code"] == "not_possible"


async def test_a_step_that_no_graph_has_any_more_fails_its_run_with_the_reason(
    speaking: SpeakingSite, talk: Book
) -> None:
    speaking.voice.in_turn(Reply(text="The first answer."))
    sent = await say(talk, "Tell me.")
    await run_over(talk.client, sent["run_id"])
    agent_id = (await agents_of(talk, sent["run_id"]))[0]["id"]
    [kept, *_] = await speaking.site.store.checkpoints.of_agent(talk.id, agent_id)
    await speaking.site.store.checkpoints.put(kept.model_copy(update={"node": "ponder"}))
    body = {"agent_id": agent_id, "step": kept.step}
    forked = await talk.client.post(f"/runs/{sent['run_id']}/fork", json=body)
    assert forked.status_code == 202, forked.text
    run = await run_over(talk.client, forked.json()["run_id"])
    assert run["status"] == "failed"
    assert "ponder" in run["error"]
    answer = await message(talk, run["answer_ids"][0])
    assert (answer["status"], answer["error"]) == ("failed", run["error"])


async def test_agents_that_are_called_answer_one_after_the_other(speaking: SpeakingSite, talk: Book) -> None:
    def says(asked: Any) -> Reply:
        system = str(asked.body["messages"][0]["content"])
        return Reply(text="Found." if "research agent" in system else "Edited.")

    speaking.voice.says = says
    sent = await say(talk, "@research look it up, then @editor take it.")
    assert len(sent["answer_ids"]) == 2
    run = await run_over(talk.client, sent["run_id"])
    assert run["status"] == "completed", run
    texts = [(await message(talk, answer_id))["text"] for answer_id in sent["answer_ids"]]
    assert texts == ["Found.", "Edited."]
    page = await talk.client.get(f"/runs/{sent['run_id']}/agents", params={"status": "completed", "limit": 1})
    assert page.json()["items"][0]["agent_type"] == "research"
    assert page.json()["next_cursor"]
    query = {"status": "completed", "limit": 1}
    first = (await talk.client.get(f"{talk.url}/agents", params=query)).json()
    second = (await talk.client.get(f"{talk.url}/agents", params={**query, "cursor": first["next_cursor"]})).json()
    assert {page["items"][0]["agent_type"] for page in (first, second)} == {"research", "editor"}
    assert (await talk.client.get(f"{talk.url}/agents", params={"status": "running"})).json()["items"] == []


async def test_runs_of_every_book_are_listed(speaking: SpeakingSite, talk: Book) -> None:
    sent = await say(talk, "Tell me.")
    await run_over(talk.client, sent["run_id"])
    listed = (await talk.client.get("/runs", params={"status": "completed"})).json()["items"]
    assert sent["run_id"] in [run["id"] for run in listed]
    async with speaking.site.client("outsider") as outsider:
        assert (await outsider.get("/runs")).json()["items"] == []


async def test_runs_come_in_pages_newest_first(speaking: SpeakingSite, talk: Book) -> None:
    sent = [(await say(talk, f"Number {number}"))["run_id"] for number in range(5)]
    for run_id in sent:
        await run_over(talk.client, run_id)
    for path in (f"{talk.url}/runs", "/runs"):
        found: list[str] = []
        cursor: str | None = None
        while len(found) < 5 and (cursor or not found):
            query = {"limit": 2, "status": "completed", **({"cursor": cursor} if cursor else {})}
            page = (await talk.client.get(path, params=query)).json()
            assert len(page["items"]) <= 2
            found += [run["id"] for run in page["items"]]
            cursor = page["next_cursor"]
        assert found[:5] == sent[::-1], path
        assert (await talk.client.get(path, params={"cursor": "nonsense"})).status_code == 422


async def test_a_message_may_interrupt_a_turn_that_waits_for_people(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(asks("Which buyer?"), Reply(text="At once."))
    first = await say(talk, "Write the persona.")
    [request] = await open_requests(talk)
    second = await say(talk, "Number two", policy="interrupt")
    assert (await run_over(talk.client, first["run_id"]))["status"] == "cancelled"
    assert (await run_over(talk.client, second["run_id"]))["status"] == "completed"
    assert (await message(talk, first["answer_ids"][0]))["status"] == "stopped"
    assert (await message(talk, second["answer_ids"][0]))["text"] == "At once."
    assert (await talk.client.get(f"{talk.url}/requests")).json()["items"] == []
    late = await talk.client.post(f"/runs/{first['run_id']}/answers/{request['id']}", json={"text": "A sponsor"})
    assert (late.status_code, late.json()["code"]) == (409, "request_closed")


async def test_to_wait_for_people_costs_nothing(speaking: SpeakingSite, talk: Book) -> None:
    """Neither activities nor timers run meanwhile, and no history grows: a week is like two seconds."""
    speaking.voice.in_turn(asks("Which buyer?"), Reply(text="So be it."))
    sent = await say(talk, "Write the persona.")
    [request] = await open_requests(talk)
    async with asyncio.timeout(30):
        while [request["id"]] != (await agents_of(talk, sent["run_id"]))[0]["waits_for"]:
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    before = await histories_of(speaking, talk, sent["run_id"])
    asked = len(speaking.asked)
    await asyncio.sleep(2)
    after = await histories_of(speaking, talk, sent["run_id"])
    assert [len(history.events) for history in after] == [len(history.events) for history in before]
    assert len(speaking.asked) == asked
    for history in after:
        kinds = [event.event_type for event in history.events]
        started, ended = (
            {EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, EventType.EVENT_TYPE_TIMER_STARTED},
            {
                EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
                EventType.EVENT_TYPE_TIMER_FIRED,
                EventType.EVENT_TYPE_TIMER_CANCELED,
            },
        )
        assert sum(kind in started for kind in kinds) == sum(kind in ended for kind in kinds)
    await talk.client.post(f"/runs/{sent['run_id']}/answers/{request['id']}", json={"text": "A sponsor."})
    assert (await run_over(talk.client, sent["run_id"]))["status"] == "completed"


async def histories_of(speaking: SpeakingSite, talk: Book, run_id: str) -> list[WorkflowHistory]:
    """Of the thread, the run and its agent."""
    address = speaking.site.addresses.temporal_address
    assert address is not None
    client = await Client.connect(address)
    ids = (
        thread_workflow_id(talk.id, "main"),
        run_workflow_id(talk.id, run_id),
        agent_workflow_id(talk.id, f"{run_id}-0"),
    )
    return [await client.get_workflow_handle(id_).fetch_history() for id_ in ids]


async def test_a_deleted_book_ends_its_runs(speaking: SpeakingSite, talk: Book) -> None:
    speaking.voice.in_turn(asks("Which buyer?"))
    sent = await say(talk, "Write the persona.")
    await open_requests(talk)
    assert await speaking.site.store.checkpoints.of_agent(talk.id, f"{sent['run_id']}-0")
    assert (await talk.client.delete(talk.url)).status_code in (202, 204)
    async with asyncio.timeout(30):
        while await speaking.site.store.runs.get(sent["run_id"]) is not None:
            await asyncio.sleep(0.1)
    store, agent_id = speaking.site.store, f"{sent['run_id']}-0"
    assert await store.messages.get(sent["answer_ids"][0]) is None
    assert await store.checkpoints.of_agent(talk.id, agent_id) == []
    assert await store.agents.get(agent_id) is None
    assert await store.talk(talk.id, 0, 500) == []
    with pytest.raises(httpx.HTTPStatusError):
        (await talk.client.get(f"/runs/{sent['run_id']}")).raise_for_status()
