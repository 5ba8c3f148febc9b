"""A store with ten thousand books in it, and one book with hundreds of everything."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

from domain.values import Actor, CIMStatus, Stage
from settings import Settings
from store import AgentSession, Comment, Export, Message, PresentPage, Run, Store, Thread, Usage
from store.codec import Codec
from store.heads import Heads
from store.keys import StoredKeys
from store.log import Log
from store.owners import Owners
from store.server import Server
from tests.integration.api.conftest import Book, masters_of
from tests.integration.store.writing import Writer
from vault import KeyRing

BOOKS = 10_000
OF_THE_DEAL = 1_000
"""How many of them are of the deal that is asked for."""
COMPLETE_EVERY = 100
DEALS, TENANTS = 200, 50
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
OF_EACH = 300
RENAMES = 300


async def fill(settings: Settings, org_id: str, deal_id: str) -> None:
    """Heads of all, and the first events of those of the deal."""
    server = Server(settings.mongodb_url.get_secret_value(), settings.mongodb_database)
    owners = Owners(server)
    codec = Codec(KeyRing(StoredKeys(server), masters_of(settings)), owners)
    log = Log(server, codec)
    heads = Heads(server, codec, log)
    for first in range(0, BOOKS, 1_000):
        await asyncio.gather(*(_put(n, log, heads, owners, org_id, deal_id) for n in range(first, first + 1_000)))
    await server.close()


async def _put(n: int, log: Log, heads: Heads, owners: Owners, org_id: str, deal_id: str) -> None:
    if n < OF_THE_DEAL:
        writer = Writer(org_id, deal_id, AT + timedelta(seconds=n))
    else:
        writer = Writer(f"org{n % TENANTS}", f"deal{n % DEALS}", AT + timedelta(seconds=n))
    batch = writer.batch(writer.create())
    owners.know(batch.cim_id, batch.org_id)
    status = CIMStatus.COMPLETE if n % COMPLETE_EVERY == 0 else CIMStatus.IN_PROGRESS
    stage = Stage.OUTLINE if status is CIMStatus.COMPLETE else batch.head.stage
    head = batch.head.model_copy(update={"status": status, "stage": stage})
    if n < OF_THE_DEAL:
        await log.append(batch.cim_id, batch.org_id, batch.events)
    await heads.write(head)


async def furnish_more(store: Store, book: Book, org_id: str, deal_id: str, run_id: str) -> None:
    """Hundreds of everything beside what the book has: runs, agents, messages, comments, events, what they cost."""
    for first in range(0, RENAMES, 100):
        renames = [
            {"type": "rename", "command_id": str(uuid.uuid4()), "title": f"Title {n}"}
            for n in range(first, first + 100)
        ]
        answer = await book.client.post(f"{book.url}/commands", json=renames)
        assert answer.status_code == 200, answer.text
    lea = Actor(kind="user", id="lea")
    for n in range(OF_EACH):
        at = AT + timedelta(minutes=n)
        await store.runs.put(_run(n, book.id, org_id, deal_id, at, lea))
        await store.agents.put(_agent(n, book.id, org_id, run_id, at))
        await store.messages.put(_message(n, book.id, at, lea))
        slide_id = f"slide-{n % 20}"
        await store.comments.put(
            Comment(id=f"{book.id}-c{n}", cim_id=book.id, slide_id=slide_id, text="why?", author=lea, at=at)
        )
        await store.exports.put(
            Export(id=f"{book.id}-e{n}", cim_id=book.id, org_id=org_id, format="md", created_by=lea, created_at=at)
        )
        await store.usage.put(_usage(n, book.id, org_id, run_id if n % 50 == 0 else f"run-{n}", at))
        if n < 20:
            await store.presence.put(
                PresentPage(id=f"page{n}", cim_id=book.id, person_id="lea", view="slides", at=datetime.now(UTC))
            )
    leaf = f"long-{OF_EACH:04}"
    await store.threads.put(
        Thread(id="long", cim_id=book.id, leaf_id=leaf, leaves=(leaf,), created_at=AT, updated_at=AT)
    )


def _run(n: int, cim_id: str, org_id: str, deal_id: str, at: datetime, actor: Actor) -> Run:
    status = "failed" if n % 50 == 0 else "completed"
    return Run(
        id=f"{cim_id}-r{n}",
        cim_id=cim_id,
        org_id=org_id,
        deal_id=deal_id,
        kind="draft_outline",
        status=status,
        actor=actor,
        started_at=at,
    )


def _agent(n: int, cim_id: str, org_id: str, run_id: str, at: datetime) -> AgentSession:
    return AgentSession(
        id=f"{cim_id}-a{n}",
        cim_id=cim_id,
        org_id=org_id,
        run_id=run_id if n % 3 == 0 else f"run-{n}",
        agent_type="writer",
        status="failed" if n % 50 == 0 else "completed",
        started_at=at,
    )


def _message(n: int, cim_id: str, at: datetime, author: Actor) -> Message:
    return Message(
        id=f"long-{n + 1:04}",
        cim_id=cim_id,
        thread_id="long",
        parent_id=f"long-{n:04}" if n else None,
        role="user",
        text=f"Message {n}",
        author=author,
        created_at=at,
        completed_at=at,
    )


def _usage(n: int, cim_id: str, org_id: str, run_id: str, at: datetime) -> Usage:
    return Usage(
        id=f"{cim_id}-u{n}",
        cim_id=cim_id,
        org_id=org_id,
        run_id=run_id,
        agent_id="a1",
        agent_type="assistant",
        person_id="lea" if n % 30 == 0 else "max",
        work="think",
        model="m",
        at=at,
        tokens_in=10,
    )
