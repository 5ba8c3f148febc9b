"""`python -m bench.context`: how long it takes to assemble what a turn starts from, in a long conversation.

A thread of 1,000 messages of 2,000 words and the documents of the example pack, on the embedded store (or `--url`).
Times in milliseconds. `warm`: the process has seen the thread; `cpu`: what that takes of this process; `first`: it has
not, and answers with what it has; `keep`: writing the context beside the book, which a turn does next; `head`: one read
of the book's head at the same moment, to tell a busy machine from a slow context.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop
from pydantic import SecretStr
from pymongo import AsyncMongoClient

from activities.drafting import StoreWorkspace
from activities.talking import StoreConversation
from agents.desk import Desk
from agents.models import ModelChooser
from agents.turn.assembling import Assembled, Assembler
from agents.turn.evidence_shelf import EvidenceShelf
from agents.turn.state import TurnScope
from agents.turn.summarising import Summariser
from agents.usage import Hold, Meter, Models, ModelUse, Spent
from bench.measure import Latency
from deploy.embedded.sharing import shared_stack
from domain.commands import Command, Create, GatherContext, SaveOutline, detach_bulk
from domain.head import head_of
from domain.model import SectionDraft
from domain.recording import RecordBatch
from domain.session import CIMSession, handle
from domain.values import Actor
from evidence.documents import read_document
from evidence.facts import gather_facts
from search.opening import open_search
from store import Store
from store.models import Message, Source, SourcePassage
from vault import LocalMasterKeys, fresh_master_key

PACK = Path(__file__).parents[1] / "examples" / "wd40"
MESSAGES, WORDS = 1_000, 2_000
TURNS, WARM_UP = 200, 20
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
LEA = Actor(kind="user", id="lea")
ASSISTANT = Actor(kind="agent", id="assistant", on_behalf_of="lea")
QUESTIONS = (
    "What were net sales of the Americas in FY2024, and how did they change against FY2023?",
    "How many people does the company employ, and do the documents agree on it?",
    "Which concerns of the buyer did we agree to answer in the section on margins?",
    "Tighten the slide on distribution channels and name the source of each figure.",
)


class Conversation:
    """Writes a thread into the store."""

    def __init__(self, store: Store, cim_id: str) -> None:
        self._store = store
        self._cim_id = cim_id
        self._random = random.Random(4)
        words = [word for path in PACK.glob("*.md") for word in path.read_text().split()]
        self._words = list(dict.fromkeys(words)) + [f"remark{number}" for number in range(6_000)]
        self._weights = [1 / (place + 3) for place in range(len(self._words))]
        self._count = 0
        self.leaf_id: str | None = None

    def text(self, words: int) -> str:
        return " ".join(self._random.choices(self._words, self._weights, k=words))

    async def say(self, text: str, actor: Actor) -> str:
        self._count += 1
        message = Message(
            id=f"{self._cim_id}m{self._count:06}",
            cim_id=self._cim_id,
            parent_id=self.leaf_id,
            role="user" if actor.kind == "user" else "assistant",
            text=text,
            author=actor,
            created_at=BEGAN + timedelta(minutes=self._count),
        )
        await self._store.messages.put(message)
        self.leaf_id = message.id
        return message.id


async def book_in(store: Store) -> str:
    """A CIM with an outline, and the documents and facts of the pack."""
    cim_id, session = uuid.uuid4().hex, CIMSession()
    store.belongs(cim_id, "org1")
    sections = tuple(SectionDraft(id=f"section{number}", title=f"Section {number}") for number in range(8))
    commands: list[Command] = [
        Create(
            type="create",
            command_id=uuid.uuid4(),
            cim_id=cim_id,
            org_id="org1",
            deal_id="deal1",
            project_id="project1",
            title="Bluecan",
        ),
        SaveOutline(type="save_outline", command_id=uuid.uuid4(), sections=sections),
    ]
    for path in sorted(PACK.iterdir()):
        if path.suffix not in {".docx", ".xlsx", ".csv", ".pdf", ".md"} or path.name == "README.md":
            continue
        document, source_id = read_document(path.name, path.read_bytes()), path.stem.replace("_", "-")
        facts = tuple(gather_facts(document, source_id))
        commands += [
            GatherContext(type="gather_context", command_id=uuid.uuid4(), facts=facts[start : start + 2_000])
            for start in range(0, len(facts), 2_000)
        ]
        await store.sources.put(
            Source(
                id=source_id,
                cim_id=cim_id,
                org_id="org1",
                name=path.name,
                kind=document.kind,
                sha256=uuid.uuid4().hex,
                size=path.stat().st_size,
                status="ready",
                created_at=BEGAN,
                created_by=LEA,
            )
        )
        await store.passages.put(
            cim_id,
            source_id,
            [SourcePassage(source_id=source_id, **passage.model_dump()) for passage in document.passages],
        )
    for command in commands:
        light, bodies = detach_bulk(command)
        handled = handle(session, light, LEA, BEGAN, lambda: uuid.uuid4().hex)
        session = handled.session
        assert session.state is not None
        head = head_of(session.state)
        await store.record(RecordBatch(cim_id=cim_id, org_id="org1", events=handled.events, head=head, bodies=bodies))
    return cim_id


class Process:
    """What one worker has in memory."""

    def __init__(self, store: Store, cim_id: str, embeddings: str) -> None:
        self.workspace = StoreWorkspace(store)
        self._cim_id = cim_id
        conversation = StoreConversation(store)
        self.opened = open_search(self.workspace, conversation, embeddings)
        self._assembler = Assembler(self.workspace, conversation, self.opened.search, EvidenceShelf(self.workspace))

        self._summariser = Summariser(self.workspace, conversation, Models(ModelChooser(), Meter(Unpaid())))

    async def assemble(self, message_id: str, said: str) -> Assembled:
        return await self._assembler.assemble(self._scope(message_id, ""), said)

    async def tend(self, message_id: str, answer_id: str) -> None:
        """What follows an answer."""
        await self._summariser.after(self._scope(message_id, answer_id))
        await self.opened.indexer.catch_up(self._cim_id, [answer_id])

    def _scope(self, message_id: str, answer_id: str) -> TurnScope:
        return TurnScope(
            agent_id="agent1",
            run_id="run1",
            cim_id=self._cim_id,
            org_id="org1",
            deal_id="deal1",
            agent_type="assistant",
            mode="draft",
            person_id="lea",
            thread_id="main",
            message_id=message_id,
            answer_id=answer_id,
        )


class Unpaid:
    """The usage book of a model that costs nothing."""

    async def record(self, use: ModelUse) -> None:
        return

    async def hold(self, hold: Hold) -> None:
        return

    async def release(self, hold: Hold) -> None:
        return

    async def spent(self, org_id: str, person_id: str, since: datetime) -> Spent:
        return Spent()


async def measure(url: str, embeddings: str) -> str:
    database = f"context_{uuid.uuid4().hex[:8]}"
    masters = LocalMasterKeys.given({"bench": SecretStr(fresh_master_key())})
    writing, reading = [await Store.connect(url, database, masters) for _ in range(2)]
    try:
        cim_id = await book_in(writing)
        talk = Conversation(writing, cim_id)
        for number in range(MESSAGES):
            await talk.say(talk.text(WORDS), ASSISTANT if number % 2 else LEA)
        first = Process(reading, cim_id, embeddings)
        question_id = await talk.say(QUESTIONS[0], LEA)
        began = time.perf_counter()
        assembled = await first.assemble(question_id, QUESTIONS[0])
        cold = time.perf_counter() - began
        await asyncio.sleep(10)
        times, found = await turns(Process(writing, cim_id, embeddings), talk, cim_id)
        context = assembled.context
        return "\n".join(
            (
                f"thread: {MESSAGES + 2 * TURNS} messages of {WORDS} words; evidence: {len(assembled.evidence.facts)} "
                f"facts, {len(assembled.evidence.passages)} passages; context: {len(context.model_dump_json())} bytes",
                f"embeddings: {embeddings}; earlier messages found: {found:.1f} a turn",
                "| what | p50 ms | p95 ms |",
                "|---|---|---|",
                *(f"| {name} | {one.p50} | {one.p95} |" for name, one in times.items()),
                f"| first | {cold * 1000:.0f} | |",
            )
        )
    finally:
        await reading.close()
        await writing.close()
        async with AsyncMongoClient[dict[str, object]](url) as client:
            await client.drop_database(database)


async def turns(process: Process, talk: Conversation, cim_id: str) -> tuple[dict[str, Latency], float]:
    """Turn after turn: a question, its context, an answer. Latencies, and messages found a turn."""
    desk = Desk(process.workspace, cim_id)
    times: dict[str, list[float]] = {"warm": [], "cpu": [], "keep": [], "head": []}
    found = 0
    for number in range(WARM_UP + TURNS):
        said = f"{QUESTIONS[number % len(QUESTIONS)]} ({talk.text(6)})"
        message_id = await talk.say(said, LEA)
        began = time.perf_counter()
        await process.workspace.head(cim_id)
        read, cpu_began = time.perf_counter(), time.process_time()
        assembled = await process.assemble(message_id, said)
        ready, cpu_ready = time.perf_counter(), time.process_time()
        await desk.keep(assembled.context)
        if number >= WARM_UP:
            times["head"].append(read - began)
            times["warm"].append(ready - read)
            times["cpu"].append(cpu_ready - cpu_began)
            times["keep"].append(time.perf_counter() - ready)
            found += sum(message.why == "found" for message in assembled.context.messages)
        else:
            await asyncio.sleep(0.5)
        await process.tend(message_id, await talk.say(talk.text(WORDS), ASSISTANT))
    return {name: Latency.of(seconds) for name, seconds in times.items()}, found / TURNS


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.context", description=__doc__)
    parser.add_argument("--url", help="a MongoDB server; without it the embedded one is started")
    parser.add_argument("--embeddings", default="none", help="as BOOKRUNNER_EMBEDDINGS (default %(default)s)")
    options = parser.parse_args(given)
    url: str | None = options.url
    with ExitStack() as stack:
        if url is None:
            url = stack.enter_context(shared_stack({"mongodb"})).mongodb_url
        assert url is not None
        sys.stdout.write(uvloop.run(measure(url, options.embeddings)) + "\n")


if __name__ == "__main__":
    main()
