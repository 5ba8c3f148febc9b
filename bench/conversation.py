"""`python -m bench.conversation [TURNS]`: a long conversation on the whole product, turn by turn.

Each question and each answer has 2,000 words; the model is a server on this machine that speaks OpenAI's protocol. A
line tells, for every hundredth turn: bytes and events of the histories of its run, of its agent and of the book, the
bytes of the request that went to the model, and the median over the hundred turns of the seconds until the first words
were in the store and until the answer was complete.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time

import httpx
from temporalio.client import Client
from temporalio.service import RPCError

from deploy.embedded.people import Person
from deploy.embedded.product import fresh_product
from deploy.embedded.steps import say
from deploy.embedded.supervisor import RunningStack
from domain.values import Value
from tests.providers.script import Asked, Reply
from tests.providers.server import Provider, serving
from workflows.contract import agent_workflow_id, cim_workflow_id, run_workflow_id

TURNS, WORDS, LINE_EVERY = 1_000, 2_000, 100
TURN_SECONDS = 120.0


class HistorySize(Value):
    bytes: int
    events: int


def text_of(number: int, words: int = WORDS) -> str:
    return " ".join(f"word{(number * 31 + n * 7) % 4999}" for n in range(words - 1)) + "."


class Conversation:
    """One book and one thread of it. `first` and `whole` are seconds by turn."""

    def __init__(
        self, http: httpx.AsyncClient, temporal: Client, person: Person, cim_id: str, words: int = WORDS
    ) -> None:
        self._http = http
        self._temporal = temporal
        self._person = person
        self._cim_id = cim_id
        self._words = words
        self.first: list[float] = []
        self.whole: list[float] = []

    async def turn(self, number: int) -> str:
        """Says something and listens until the answer is complete; the id of the run."""
        cursor = (await self._get("/messages?limit=1"))["stream_cursor"]
        began = time.perf_counter()
        async with self._http.stream(
            "GET", f"/cims/{self._cim_id}/stream", headers={"Last-Event-ID": cursor}, timeout=TURN_SECONDS
        ) as stream:
            answer = await self._http.post(
                f"/cims/{self._cim_id}/messages", json={"text": text_of(number, self._words), "mode": "ask"}
            )
            answer.raise_for_status()
            sent, event, has_first = answer.json(), "", False
            async for line in stream.aiter_lines():
                name, _, value = line.partition(": ")
                event = value if name == "event" else event
                if name != "data" or event not in ("delta", "message"):
                    continue
                data = json.loads(value)
                if event == "delta" and not has_first:
                    self.first.append(time.perf_counter() - began)
                    has_first = True
                if event == "message" and data["id"] == sent["answer_ids"][0] and data["status"] == "complete":
                    self.whole.append(time.perf_counter() - began)
                    break
        async with asyncio.timeout(TURN_SECONDS):
            while (await self._get_run(sent["run_id"]))["status"] != "completed":
                await asyncio.sleep(0.02)
        return str(sent["run_id"])

    async def sizes(self, run_id: str) -> dict[str, HistorySize]:
        assert self._person.org_id is not None
        ids = {
            "run": run_workflow_id(self._cim_id, run_id),
            "agent": agent_workflow_id(self._cim_id, f"{run_id}-0"),
            "book": cim_workflow_id(self._person.org_id, self._cim_id),
        }
        return {name: await self._size(workflow_id) for name, workflow_id in ids.items()}

    async def _size(self, workflow_id: str) -> HistorySize:
        for _ in range(50):
            try:
                info = (await self._temporal.get_workflow_handle(workflow_id).describe()).raw_description
            except RPCError:
                await asyncio.sleep(0.1)
                continue
            execution = info.workflow_execution_info
            return HistorySize(bytes=execution.history_size_bytes, events=execution.history_length)
        raise RuntimeError(f"{workflow_id} is not there")

    async def _get(self, path: str) -> dict[str, str]:
        return (await self._http.get(f"/cims/{self._cim_id}{path}")).raise_for_status().json()

    async def _get_run(self, run_id: str) -> dict[str, str]:
        return (await self._http.get(f"/runs/{run_id}")).raise_for_status().json()


async def _converse(running: RunningStack, provider: Provider, turns: int) -> None:
    person = next(person for person in running.addresses.people() if person.role == "lead")
    assert running.api_url is not None
    assert running.addresses.temporal_address is not None
    temporal = await Client.connect(running.addresses.temporal_address)
    headers = {"Authorization": f"Bearer {person.access_token}"}
    async with httpx.AsyncClient(base_url=running.api_url, headers=headers, timeout=60) as http:
        made = await http.post("/cims", json={"deal_id": person.deal_id, "title": "A long talk"})
        conversation = Conversation(http, temporal, person, made.raise_for_status().json()["id"])
        say("  turn  run B/events  agent B/events  book B/events  asked B  first s  whole s")
        for number in range(1, turns + 1):
            run_id = await conversation.turn(number)
            if number != 1 and number % LINE_EVERY:
                continue
            sizes = await conversation.sizes(run_id)
            histories = "  ".join(f"{size.bytes}/{size.events}" for size in sizes.values())
            first = statistics.median(conversation.first[-LINE_EVERY:])
            whole = statistics.median(conversation.whole[-LINE_EVERY:])
            asked = len(json.dumps(provider.asked[-1].body))
            provider.asked.clear()
            say(f"  {number:4}  {histories}  {asked}  {first:.3f}  {whole:.3f}")


def main(turns: int) -> None:
    numbers = iter(range(1, 10 * turns + 1))

    def answering(_: Asked) -> Reply:
        return Reply(text=text_of(next(numbers) * 3))

    with serving(Provider(answering=answering)) as provider:
        environment = {**provider.environment(), "BOOKRUNNER_MODEL": "openai:bench"}
        with fresh_product(**environment) as (running, _):
            asyncio.run(_converse(running, provider, turns))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TURNS)
