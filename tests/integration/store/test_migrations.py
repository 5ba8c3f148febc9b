"""Store migrations on documents as 0.1.0 kept them: killed and taken up, twice as once, with old processes at work."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.values import Actor
from store import Message, Run, Store
from store.earlier import MessagesOf01
from store.migrations import LEASE, MIGRATIONS, MigrationBusy, StepStanding
from tests.integration.store.keeping import AT
from tests.integration.store.writing import LEA, Writer

MESSAGES, RUNS = 90, 3
AGENT = Actor(kind="agent", id="assistant", on_behalf_of="lea")


async def collection(store: Store, name: str) -> Any:
    return await store._server.collection(name)  # pyright: ignore[reportPrivateUsage]


def message_of(cim_id: str, number: int) -> Message:
    return Message(
        id=f"m{number:04}",
        cim_id=cim_id,
        parent_id=f"m{number - 1:04}" if number else None,
        role="user",
        text=f"Message {number}",
        author=LEA,
        created_at=AT,
    )


def as_01(message: Message) -> dict[str, object]:
    """In clear, as it was then, and without the fields that came later."""
    item = message.model_dump_json()
    return {"_id": message.id, "cim_id": message.cim_id, "thread_id": message.thread_id, "item": item}


@pytest.fixture
async def book(store: Store, writer: Writer) -> Writer:
    """A book of 0.1.0: a long conversation, and a few runs."""
    await writer.book(store)
    messages = [as_01(message_of(writer.cim_id, number)) for number in range(MESSAGES)]
    await (await collection(store, "messages")).insert_many(messages)
    for number in range(RUNS):
        run = Run(id=f"r{number}", cim_id=writer.cim_id, org_id="org1", kind="chat", actor=LEA, started_at=AT)
        kept = {
            "cim_id": writer.cim_id,
            "status": run.status,
            "at": run.started_at.isoformat(),
            "item": run.model_dump_json(exclude={"deal_id"}),
        }
        await (await collection(store, "runs")).insert_one({"_id": run.id, **kept})
    return writer


async def ancestors(store: Store, message_id: str) -> list[str] | None:
    found = await (await collection(store, "messages")).find_one({"_id": message_id})
    return found.get("ancestors")


def states(standing: list[StepStanding]) -> list[tuple[str, str, int]]:
    return [(step.id, step.state, step.changed) for step in standing]


async def test_earlier_documents_are_brought_to_the_shape_of_today(
    store: Store, other_process: Store, book: Writer
) -> None:
    assert {step.state for step in await store.migrations.standing()} == {"pending"}
    assert (await store.runs.of_deals(["deal1"])).items == ()
    told: list[StepStanding] = []
    done = await store.migrations.run(told.append)
    expected = [("messages-of-0.1", "done", MESSAGES), ("runs-of-0.1", "done", RUNS)]
    assert states(done) == expected
    assert [step.changed for step in told] == [40, 80, MESSAGES, RUNS]
    assert await ancestors(store, "m0000") == []
    assert await ancestors(store, "m0080") == [f"m{number:04}" for number in range(48, 80)]
    path = await other_process.messages.path(f"m{MESSAGES - 1:04}", MESSAGES)
    assert [message.text for message in path] == [f"Message {number}" for number in range(MESSAGES)]
    assert len((await other_process.runs.of_deals(["deal1"])).items) == RUNS
    assert {run.deal_id for run in (await other_process.runs.of_cim(book.cim_id)).items} == {"deal1"}

    assert states(await store.migrations.run()) == expected
    assert await ancestors(store, "m0000") == []


async def test_a_final_message_stays_as_it_is(store: Store, other_process: Store, book: Writer) -> None:
    await store.migrations.run()
    first = message_of(book.cim_id, 0)
    kept = await other_process.messages.put(first.model_copy(update={"text": "Another text"}))
    assert kept.text == first.text


async def test_what_is_written_meanwhile_is_kept(store: Store, book: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old process writes documents that were read and not yet changed."""
    late = message_of(book.cim_id, 3).model_copy(update={"text": "Said again"})
    [step, *_] = store.migrations._steps  # pyright: ignore[reportPrivateUsage]
    assert isinstance(step, MessagesOf01)
    shaped = step._shaped  # pyright: ignore[reportPrivateUsage]

    async def slowly(document: Any) -> Any:
        if document["_id"] == late.id:
            await (await collection(store, "messages")).replace_one({"_id": late.id}, as_01(late))
        return await shaped(document)

    monkeypatch.setattr(step, "_shaped", slowly)
    await store.migrations.run()
    assert await ancestors(store, late.id) is None
    found = await store.messages.get(late.id)
    assert found is not None
    assert found.text == "Said again"


def _killed_in_the_middle(url: str, database: str) -> None:
    asyncio.run(_migrate_and_die(url, database))


async def _migrate_and_die(url: str, database: str) -> None:
    from tests.integration.store.conftest import MASTERS

    store = await Store.connect(url, database, MASTERS)
    await store.migrations.run(lambda step: os.kill(os.getpid(), signal.SIGKILL))


async def test_a_killed_run_is_taken_up(store: Store, book: Writer) -> None:
    server = store._server  # pyright: ignore[reportPrivateUsage]
    url, name = server._url, server._name  # pyright: ignore[reportPrivateUsage]
    process = multiprocessing.get_context("spawn").Process(target=_killed_in_the_middle, args=(url, name))
    process.start()
    await asyncio.to_thread(process.join)
    assert process.exitcode == -signal.SIGKILL
    assert states(await store.migrations.standing()) == [
        ("messages-of-0.1", "begun", 40),
        ("runs-of-0.1", "pending", 0),
    ]
    with pytest.raises(MigrationBusy):
        await store.migrations.run()
    over = {"$set": {"until": datetime.now(UTC) - timedelta(seconds=1)}}
    await (await collection(store, MIGRATIONS)).update_one({"_id": LEASE}, over)
    told: list[StepStanding] = []
    done = await store.migrations.run(told.append)
    assert states(done) == [("messages-of-0.1", "done", MESSAGES), ("runs-of-0.1", "done", RUNS)]
    assert [step.changed for step in told] == [80, MESSAGES, RUNS]
    assert await ancestors(store, "m0040") == [f"m{number:04}" for number in range(8, 40)]


async def test_one_at_a_time(store: Store, other_process: Store, book: Writer) -> None:
    outcomes = await asyncio.gather(store.migrations.run(), other_process.migrations.run(), return_exceptions=True)
    assert sum(isinstance(outcome, MigrationBusy) for outcome in outcomes) == 1
    assert states(await store.migrations.run())[0] == ("messages-of-0.1", "done", MESSAGES)
